"""grow-diag-final-and against examples worked out by hand."""

import pytest

from seq2seq.smt.symmetrize import format_links, parse_links, symmetrize


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
