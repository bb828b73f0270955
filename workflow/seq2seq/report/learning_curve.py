"""Draws learning curves: perplexity and BLEU against epochs, all models in one figure."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from seq2seq.evaluation.costs import LearningCurve
from seq2seq.report.style import GREY, TWO_COLUMNS, look, note_on_top, style

_HALVED: dict[str, Any] = {"color": GREY, "linewidth": 0.8, "linestyle": (0, (1, 2))}


def table_rows(curves: Sequence[LearningCurve]) -> Iterator[Sequence[str]]:
    """The data behind the figure: a header, and a row for each point."""
    yield "model", "kind", "epoch", "perplexity", "bleu"
    for curve in curves:
        for epoch, perplexity in zip(curve.train_epochs, curve.train_perplexity, strict=True):
            yield curve.label, "train", f"{epoch:.4f}", f"{perplexity:.4f}", ""
        dev = zip(curve.dev_epochs, curve.dev_perplexity, curve.dev_bleu, strict=True)
        for epoch, perplexity, bleu in dev:
            yield curve.label, "dev", f"{epoch:.4f}", f"{perplexity:.4f}", f"{bleu:.2f}"
        for epoch in curve.halvings:
            yield curve.label, "halving", f"{epoch:.4f}", "", ""


def draw_learning_curve(curves: Sequence[LearningCurve], *, note: str) -> Figure:
    """Perplexity on the left, BLEU on dev on the right; dotted lines where the rate is halved.

    Dev is in full colour, training lighter.  The axis starts at the first evaluation on dev, because
    training starts at the size of the vocabulary and would hide the rest.
    """
    with style():
        figure = Figure(figsize=(TWO_COLUMNS, 0.4 * TWO_COLUMNS), layout="constrained")
        left, right = figure.subplots(1, 2)
        for epoch in sorted({round(epoch, 3) for curve in curves for epoch in curve.halvings}):
            for axes in (left, right):
                axes.axvline(epoch, **_HALVED, zorder=1)
        for index, curve in enumerate(curves):
            train = (curve.train_epochs, curve.train_perplexity)
            left.plot(*train, color=look(index).color, alpha=0.3, linewidth=0.8)
            left.plot(curve.dev_epochs, curve.dev_perplexity, **look(index).line)
            right.plot(curve.dev_epochs, curve.dev_bleu, **look(index).line)
        _label_axes(left, curves)
        right.set(xlabel="epochs", ylabel="BLEU, development set", xlim=(0, None), ylim=(0, None))
        right.legend(handles=_legend(curves), loc="center left", bbox_to_anchor=(1.01, 0.5))
        note_on_top(figure, note)
    return figure


def _legend(curves: Sequence[LearningCurve]) -> list[Line2D]:
    handles = [
        Line2D([], [], **look(index).line, label=curve.label) for index, curve in enumerate(curves)
    ]
    handles.append(Line2D([], [], color=GREY, alpha=0.5, linewidth=0.8, label="on training data"))
    if any(curve.halvings for curve in curves):
        handles.append(Line2D([], [], **_HALVED, label="rate halved"))
    return handles


def _label_axes(axes: Any, curves: Sequence[LearningCurve]) -> None:
    low, high = _limits(curves)
    axes.set(xlabel="epochs", ylabel="perplexity per word (log scale)", yscale="log")
    axes.set_xlim(left=0)
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def _limits(curves: Sequence[LearningCurve]) -> tuple[float, float]:
    values: list[float] = []
    for curve in curves:
        values += curve.dev_perplexity
        first = min(curve.dev_epochs)
        train = zip(curve.train_epochs, curve.train_perplexity, strict=True)
        values += [perplexity for epoch, perplexity in train if epoch >= first]
    shown = [value for value in values if math.isfinite(value)] or [1.0]
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
