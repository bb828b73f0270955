"""Draws learning curves: perplexity and BLEU against epochs, all models in one figure."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from seq2seq.report.style import GREY, TWO_COLUMNS, look, note_on_top, style

_HALVED: dict[str, Any] = {"color": GREY, "linewidth": 0.8, "linestyle": (0, (1, 2))}


def table_rows(curves: pd.DataFrame) -> Iterator[Sequence[str]]:
    """The data behind the figure: a header, and a row for each point."""
    yield list(curves.columns)
    for model, kind, epoch, perplexity, bleu in curves.itertuples(index=False):
        measured = "" if kind == "halving" else f"{perplexity:.4f}"
        yield model, kind, f"{epoch:.4f}", measured, f"{bleu:.2f}" if kind == "dev" else ""


def draw_learning_curve(curves: pd.DataFrame, *, note: str) -> Figure:
    """Perplexity on the left, BLEU on dev on the right; dotted lines where the rate is halved.

    Dev is in full colour, training lighter.  The axis starts at the first evaluation on dev, because
    training starts at the size of the vocabulary and would hide the rest.
    """
    with style():
        figure = Figure(figsize=(TWO_COLUMNS, 0.4 * TWO_COLUMNS), layout="constrained")
        left, right = figure.subplots(1, 2)
        for epoch in (
            curves.loc[curves["kind"] == "halving", "epoch"].round(3).sort_values().unique()
        ):
            for axes in (left, right):
                axes.axvline(epoch, **_HALVED, zorder=1)
        for index, (_, curve) in enumerate(curves.groupby("model", sort=False)):
            train, dev = (curve[curve["kind"] == kind] for kind in ("train", "dev"))
            faint = {"color": look(index).color, "alpha": 0.3, "linewidth": 0.8}
            left.plot(train["epoch"], train["perplexity"], **faint)
            left.plot(dev["epoch"], dev["perplexity"], **look(index).line)
            right.plot(dev["epoch"], dev["bleu"], **look(index).line)
        _label_axes(left, curves)
        right.set(xlabel="epochs", ylabel="BLEU, development set", xlim=(0, None), ylim=(0, None))
        right.legend(handles=_legend(curves), loc="center left", bbox_to_anchor=(1.01, 0.5))
        note_on_top(figure, note)
    return figure


def _legend(curves: pd.DataFrame) -> list[Line2D]:
    names = enumerate(curves["model"].unique())
    handles = [Line2D([], [], **look(index).line, label=name) for index, name in names]
    handles.append(Line2D([], [], color=GREY, alpha=0.5, linewidth=0.8, label="on training data"))
    if (curves["kind"] == "halving").any():
        handles.append(Line2D([], [], **_HALVED, label="rate halved"))
    return handles


def _label_axes(axes: Any, curves: pd.DataFrame) -> None:
    low, high = _limits(curves)
    axes.set(xlabel="epochs", ylabel="perplexity per word (log scale)", yscale="log")
    axes.set_xlim(left=0)
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def _limits(curves: pd.DataFrame) -> tuple[float, float]:
    first = curves[curves["kind"] == "dev"].groupby("model")["epoch"].min()
    drawn = curves[curves["epoch"] >= curves["model"].map(first)]
    shown = [value for value in drawn["perplexity"] if math.isfinite(value)] or [1.0]
    return min(shown) / 1.1, max(max(shown) * 1.2, min(shown) * 2)


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers between two limits: the coarsest set of at least five, on a log scale."""
    fine = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9]
    ticks: list[float] = []
    for steps in ([1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], fine):
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        values = [float(f"{step}e{decade}") for decade in decades for step in steps]
        ticks = [value for value in values if low <= value <= high]
        if len(ticks) >= 5:
            break
    return ticks
