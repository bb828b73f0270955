"""BLEU against length as a figure, and the program that makes it."""

import csv
import sys
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.figures.length_curve import Curve, Point, bounds, draw_lengths, marks, tick_labels
from seq2seq.files import read_lines, write_lines
from seq2seq.nbest import Hypothesis, write_hypotheses
from seq2seq.steps import plot_lengths

POINTS = [Point(500, 4, 12, 30.0, 28.0, 32.0), Point(503, 12, 79, 25.0, 24.0, 26.0)]


def test_the_axis_is_marked_by_lengths_at_the_groups_bounds() -> None:
    figure = draw_lengths([Curve("one", POINTS), Curve("two", POINTS)], note="a note")
    axes = figure.axes[0]
    assert axes.get_xticks().tolist() == bounds(POINTS) == [0, 500, 1003]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["4", "12", "79"]
    assert marks(POINTS) == [4, 12, 79]
    assert [line.get_xdata().tolist() for line in axes.get_lines()] == [[250, 751.5]] * 2


def test_labels_that_would_touch_are_left_out_but_never_the_last() -> None:
    assert tick_labels(range(5)) == ["0", "1", "2", "3", "4"]
    shown = tick_labels(range(26))
    assert shown[0] == "0" and shown[-1] == "25"
    assert sum(label != "" for label in shown) <= 13
    assert shown[-2] == ""


def test_curves_are_told_apart_by_colour_and_by_marker() -> None:
    figure = draw_lengths([Curve(str(index), POINTS) for index in range(8)], note="")
    lines = figure.axes[0].get_lines()
    assert len({line.get_color() for line in lines[:7]}) == 7
    assert len({line.get_marker() for line in lines[:7]}) == 7
    assert lines[7].get_linestyle() != lines[0].get_linestyle()


def test_the_program_draws_and_writes_the_numbers_behind_the_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = _test_set(tmp_path)
    run_plot(monkeypatch, tmp_path, *arguments)
    first = {name: (tmp_path / name).read_bytes() for name in ("l.svg", "l.png", "l.tsv")}
    rows = list(csv.DictReader(read_lines(tmp_path / "l.tsv"), delimiter="\t"))
    assert [row["system"] for row in rows] == ["LSTM, beam 2", "LSTM, beam 2"]
    assert [row["sentences"] for row in rows] == ["4", "4"]
    assert [row["shortest"] + " " + row["longest"] for row in rows] == ["4 7", "8 11"]
    assert float(rows[0]["bleu"]) == 100
    assert float(rows[1]["bleu_low"]) <= float(rows[1]["bleu"]) < 100
    run_plot(monkeypatch, tmp_path, *arguments)
    assert first == {name: (tmp_path / name).read_bytes() for name in first}
    assert first["l.png"].startswith(b"\x89PNG")


def test_a_curve_without_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = _test_set(tmp_path)
    with pytest.raises(UserError, match="`LABEL=FILE` was expected"):
        run_plot(monkeypatch, tmp_path, *arguments, "--curve", "LSTM")


def run_plot(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> None:
    files = [part for kind in ("svg", "png", "tsv") for part in (f"--{kind}", f"{folder}/l.{kind}")]
    rest = ["--group-size", "4", "--seed", "1", "--note", "for a test", *files]
    monkeypatch.setattr(sys, "argv", ["plot_lengths", *arguments, *rest])
    plot_lengths.main()


def _test_set(folder: Path) -> list[str]:
    """Eight sentences of 4 to 11 tokens, of which the longer half is translated badly."""
    lengths = [11, 4, 10, 5, 9, 6, 8, 7]
    lines = [" ".join(f"w{index}" for index in range(length)) for length in lengths]
    write_lines(folder / "source", lines)
    write_lines(folder / "reference", lines)
    rows = [
        Hypothesis(number, 1, (0.0,), line if lengths[number] < 8 else line.replace("w0", "UNK"))
        for number, line in enumerate(lines)
    ]
    write_hypotheses(folder / "a=b.tsv", ("log_probability",), rows)
    return [
        *("--source-tokens", str(folder / "source")),
        *("--reference-tokens", str(folder / "reference")),
        *("--curve", f"LSTM, beam 2={folder}/a=b.tsv"),
    ]
