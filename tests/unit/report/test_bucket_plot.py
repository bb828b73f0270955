"""BLEU against length and rarity as figures, and the programs that make them."""

import csv
import json
from pathlib import Path

import pytest

from run_step import run_step
from seq2seq.errors import UserError
from seq2seq.evaluation.buckets import BucketScore
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.report.bucket_plot import (
    LENGTH,
    RARITY,
    bounds,
    draw_buckets,
    marks,
    number,
    table_rows,
    tick_labels,
)
from token_files import write_token_dataset

POINTS = [BucketScore(500, 4, 12, 30.0, 28.0, 32.0), BucketScore(503, 12, 79, 25.0, 24.0, 26.0)]


def test_the_axis_is_marked_by_lengths_at_the_groups_bounds() -> None:
    figure = draw_buckets({"one": POINTS, "two": POINTS}, LENGTH, note="a note")
    axes = figure.axes[0]
    assert axes.get_xticks().tolist() == bounds(POINTS) == [0, 500, 1003]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["4", "12", "79"]
    assert marks(POINTS) == ["4", "12", "79"]
    assert [line.get_xdata().tolist() for line in axes.get_lines()] == [[250, 751.5]] * 2


def test_labels_that_would_touch_are_left_out_but_never_the_last() -> None:
    assert tick_labels(list("01234")) == ["0", "1", "2", "3", "4"]
    shown = tick_labels([str(index) for index in range(26)])
    assert shown[0] == "0" and shown[-1] == "25"
    assert sum(label != "" for label in shown) <= 13
    assert shown[-2] == ""


def test_curves_are_told_apart_by_colour_and_by_marker() -> None:
    figure = draw_buckets({str(index): POINTS for index in range(8)}, LENGTH, note="")
    lines = figure.axes[0].get_lines()
    assert len({line.get_color() for line in lines[:7]}) == 7
    assert len({line.get_marker() for line in lines[:7]}) == 7
    assert lines[7].get_linestyle() != lines[0].get_linestyle()


def test_the_program_draws_and_writes_the_numbers_behind_the_figure(tmp_path: Path) -> None:
    arguments = _test_set(tmp_path)
    run_plot(tmp_path, *arguments)
    first = {name: (tmp_path / name).read_bytes() for name in ("l.svg", "l.png", "l.tsv", "l.json")}
    rows = list(csv.DictReader(read_lines(tmp_path / "l.tsv"), delimiter="\t"))
    assert [row["system"] for row in rows] == ["LSTM, beam 2", "LSTM, beam 2"]
    assert [row["sentences"] for row in rows] == ["4", "4"]
    assert [row["shortest"] + " " + row["longest"] for row in rows] == ["4 7", "8 11"]
    assert float(rows[0]["bleu"]) == 100
    assert float(rows[1]["bleu_low"]) <= float(rows[1]["bleu"]) < 100
    run_plot(tmp_path, *arguments)
    assert first == {name: (tmp_path / name).read_bytes() for name in first}
    assert first["l.png"].startswith(b"\x89PNG")


def test_a_curve_without_a_file_is_refused(tmp_path: Path) -> None:
    arguments = _test_set(tmp_path)
    with pytest.raises(UserError, match="not of the form `LABEL=FILE`"):
        run_plot(tmp_path, *arguments[:4], "--curves", "LSTM")


def test_with_the_figure_comes_the_slope_of_bleu(tmp_path: Path) -> None:
    arguments = _test_set(tmp_path)
    run_plot(tmp_path, *arguments)
    found = json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))
    assert (found["below"], found["buckets"], found["sentences"]) == (35, 2, 8)
    assert found["systems"] == {"LSTM, beam 2": None}  # two buckets give no slope
    run_plot(tmp_path, *arguments, bucket_size=2)
    found = json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))
    assert found["systems"]["LSTM, beam 2"]["per_ten_words"] < 0


def test_ranks_are_printed_without_needless_decimals() -> None:
    numbers = [number(value) for value in (17.0, 17.04, 99.96, 1234.5)]
    assert numbers == ["17", "17.0", "100.0", "1234"]
    points = [BucketScore(2, 17.25, 300.5, 30.0, 28.0, 32.0)]
    header, row = table_rows({"x": points}, RARITY)
    assert header[2:4] == ("most_frequent", "rarest")
    assert row[2:4] == ("17.2", "300")


def test_the_rarity_program_sorts_by_the_rank_of_source_words(tmp_path: Path) -> None:
    _test_set(tmp_path)
    words = [[2, 3], [9, 0], [2, 2], [4, 4], [0], [5], [3], [2]]
    files = [str(tmp_path / "words.npy"), str(tmp_path / "offsets.npy")]
    write_token_dataset(*files, words)
    write_lines(tmp_path / "vocabulary", ["token\tcount", *(f"{k}\t1" for k in range(10))])
    run_step(
        *("report", "plot-rarity", "--source", *files, "--vocabulary", tmp_path / "vocabulary"),
        *("--reference-tokens", tmp_path / "reference", "--bucket-size", 4),
        *("--curves", f"LSTM={tmp_path}/a=b.tsv", "--seed", 1),
        *("--output", *(tmp_path / f"r.{kind}" for kind in ("svg", "png", "tsv"))),
    )
    rows = list(csv.DictReader(read_lines(tmp_path / "r.tsv"), delimiter="\t"))
    assert [row["most_frequent"] + " " + row["rarest"] for row in rows] == ["1 2", "3 10"]
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")


def run_plot(folder: Path, *arguments: str, bucket_size: int = 4) -> None:
    run_step(
        *("report", "plot-lengths", "--bucket-size", bucket_size, "--slope-max-length", 35),
        *("--slope-bucket-size", bucket_size, "--seed", 1),
        *("--note", "for a test", *arguments),
        *("--output", *(folder / f"l.{kind}" for kind in ("svg", "png", "tsv", "json"))),
    )


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
        *("--curves", f"LSTM, beam 2={folder}/a=b.tsv"),
    ]
