"""Descriptions of a corpus, against counts made by hand."""

import hashlib
from pathlib import Path

from seq2seq.corpus.description import (
    Described,
    describe_ids,
    describe_text,
    write_descriptions,
)
from seq2seq.ids import write_sentences


def test_a_text_is_counted_by_blanks_and_line_ends_alone(tmp_path: Path) -> None:
    content = "a b a\n\n c\u00a0d  e\u2028f\n".encode()
    (tmp_path / "a.txt").write_bytes(content)
    seen = describe_text(tmp_path / "a.txt")
    assert (seen.lines, seen.tokens, seen.types) == (3, 5, 4)
    assert seen.unknown_rate is None
    assert seen.sha256 == hashlib.sha256(content).hexdigest()


def test_ids_have_a_rate_of_unknown_words(tmp_path: Path) -> None:
    words, offsets = tmp_path / "w.npy", tmp_path / "o.npy"
    write_sentences(words, offsets, [[0, 5, 5], [], [2]])
    seen = describe_ids(words, offsets)
    assert (seen.lines, seen.tokens, seen.types, seen.unknown_rate) == (3, 4, 3, 0.25)
    both = words.read_bytes() + offsets.read_bytes()
    assert seen.sha256 == hashlib.sha256(both).hexdigest()


def test_no_sentences_at_all_can_be_described(tmp_path: Path) -> None:
    write_sentences(tmp_path / "w.npy", tmp_path / "o.npy", [])
    seen = describe_ids(tmp_path / "w.npy", tmp_path / "o.npy")
    assert (seen.lines, seen.tokens, seen.types, seen.unknown_rate) == (0, 0, 0, 0.0)


def test_the_table_has_a_row_for_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a b\n", encoding="utf-8")
    write_sentences(tmp_path / "w.npy", tmp_path / "o.npy", [[0, 2]])
    text, ids = (
        describe_text(tmp_path / "a.txt"),
        describe_ids(tmp_path / "w.npy", tmp_path / "o.npy"),
    )
    rows = [Described("tokens", "dev", "source", text), Described("ids", "dev", "source", ids)]
    write_descriptions(tmp_path / "t.tsv", rows)
    lines = (tmp_path / "t.tsv").read_text(encoding="utf-8").split("\n")
    assert lines == [
        "step\tsplit\tside\tlines\ttokens\ttypes\tunknown_rate\tsha256",
        f"tokens\tdev\tsource\t1\t2\t2\t\t{text.sha256}",
        f"ids\tdev\tsource\t1\t2\t2\t0.500000\t{ids.sha256}",
        "",
    ]
