"""Phrase scores against a count by hand, and the table's file."""

from collections import Counter
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.smt.aligned import read_aligned, write_aligned
from seq2seq.smt.lexical import WordTranslations
from seq2seq.smt.phrase_counts import read_sums, write_counts
from seq2seq.smt.phrase_table import PhrasePair, read_phrase_table, write_phrase_table
from seq2seq.smt.phrases import (
    PAIR_FIELDS,
    WORD_FIELDS,
    count_pairs,
    count_targets,
    most_frequent,
    scored,
)

SOURCES = ["a house", "a house", "a b"]
TARGETS = ["une maison", "une villa", "un b"]
LINKS = [[(0, 0), (1, 1)], [(0, 0), (1, 1)], [(0, 0)]]


def table(
    folder: Path, *asked: str, options: int = 9, parts: int = 1
) -> dict[tuple[str, str], PhrasePair]:
    """As the programs do it: count in parts, add up, keep, count again, score."""
    numbers = range(parts)
    for number in numbers:
        own = slice(3 * number // parts, 3 * (number + 1) // parts)
        pairs = zip(SOURCES[own], TARGETS[own], strict=True)
        write_aligned(folder / f"aligned.{number}", pairs, LINKS[own])
        corpus = read_aligned(folder / f"aligned.{number}")
        counts = count_pairs(corpus, frozenset(asked), longest=2)
        write_counts(folder / f"phrases.{number}", counts.phrases)
        write_counts(folder / f"words.{number}", counts.words)
    sums = read_sums([folder / f"phrases.{number}" for number in numbers], fields=PAIR_FIELDS)
    kept = list(most_frequent(sums, options=options))
    wanted = frozenset(key[1] for key, _ in kept)
    targets: Counter[str] = Counter()
    for number in numbers:
        corpus = read_aligned(folder / f"aligned.{number}")
        for (target,), count in count_targets(corpus, wanted, longest=2).items():
            targets[target] += count
    words = WordTranslations.of(
        read_sums([folder / f"words.{number}" for number in numbers], fields=WORD_FIELDS),
        sources={word for key, _ in kept for word in key[0].split(" ")},
        targets={word for key, _ in kept for word in key[1].split(" ")},
    )
    return {(pair.source, pair.target): pair for pair in scored(kept, targets, words)}


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


def test_parts_of_the_corpus_make_the_same_table(tmp_path: Path) -> None:
    asked = ("a", "house", "a house", "b")
    whole = table(tmp_path, *asked, options=1)
    assert list(whole.items()) == list(table(tmp_path, *asked, options=1, parts=3).items())


@pytest.mark.parametrize("line", ["a b\tc\t0-7", "a b\tc\tx", "a b\tc", "a\tb\tc\td"])
def test_a_broken_line_of_aligned_text_is_refused_with_its_number(
    tmp_path: Path, line: str
) -> None:
    write_lines(tmp_path / "aligned", ["a\tb\t0-0", line])
    with pytest.raises(UserError, match=r"aligned, line 2: .* Align the words anew"):
        list(read_aligned(tmp_path / "aligned"))


def test_text_with_a_tab_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="sentence pair 1 of the part holds a tab"):
        write_aligned(tmp_path / "aligned", [("a\tb", "c")], [[(0, 0)]])
