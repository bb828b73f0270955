"""grow-diag-final-and against examples worked out by hand."""

from contextlib import nullcontext
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
from seq2seq.io.files import read_lines, write_lines
from seq2seq.steps.baseline import import_alignments


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


TEXT = [("a b", "c"), ("d", "e f"), ("g", "h")]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["0-0 1-0", "0-1", ""], ""),
        (
            ["0-0", "0-1"],
            r"links: has 2 lines, but the training text has 3 pairs\. Align data/tokens",
        ),
        (["0-0", "1-0", ""], r"links, line 2: expected .* links such as `0-0 1-2` to their words"),
        (["0-0", "0:1", ""], "links, line 2: expected"),
    ],
)
def test_another_aligner_s_links_take_the_place_of_ours(
    tmp_path: Path, lines: list[str], message: str
) -> None:
    files = [tmp_path / name for name in ("source", "target", "links", "aligned")]
    for path, content in zip(files, (*zip(*TEXT, strict=True), lines), strict=False):
        write_lines(path, content)
    with pytest.raises(UserError, match=message) if message else nullcontext():
        import_alignments(text=(files[0], files[1]), alignments=files[2], output=files[3])
    if not message:
        links = [[(0, 0), (1, 0)], [(0, 1)], []]
        write_aligned(tmp_path / "expected", TEXT, links)
        assert files[3].read_bytes() == (tmp_path / "expected").read_bytes()
