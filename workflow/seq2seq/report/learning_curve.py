"""Draws how the models learned: perplexity and BLEU against epochs, all models in one figure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from seq2seq.report.style import GREY, TWO_COLUMNS, look, note_on_top, style


@dataclass(frozen=True)
class Curve:
    """One model: perplexity (a word) and BLEU at points of time, which count in epochs."""

    label: str
    train_epochs: Sequence[float]
    train_perplexity: Sequence[float]
    dev_epochs: Sequence[float]
    dev_perplexity: Sequence[float]
    dev_bleu: Sequence[float]
    halvings: Sequence[float]


def table_lines(curves: Sequence[Curve]) -> Iterator[str]:
    """The numbers behind the figure, a row for each point, as TSV."""
    yield "model\tkind\tepoch\tperplexity\tbleu"
    for curve in curves:
        for epoch, perplexity in zip(curve.train_epochs, curve.train_perplexity, strict=True):
            yield f"{curve.label}\ttrain\t{epoch:.4f}\t{perplexity:.4f}\t"
        dev = zip(curve.dev_epochs, curve.dev_perplexity, curve.dev_bleu, strict=True)
        for epoch, perplexity, bleu in dev:
            yield f"{curve.label}\tdev\t{epoch:.4f}\t{perplexity:.4f}\t{bleu:.2f}"
        for epoch in curve.halvings:
            yield f"{curve.label}\thalving\t{epoch:.4f}\t\t"


def draw_learning_curve(curves: Sequence[Curve], *, note: str) -> Figure:
    """Perplexity at the left, BLEU on the development set at the right.

    Development set in full colour, training lighter, dotted lines where the rate is halved.

    The axis holds what comes after the first evaluation on the development set: training starts at
    the size of the vocabulary, and to show it all would hide the rest.
    """
    with style():
        figure = Figure(figsize=(TWO_COLUMNS, 0.4 * TWO_COLUMNS), layout="constrained")
        left, right = figure.subplots(1, 2)
        for epoch in sorted({round(epoch, 3) for curve in curves for epoch in curve.halvings}):
            for axes in (left, right):
                axes.axvline(epoch, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        for index, curve in enumerate(curves):
            _draw_perplexity(left, curve, index)
            drawn = look(index)
            right.plot(
                curve.dev_epochs,
                curve.dev_bleu,
                color=drawn.color,
                marker=drawn.marker,
                linestyle=drawn.dashes,
            )
        _label_axes(left, curves)
        right.set(xlabel="epochs", ylabel="BLEU, development set", xlim=(0, None), ylim=(0, None))
        right.legend(handles=_legend(curves), loc="center left", bbox_to_anchor=(1.01, 0.5))
        note_on_top(figure, note)
    return figure


def _draw_perplexity(axes: Any, curve: Curve, index: int) -> None:
    drawn = look(index)
    axes.plot(
        curve.train_epochs,
        curve.train_perplexity,
        color=drawn.color,
        alpha=0.3,
        linewidth=0.8,
    )
    axes.plot(
        curve.dev_epochs,
        curve.dev_perplexity,
        color=drawn.color,
        marker=drawn.marker,
        linestyle=drawn.dashes,
    )


def _legend(curves: Sequence[Curve]) -> list[Line2D]:
    handles = []
    for index, curve in enumerate(curves):
        drawn = look(index)
        handles.append(
            Line2D(
                [],
                [],
                color=drawn.color,
                marker=drawn.marker,
                linestyle=drawn.dashes,
                label=curve.label,
            )
        )
    handles.append(Line2D([], [], color=GREY, alpha=0.5, linewidth=0.8, label="on training data"))
    if any(curve.halvings for curve in curves):
        dotted = (0, (1, 2))
        handles.append(
            Line2D([], [], color=GREY, linewidth=0.8, linestyle=dotted, label="rate halved")
        )
    return handles


def _label_axes(axes: Any, curves: Sequence[Curve]) -> None:
    axes.set_xlabel("epochs")
    axes.set_xlim(left=0)
    axes.set_ylabel("perplexity per word (log scale)")
    axes.set_yscale("log")
    low, high = _limits(curves)
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def _limits(curves: Sequence[Curve]) -> tuple[float, float]:
    values: list[float] = []
    for curve in curves:
        values += curve.dev_perplexity
        first = min(curve.dev_epochs)
        values += [
            perplexity
            for epoch, perplexity in zip(curve.train_epochs, curve.train_perplexity, strict=True)
            if epoch >= first
        ]
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
