"""Which sentences the baseline learns from."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, write_lines
from seq2seq.steps.baseline import evenly, sample_baseline_text


@given(st.integers(1, 300), st.data())
def test_as_many_as_wanted_are_taken_at_distances_that_differ_by_one_at_most(total, data):
    wanted = data.draw(st.integers(1, total))
    taken = list(evenly(range(total), total=total, wanted=wanted))
    assert len(taken) == wanted
    distances = {after - before for before, after in pairwise(taken)}
    assert not distances or max(distances) - min(distances) <= 1


def test_none_are_taken_where_none_are_wanted_or_there_are_none():
    assert list(evenly("abc", total=3, wanted=0)) == []
    assert list(evenly("", total=0, wanted=0)) == []


def sampled(folder: Path, pairs: int | None) -> list[list[str]]:
    text, output = (folder / "en", folder / "fr"), (folder / "en.taken", folder / "fr.taken")
    write_lines(text[0], ["one", "two", "three", "four"])
    write_lines(text[1], ["un", "deux", "trois", "quatre"])
    sample_baseline_text(text=text, pairs=pairs, output=output)
    return [list(read_lines(path)) for path in output]


def test_pairs_are_kept_together(tmp_path):
    assert sampled(tmp_path, 2) == [["two", "four"], ["deux", "quatre"]]


@pytest.mark.parametrize("pairs", [None, 9])
def test_all_are_taken_without_a_number_or_by_a_larger_one(tmp_path, pairs):
    assert sampled(tmp_path, pairs)[0] == ["one", "two", "three", "four"]


def test_sides_of_different_length_are_refused(tmp_path):
    write_lines(tmp_path / "en", ["one"])
    write_lines(tmp_path / "fr", [])
    with pytest.raises(UserError, match="1 source lines but"):
        sample_baseline_text(
            text=(tmp_path / "en", tmp_path / "fr"), output=(tmp_path / "a", tmp_path / "b")
        )
