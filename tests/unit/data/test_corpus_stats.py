"""Descriptions of a corpus, against counts made by hand."""

import hashlib
import random
from pathlib import Path

import pytest

from seq2seq.data.corpus_stats import (
    CORPUS_FILES,
    CorpusFile,
    describe_ids,
    describe_text,
    differences,
    write_statistics,
)
from seq2seq.errors import UserError
from token_files import write_token_dataset


def test_a_text_is_counted_by_blanks_and_line_ends_alone(tmp_path: Path) -> None:
    content = "a b a\n\n c\u00a0d  e\u2028f\n".encode()
    (tmp_path / "a.txt").write_bytes(content)
    seen = describe_text(tmp_path / "a.txt")
    assert (seen.lines, seen.tokens, seen.types) == (3, 5, 4)
    assert seen.unknown_rate is None
    assert seen.sha256 == hashlib.sha256(content).hexdigest()


def test_ids_have_a_rate_of_unknown_words(tmp_path: Path) -> None:
    words, offsets = tmp_path / "w.npy", tmp_path / "o.npy"
    write_token_dataset(words, offsets, [[0, 5, 5], [], [2]])
    seen = describe_ids(words, offsets)
    assert (seen.lines, seen.tokens, seen.types, seen.unknown_rate) == (3, 4, 3, 0.25)
    both = words.read_bytes() + offsets.read_bytes()
    assert seen.sha256 == hashlib.sha256(both).hexdigest()


def test_no_sentences_at_all_can_be_described(tmp_path: Path) -> None:
    write_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy", [])
    seen = describe_ids(tmp_path / "w.npy", tmp_path / "o.npy")
    assert (seen.lines, seen.tokens, seen.types, seen.unknown_rate) == (0, 0, 0, 0.0)


def test_the_table_has_a_row_for_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a b\n", encoding="utf-8")
    write_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy", [[0, 2]])
    text, ids = (
        describe_text(tmp_path / "a.txt"),
        describe_ids(tmp_path / "w.npy", tmp_path / "o.npy"),
    )
    rows = [
        (CorpusFile("tokens", "dev", "source"), text),
        (CorpusFile("ids", "dev", "source"), ids),
    ]
    write_statistics(tmp_path / "t.tsv", rows)
    lines = (tmp_path / "t.tsv").read_text(encoding="utf-8").split("\n")
    assert lines == [
        "step\tsplit\tside\tlines\ttokens\ttypes\tunknown_rate\tsha256",
        f"tokens\tdev\tsource\t1\t2\t2\t\t{text.sha256}",
        f"ids\tdev\tsource\t1\t2\t2\t0.500000\t{ids.sha256}",
        "",
    ]


def test_different_words_are_counted_whatever_their_number(tmp_path: Path) -> None:
    chance = random.Random(1)
    words = [f"w{chance.randrange(500_000)}" for _ in range(600_000)]
    (tmp_path / "a.txt").write_text("\n".join(words) + "\n")
    assert describe_text(tmp_path / "a.txt").types == len(set(words))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A corpus of few words, described in ``corpus.tsv`` beside it."""
    folder = tmp_path / "data"
    for file in CORPUS_FILES:
        stem = folder / file.step / f"{file.split}.{file.side}"
        stem.parent.mkdir(parents=True, exist_ok=True)
        if file.step == "ids":
            write_token_dataset(f"{stem}.words.npy", f"{stem}.offsets.npy", [[2, 3], [0]])
        else:
            Path(f"{stem}.txt").write_text(f"{file.step} {file.side}\nc\n")
    rows = [(file, file.describe(folder)) for file in CORPUS_FILES]
    write_statistics(tmp_path / "corpus.tsv", rows)
    return folder


def test_a_corpus_as_described_has_no_differences(data: Path) -> None:
    assert list(differences(data.parent / "corpus.tsv", data)) == []


def test_the_first_step_that_differs_comes_first(data: Path) -> None:
    stem = data / "ids" / "train.source"
    write_token_dataset(f"{stem}.words.npy", f"{stem}.offsets.npy", [[2, 3], [4]])
    (data / "tokens" / "test.target.txt").write_text("tokens target\nd e\n")
    (data / "tokens" / "dev.source.txt").unlink()
    found = list(differences(data.parent / "corpus.tsv", data))
    assert [file for file, _ in found] == [
        CorpusFile("tokens", "dev", "source"),
        CorpusFile("tokens", "test", "target"),
        CorpusFile("ids", "train", "source"),
    ]
    assert "cannot be read" in found[0][1]
    assert found[1][1].startswith("tokens was 3 and is 4; types was 3 and is 4; sha256 was ")
    assert found[2][1].startswith("unknown_rate was 0.333333 and is 0.000000; sha256 was ")


def test_another_table_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "other.tsv").write_text("a\tb\n")
    with pytest.raises(UserError, match="the header must be"):
        list(differences(tmp_path / "other.tsv", data))
