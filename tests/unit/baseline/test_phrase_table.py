"""Phrase scores against a count by hand, and the table's file."""

from pathlib import Path

import pytest

from seq2seq.baseline.phrase_table import (
    AlignedText,
    PhrasePair,
    count_phrase_pairs,
    count_target_phrases,
    prune_phrase_table,
    read_kept,
    read_phrase_table,
    score_phrases,
    source_phrases,
    write_kept,
    write_phrase_table,
)
from seq2seq.baseline.symmetrize import write_aligned
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines

SOURCES = ["a house", "a house", "a b"]
TARGETS = ["une maison", "une villa", "un b"]
LINKS = [[(0, 0), (1, 1)], [(0, 0), (1, 1)], [(0, 0)]]


def table(
    folder: Path,
    *asked: str,
    limit: int = 9,
    chunk_size: int = 9,
    processes: int = 1,
    reordering: bool = False,
) -> dict[tuple[str, str], PhrasePair]:
    write_aligned(folder / "aligned", zip(SOURCES, TARGETS, strict=True), LINKS)
    text = AlignedText(folder / "aligned", 3, 2, chunk_size, processes)
    files = count_phrase_pairs(text, frozenset(asked), folder)
    write_kept(folder / "kept", prune_phrase_table(files, limit=limit))
    kept = list(read_kept(folder / "kept"))
    scored = score_phrases(kept, count_target_phrases(text, kept), reordering=reordering)
    return {(pair.source, pair.target): pair for pair in scored}


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


def test_reordering_adds_a_half_to_each_count(tmp_path: Path) -> None:
    found = table(tmp_path, "house", reordering=True)  # once, "m" after "une" and at the end
    assert found["house", "villa"].scores[4:] == pytest.approx((0.6, 0.2, 0.2, 0.6, 0.2, 0.2))


def test_only_the_most_frequent_options_are_kept_but_all_are_counted(tmp_path: Path) -> None:
    found = table(tmp_path, "a", limit=1)
    assert set(found) == {("a", "une")}
    assert found["a", "une"].scores[2] == pytest.approx(2 / 4)


@pytest.mark.parametrize("reordering", [False, True])
def test_a_table_survives_being_written(tmp_path: Path, reordering: bool) -> None:
    pairs = list(table(tmp_path, "a", "house", "a house", reordering=reordering).values())
    assert write_phrase_table(tmp_path / "table.gz", pairs) == len(pairs)
    read = read_phrase_table(tmp_path / "table.gz", ["a house"], reordering=reordering)
    assert list(read) == ["a", "a house", "house"]
    for one, other in zip(pairs, [pair for entry in read.values() for pair in entry], strict=True):
        assert (one.source, one.target) == (other.source, other.target)
        assert one.scores == pytest.approx(other.scores, rel=1e-7)


def test_only_phrases_of_the_lines_to_translate_are_read(tmp_path: Path) -> None:
    write_phrase_table(tmp_path / "table", table(tmp_path, "a", "house", "a house").values())
    read = read_phrase_table(tmp_path / "table", ["the house", "house a b"], reordering=False)
    assert list(read) == ["a", "house"]


@pytest.mark.parametrize("line", ["a ||| b", "a ||| b ||| 1 1 1", "a ||| b ||| 1 1 0 1", "a"])
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    write_lines(tmp_path / "table", ["a ||| b ||| 1 1 1 1", line])
    with pytest.raises(UserError, match=r"table, line 2: .* Extract the phrases again"):
        read_phrase_table(tmp_path / "table", ["a"], reordering=False)


def test_no_phrase_with_the_separator_of_the_file_is_asked_for() -> None:
    assert source_phrases(["a ||| b|||"], longest=2) == {"a", "b|||"}


@pytest.mark.parametrize(("chunk_size", "processes"), [(1, 1), (2, 2)])
def test_chunks_of_the_corpus_make_the_same_table(tmp_path, chunk_size, processes):
    asked = ("a", "house", "a house", "b")
    whole = table(tmp_path, *asked, limit=1)
    cut = table(tmp_path, *asked, limit=1, chunk_size=chunk_size, processes=processes)
    assert list(whole.items()) == list(cut.items())


def test_the_most_frequent_links_of_a_pair_are_kept_and_of_equals_the_first(tmp_path: Path) -> None:
    files = [tmp_path / "0", tmp_path / "1"]
    write_lines(files[0], ["a b\tx y\t0-0\tm\td\t1", "a b\tx y\t0-1\tm\tm\t2"])
    write_lines(files[1], ["a b\tx y\t0-0 1-1\ts\tm\t2", "a b\tz\t0-0\td\ts\t4"])
    pruned = prune_phrase_table(files, limit=2)
    assert [(one.target, one.links, one.pair_count, one.orientations) for one in pruned] == [
        ("x y", "0-0 1-1", 5, (3, 2, 0, 4, 0, 1)),
        ("z", "0-0", 4, (0, 0, 4, 0, 4, 0)),
    ]
