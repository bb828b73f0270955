"""Text to tokens by file: what is kept, and that processes and samples change nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from seq2seq.corpus.pairs import PairFiles, count_lines
from seq2seq.corpus.preparation import Preparation, prepare_evaluation, prepare_training
from seq2seq.errors import UserError

PREPARATION = Preparation(
    source_language="en",
    target_language="fr",
    max_tokens=5,
    max_length_ratio=2,
    train_pairs=None,
    seed=1,
)
TEXT = [
    ("It's me.", "C'est moi."),
    ("", "Vide."),
    ("\u00a0", "Blanc."),
    ("One two three four five six", "Un deux trois quatre cinq"),
    ("No", "Non, non, non"),
    ("a\u2028b\rc", "d\u0085e"),
]


def files(folder: Path, name: str) -> PairFiles:
    return PairFiles(folder / f"{name}.source.txt", folder / f"{name}.target.txt")


@pytest.fixture
def text(tmp_path: Path) -> PairFiles:
    written = files(tmp_path, "text")
    written.write(TEXT)
    return written


@pytest.fixture
def multi30k(shared_data: Path) -> PairFiles:
    folder = shared_data / "multi30k"
    return PairFiles(folder / "val.en.gz", folder / "val.fr.gz")


def test_training_pairs_are_cleaned_and_the_rest_is_counted(
    text: PairFiles, tmp_path: Path
) -> None:
    tokens = files(tmp_path, "tokens")
    report = prepare_training(text, tokens, PREPARATION, processes=1)
    assert list(tokens.read()) == [("It 's me .", "C' est moi ."), ("a b c", "d e")]
    assert report == {
        "pairs_read": 6,
        "dropped": {"empty": 2, "too_long": 1, "length_ratio": 1},
        "not_sampled": 0,
        "pairs_written": 2,
    }


def test_every_line_of_a_test_set_is_kept(text: PairFiles, tmp_path: Path) -> None:
    tokens = files(tmp_path, "tokens")
    report = prepare_evaluation(text, tokens, PREPARATION, processes=1)
    assert [source for source, _ in tokens.read()] == [
        "It 's me .",
        "",
        "",
        "One two three four five six",
        "No",
        "a b c",
    ]
    assert report["pairs_written"] == report["pairs_read"] == 6


def test_the_number_of_processes_changes_nothing(multi30k: PairFiles, tmp_path: Path) -> None:
    one, two = files(tmp_path, "one"), files(tmp_path, "two")
    prepare_evaluation(multi30k, one, PREPARATION, processes=1)
    prepare_evaluation(multi30k, two, PREPARATION, processes=2)
    assert one.source.read_bytes() == two.source.read_bytes()
    assert one.target.read_bytes() == two.target.read_bytes()
    assert count_lines(one.source) == 1014


def test_a_sample_is_part_of_what_is_kept(text: PairFiles, tmp_path: Path) -> None:
    tokens = files(tmp_path, "tokens")
    report = prepare_training(text, tokens, replace(PREPARATION, train_pairs=1), processes=1)
    assert len(list(tokens.read())) == 1
    assert set(tokens.read()) < {("It 's me .", "C' est moi ."), ("a b c", "d e")}
    assert (report["not_sampled"], report["pairs_written"]) == (1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [text.source.name, text.target.name, tokens.source.name, tokens.target.name]
    )


def test_too_large_a_sample_leaves_nothing_behind(text: PairFiles, tmp_path: Path) -> None:
    tokens = files(tmp_path / "out", "tokens")
    with pytest.raises(UserError, match="asks for 3 pairs, but 2 are left"):
        prepare_training(text, tokens, replace(PREPARATION, train_pairs=3), processes=1)
    assert list((tmp_path / "out").iterdir()) == []


def test_sides_of_different_length_are_refused(text: PairFiles, tmp_path: Path) -> None:
    text.target.write_text("one\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"has 6 lines but .*\.target\.txt has 1"):
        prepare_training(text, files(tmp_path / "out", "tokens"), PREPARATION, processes=2)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_missing_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.source\.txt"):
        prepare_evaluation(
            files(tmp_path, "none"), files(tmp_path, "tokens"), PREPARATION, processes=1
        )
