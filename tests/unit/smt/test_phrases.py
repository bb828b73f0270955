"""Phrase scores against a count by hand, and the table's file."""

from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.files import write_lines
from seq2seq.smt.aligned import AlignedCorpus
from seq2seq.smt.phrase_table import PhrasePair, read_phrase_table, write_phrase_table
from seq2seq.smt.phrases import PhraseSettings, build_phrase_table

SOURCES = ["a house", "a house", "a b"]
TARGETS = ["une maison", "une villa", "un b"]
LINKS = ["0-0 1-1", "0-0 1-1", "0-0"]


def corpus(folder: Path, links: list[str] = LINKS) -> AlignedCorpus:
    for name, lines in (("source", SOURCES), ("target", TARGETS), ("links", links)):
        write_lines(folder / name, lines)
    return AlignedCorpus(folder / "source", folder / "target", folder / "links", None)


def table(folder: Path, *asked: str, options: int = 9) -> dict[tuple[str, str], PhrasePair]:
    settings = PhraseSettings(longest=2, options=options)
    pairs = build_phrase_table(corpus(folder), asked, settings, processes=1)
    return {(pair.source, pair.target): pair for pair in pairs}


def test_scores_are_relative_frequencies_and_lexical_weights(tmp_path: Path) -> None:
    found = table(tmp_path, "a", "house", "a house", "not there")
    assert set(found) == {
        ("a", "une"), ("a", "un"), ("a", "un b"), ("house", "maison"), ("house", "villa"),
        ("a house", "une maison"), ("a house", "une villa"),
    }  # fmt: skip
    # "une" stands for "a" only; of four extractions with "a", two are "une"; of 3 links, 2
    assert found["a", "une"].scores == pytest.approx((1, 1, 2 / 4, 2 / 3))
    # "un" was seen once with "a" and once, extended by the loose "b", with "a b"
    assert found["a", "un"].scores == pytest.approx((1 / 2, 1, 1 / 4, 1 / 3))
    # "b" has no link on either side: explained by no word, p(b | none) = 1
    assert found["a", "un b"].scores == pytest.approx((1 / 2, 1, 1 / 4, 1 / 3))
    assert found["a house", "une villa"].scores == pytest.approx((1, 1, 1 / 2, 2 / 3 * 1 / 2))


def test_only_the_most_frequent_options_are_kept_but_all_are_counted(tmp_path: Path) -> None:
    found = table(tmp_path, "a", options=1)
    assert set(found) == {("a", "une")}
    assert found["a", "une"].scores[2] == pytest.approx(2 / 4)


def test_a_table_survives_being_written(tmp_path: Path) -> None:
    pairs = list(table(tmp_path, "a", "house", "a house").values())
    assert write_phrase_table(tmp_path / "table.gz", pairs) == len(pairs)
    read = read_phrase_table(tmp_path / "table.gz")
    assert list(read) == ["a", "a house", "house"]
    for one, other in zip(pairs, [pair for entry in read.values() for pair in entry], strict=True):
        assert (one.source, one.target) == (other.source, other.target)
        assert one.scores == pytest.approx(other.scores, rel=1e-7)


@pytest.mark.parametrize("line", ["a ||| b", "a ||| b ||| 1 1 1", "a ||| b ||| 1 1 0 1", "a"])
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    write_lines(tmp_path / "table", ["a ||| b ||| 1 1 1 1", line])
    with pytest.raises(UserError, match=r"table, line 2: .* Extract the phrases anew"):
        read_phrase_table(tmp_path / "table")


@pytest.mark.parametrize("links", [["0-0 1-1", "0-7", ""], ["0-0", "x", ""]])
def test_links_to_other_words_are_refused_with_their_line(tmp_path: Path, links: list[str]) -> None:
    lines = corpus(tmp_path, links).lines()
    with pytest.raises(UserError, match=r"links, line 2: .* Align the words anew"):
        [line.parse() for line in lines]


@pytest.mark.parametrize("links", [["0-0"], ["0-0"] * 4])
def test_an_alignment_of_another_length_is_refused(tmp_path: Path, links: list[str]) -> None:
    with pytest.raises(UserError, match="does not belong to"):
        list(corpus(tmp_path, links).lines())
