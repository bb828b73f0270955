"""Learning curves as a figure, and the program that makes it."""

import csv
import json
import math
from pathlib import Path

import pandas as pd
import pytest

from run_step import run_step
from seq2seq.errors import UserError
from seq2seq.evaluation.costs import TRAIN_POINTS, read_learning_curve
from seq2seq.io.files import read_lines, write_lines
from seq2seq.report.page.charts import log_ticks


def train_record(epoch: float, loss: float, rate: float) -> str:
    record = {"kind": "train", "epoch": epoch, "loss_per_word": loss, "learning_rate": rate}
    return json.dumps(record)


def dev_record(epoch: float, perplexity: float) -> str:
    record = {"kind": "dev", "epoch": epoch, "perplexity": perplexity, "bleu": 10 * epoch}
    return json.dumps(record)


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    """Three epochs of a thousand records; the rate is halved at 1.5 and at 2."""
    lines = [json.dumps({"kind": "start", "seed": 1})]
    for update in range(1, 1001):
        epoch = update * 3 / 1000
        rate = 0.7 if epoch <= 1.5 else 0.35 if epoch <= 2 else 0.175
        lines.append(train_record(epoch, 3 - epoch / 2, rate))
        if update % 250 == 0:
            lines.append(dev_record(epoch, 30 / epoch))
    write_lines(tmp_path / "metrics.jsonl", lines)
    return tmp_path / "metrics.jsonl"


def points(path: Path, kind: str) -> pd.DataFrame:
    curve = read_learning_curve(path, label="m")
    return curve[curve["kind"] == kind]


def test_halvings_are_found_where_the_rate_fell(metrics: Path) -> None:
    assert list(points(metrics, "halving")["epoch"]) == pytest.approx([1.5, 2.0], abs=0.003)


def test_a_rate_that_falls_slowly_is_no_halving(tmp_path: Path) -> None:
    rates = [train_record(index, 1.0, 0.7 * 0.9**index) for index in range(9)]
    write_lines(tmp_path / "m", [*rates, dev_record(9, 2.0)])
    assert points(tmp_path / "m", "halving").empty


def test_training_is_averaged_to_what_a_figure_can_show(metrics: Path) -> None:
    train, dev = points(metrics, "train"), points(metrics, "dev")
    assert len(train) == TRAIN_POINTS
    assert train["epoch"].iloc[-1] == 3.0
    losses = [3 - update * 3 / 1000 / 2 for update in range(1, 6)]
    assert train["perplexity"].iloc[0] == pytest.approx(math.exp(sum(losses) / 5))
    assert list(dev["perplexity"]) == pytest.approx([40, 20, 30 / 2.25, 10])


def test_a_model_that_diverged_can_still_be_drawn(tmp_path: Path) -> None:
    write_lines(tmp_path / "m", [train_record(1, 1e6, 0.7), dev_record(1, math.inf)])
    run_plot(tmp_path, f"m={tmp_path}/m")
    assert (tmp_path / "c.svg").stat().st_size > 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not valid JSON"),
        ("[1]", "line 2: a JSON object was expected"),
        ('{"kind": "dev", "epoch": 1}', "line 2: a record of kind `dev` needs the numbers"),
        ('{"kind": "train", "epoch": "x"}', "line 2: a record of kind `train` needs the numbers"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    write_lines(tmp_path / "m", [dev_record(1, 2.0), line])
    with pytest.raises(UserError, match=message):
        read_learning_curve(tmp_path / "m", label="m")


def test_metrics_without_an_evaluation_are_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "m", [train_record(1, 1.0, 0.7)])
    with pytest.raises(UserError, match="no record of kind `dev`"):
        read_learning_curve(tmp_path / "m", label="m")


@pytest.mark.parametrize(("low", "high"), [(4.0, 25.0), (2.0, 4.1), (11.0, 22.5), (1.1, 90_000.0)])
def test_the_axis_has_a_few_round_numbers_for_any_perplexities(low: float, high: float) -> None:
    ticks = log_ticks(low, high)
    assert 3 <= len(ticks) <= 12
    assert all(low <= tick <= high for tick in ticks)


def test_the_program_draws_and_writes_the_numbers_behind_the_figure(metrics, tmp_path):
    curves = [f"forward-1={metrics}", f"reversed-1={metrics}"]
    run_plot(tmp_path, *curves)
    first = {name: (tmp_path / name).read_bytes() for name in ("c.svg", "c.tsv")}
    rows = list(csv.DictReader(read_lines(tmp_path / "c.tsv"), delimiter="\t"))
    dev = [row for row in rows if row["model"] == "forward-1" and row["kind"] == "dev"]
    assert [float(row["perplexity"]) for row in dev] == pytest.approx([40, 20, 30 / 2.25, 10], 1e-4)
    assert [float(row["bleu"]) for row in dev] == [7.5, 15, 22.5, 30]
    assert sum(row["kind"] == "halving" for row in rows) == 4
    drawn = first["c.svg"].decode()
    assert drawn.count("<svg") == 3 and "forward-1" in drawn and "for a test" in drawn
    run_plot(tmp_path, *curves)
    assert first == {name: (tmp_path / name).read_bytes() for name in first}


def run_plot(folder: Path, *curves: str) -> None:
    files = ["--output", *(f"{folder}/c.{kind}" for kind in ("svg", "tsv"))]
    run_step("report", "plot-learning-curve", "--curves", *curves, "--note", "for a test", *files)
