"""Which sentences the baseline learns from, and how a line is cut into words and phrases."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, write_lines
from seq2seq.smt.sentences import evenly, ngrams, split
from seq2seq.steps import choose_baseline_text


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


def run_step(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[list[str]]:
    write_lines(folder / "en", ["one", "two", "three", "four"])
    write_lines(folder / "fr", ["un", "deux", "trois", "quatre"])
    outputs = [folder / "en.chosen", folder / "fr.chosen"]
    files = ["--source", folder / "en", "--target", folder / "fr", "--output", *outputs]
    monkeypatch.setattr(sys, "argv", ["step", *arguments, *map(str, files)])
    choose_baseline_text.main()
    return [list(read_lines(output)) for output in outputs]


def test_the_program_keeps_pairs_together(tmp_path, monkeypatch):
    assert run_step(tmp_path, monkeypatch, "--pairs", "2") == [["two", "four"], ["deux", "quatre"]]


@pytest.mark.parametrize("arguments", [(), ("--pairs", "9")])
def test_all_are_taken_without_a_number_or_by_a_larger_one(tmp_path, monkeypatch, arguments):
    assert run_step(tmp_path, monkeypatch, *arguments)[0] == ["one", "two", "three", "four"]


def test_sides_of_different_length_are_refused(tmp_path, monkeypatch):
    write_lines(tmp_path / "en", ["one"])
    write_lines(tmp_path / "fr", [])
    files = ["--source", tmp_path / "en", "--target", tmp_path / "fr"]
    outputs = ["--output", tmp_path / "a", tmp_path / "b"]
    monkeypatch.setattr(sys, "argv", ["step", *map(str, [*files, *outputs])])
    with pytest.raises(UserError, match="has 1 lines but"):
        choose_baseline_text.main()


def test_phrases_are_all_runs_of_words():
    assert split("") == []
    assert ngrams(split("a b c"), 2) == ["a", "a b", "b", "b c", "c"]
