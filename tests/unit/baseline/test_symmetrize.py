"""grow-diag-final-and against examples worked out by hand."""

from pathlib import Path

import pytest

from seq2seq.baseline.symmetrize import (
    AlignedPair,
    format_links,
    parse_aligned,
    parse_links,
    symmetrize,
    write_aligned,
)
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines


def test_neighbors_of_sure_links_are_added() -> None:
    # both: 0-0 1-1; only forward: 1-2; only backward: 2-1
    assert symmetrize([0, 1, 1], [0, 1, 1]) == [(0, 0), (1, 1), (1, 2), (2, 1)]


def test_diagonal_neighbors_are_neighbors() -> None:
    assert symmetrize([0, 1], [0, -1]) == [(0, 0), (1, 1)]


def test_distant_links_are_added_only_between_two_words_without_links() -> None:
    # 2-2 is far from 0-0 and links two free words; 2-3 then finds word 2 taken
    assert symmetrize([0, -1, 2, -1], [0, -1, 3]) == [(0, 0), (2, 2)]


def test_a_distant_link_to_a_word_with_a_link_is_left_out() -> None:
    assert symmetrize([0, -1, 0], [0]) == [(0, 0)]


def test_growth_goes_on_from_grown_links() -> None:
    # 0-0 is sure, 0-1 and then 0-2 hang on to it
    assert symmetrize([0, 0, 0], [0]) == [(0, 0), (0, 1), (0, 2)]


def test_links_survive_being_written() -> None:
    links = [(0, 0), (1, 2), (11, 10)]
    assert format_links(links) == "0-0 1-2 11-10"
    assert parse_links(format_links(links)) == links
    assert parse_links(format_links([])) == []


@pytest.mark.parametrize("line", ["0", "0-1-2", "a-b", "0-0  1-1"])
def test_lines_that_are_no_links_are_refused(line: str) -> None:
    with pytest.raises(ValueError):
        parse_links(line)


def test_aligned_text_survives_being_written(tmp_path: Path) -> None:
    assert write_aligned(tmp_path / "aligned", [("a b", "c"), ("", "")], [[(1, 0)], []]) == 2
    lines = enumerate(read_lines(tmp_path / "aligned"), start=1)
    assert list(parse_aligned("aligned", lines)) == [
        AlignedPair(["a", "b"], ["c"], [(1, 0)]), AlignedPair([], [], []),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["a b\tc\t0-7", "a b\tc\t2-0", "a b\tc\tx", "a b\tc", "a\tb\tc\td"]
)
def test_a_broken_line_of_aligned_text_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(UserError, match=r"aligned, line 2: .* Align the words again"):
        list(parse_aligned("aligned", [(1, "a\tb\t0-0"), (2, line)]))


def test_text_with_a_tab_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="sentence pair 1 contains a tab"):
        write_aligned(tmp_path / "aligned", [("a\tb", "c")], [[(0, 0)]])
