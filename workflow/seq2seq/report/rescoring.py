"""What rescoring is worth: the table, and BLEU against the models' weight and the list size."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from seq2seq.config.experiment import JOIN
from seq2seq.errors import UserError
from seq2seq.evaluation.sweep import BY_SIZE, BY_WEIGHT, LEARNED, ORACLE, TUNED
from seq2seq.io.files import read_json
from seq2seq.report.style import GREY, LINE, TWO_COLUMNS, Look, look, note_on_top, style
from seq2seq.report.table import Table

COLUMNS = (
    *("models", "set", "choice", "weight", "hypotheses", "bleu", "bleu_low", "bleu_high"),
    *("gain", "gain_low", "gain_high", "length_ratio"),
)
_ALONE = "LSTM alone"
_NAMES = {
    BY_SIZE: "even average",
    TUNED: "weight tuned on dev",
    LEARNED: "all features, MERT on dev",
    _ALONE: _ALONE,
    ORACLE: "oracle",
}
_REMARKS = (
    "In parentheses: 95 % intervals. Gains are measured on the same resampled test sets. The ratio "
    "is the number of words chosen over that of the baseline's translations.",
    "The even average is the paper's. Weights tuned or learned on dev used no sentence of the test "
    "set. The oracle takes the hypothesis nearest to the reference from each list.",
)
_BLACK = Look(color="black", marker="x", dashes="solid")


def read_sweep(path: Path) -> pd.DataFrame:
    """The rows by combination of models, test before dev; the oracle comes last."""
    try:
        sweep = pd.DataFrame(read_json(path))[list(COLUMNS)]
    except (KeyError, ValueError) as error:
        raise UserError(f"{path}: not a sweep of this version. Delete it and rerun.") from error
    order = [*(name for name in sweep["models"].unique() if name), ""]
    sweep["models"] = pd.Categorical(sweep["models"], order)
    return sweep.sort_values("models", kind="stable")


def rescoring_table(sweep: pd.DataFrame, *, note: str) -> Table:
    """The baseline, each choice of weights, shorter lists, the oracle."""
    data = data_rows(_main_rows(sweep))
    return Table(
        title="Rescoring n-best lists",
        note=note,
        header=("models", "choice", "weight", "hypotheses", "BLEU", "gain", "ratio"),
        rows=[_cells(*row) for row in data],
        columns=COLUMNS,
        data=data,
        text_columns=frozenset({0, 1}),
        remarks=_REMARKS,
    )


def _cells(models: str, _: str, choice: str, weight: str, size: str, *numbers: str) -> list[str]:
    bleu, low, high, *gains, ratio = numbers
    gain, gain_low, gain_high = (f"{float(number):+.2f}" for number in gains)
    return [
        *(models, choice, weight, f"{int(size):,}", f"{bleu} ({low} to {high})"),
        *(f"{gain} ({gain_low} to {gain_high})", ratio),
    ]


def _main_rows(sweep: pd.DataFrame) -> pd.DataFrame:
    test = sweep[sweep["set"] == "test"]
    by_weight = test[test["choice"] == BY_WEIGHT]
    baseline = by_weight[by_weight["weight"] == 0].head(1).assign(models="", choice="baseline")
    alone = by_weight[by_weight["weight"] == 1].assign(choice=_ALONE)
    shown = pd.concat([test[test["choice"].isin(_NAMES)], alone])
    shown["choice"] = pd.Categorical(shown["choice"], list(_NAMES))
    shown = shown.sort_values(["models", "choice"])
    return pd.concat([baseline, shown.assign(choice=shown["choice"].map(_NAMES))])


def data_rows(sweep: pd.DataFrame) -> list[list[str]]:
    """Numbers as text, in the order of ``COLUMNS``."""
    rows = []
    for row in sweep[list(COLUMNS)].itertuples(index=False, name=None):
        models, split, choice, weight, size, *numbers, ratio = row
        share = "" if math.isnan(weight) else f"{weight:g}"
        rounded = (f"{number:.2f}" for number in numbers)
        rows.append([models, split, choice, share, str(size), *rounded, f"{ratio:.3f}"])
    return rows


def draw_rescoring(sweep: pd.DataFrame, *, note: str) -> Figure:
    """Left by weight with 95 % bands, then by list size, and the oracle on an axis of its own.

    A vertical line is the even weight, a ring the weight tuned on dev, a star the choice by learned
    weights for all features.
    """
    points = dict(list(sweep[sweep["set"] == "test"].groupby("choice")))
    even_weight = points[BY_SIZE]["weight"].iloc[0]
    combinations = points[BY_WEIGHT]["models"].unique()
    with style():
        height = 0.40 * TWO_COLUMNS + LINE * len(combinations)
        figure = Figure(figsize=(TWO_COLUMNS, height), layout="constrained")
        by_weight, by_size, oracle = figure.subplots(1, 3, width_ratios=(1.25, 1, 0.75))
        by_size.sharey(by_weight)
        by_weight.axvline(even_weight, color=GREY, linewidth=0.8)
        for index, models in enumerate(combinations):
            own = {choice: rows[rows["models"] == models] for choice, rows in points.items()}
            _draw(by_weight, "weight", own[BY_WEIGHT], look(index), short_name(models))
            _draw_by_size(by_size, own[BY_SIZE], look(index))
            if TUNED in own:
                _draw_hollow(by_weight, "weight", own[TUNED], "o", look(index).color)
            if LEARNED in own:
                _draw_hollow(by_size, "hypotheses", own[LEARNED], "*", look(index).color)
        _draw_by_size(oracle, points[ORACLE], _BLACK)
        by_weight.set(xlabel="weight of the LSTM's log probability", ylabel="BLEU", xlim=(0, 1))
        by_size.set_xlabel(f"hypotheses rescored (weight {even_weight:g})")
        oracle.set_xlabel("oracle's choice of")
        handles, labels = by_weight.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", labelspacing=0.3)
        note_on_top(figure, note)
    return figure


def short_name(models: str) -> str:
    """The model's name, or the first and last of many."""
    names = models.split(JOIN)
    many = f"{names[0]} ... {names[-1]} ({len(names)})"
    return many if len(names) > 2 else " + ".join(names)


def _draw(axes: Any, x: str, points: pd.DataFrame, drawn: Look, label: str) -> None:
    band = {"color": drawn.color, "alpha": 0.12, "linewidth": 0}
    axes.fill_between(points[x], points["bleu_low"], points["bleu_high"], **band)
    axes.plot(points[x], points["bleu"], **drawn.line, markersize=2.8, label=label)


def _draw_by_size(axes: Any, points: pd.DataFrame, drawn: Look) -> None:
    _draw(axes, "hypotheses", points, drawn, "")
    axes.set_xscale("log")
    axes.set_xticks(points["hypotheses"], [f"{size:,}" for size in points["hypotheses"]])
    axes.minorticks_off()


def _draw_hollow(axes: Any, x: str, points: pd.DataFrame, marker: str, color: str) -> None:
    """A hollow mark for what was tuned or learned on dev."""
    hollow: dict[str, Any] = {"markersize": 8, "markerfacecolor": "none", "markeredgecolor": color}
    hollow |= {"linestyle": "none", "zorder": 3, "clip_on": False}
    axes.plot(points[x], points["bleu"], marker=marker, **hollow)
