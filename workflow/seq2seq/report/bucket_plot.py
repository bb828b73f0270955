"""Draws BLEU against a property of the sentences (the paper's Figure 3, both halves)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from matplotlib.figure import Figure

from seq2seq.evaluation.buckets import BucketScore
from seq2seq.report.style import LINE, ONE_COLUMN, look, note_above, style

_TICKS = 12  # as many lengths as can be read on an axis


@dataclass(frozen=True)
class Curve:
    """One system's points in order of the property; all curves have the same sentences."""

    label: str
    points: Sequence[BucketScore]


@dataclass(frozen=True)
class Measure:
    """A property of sentences: what its axis is called, and its range in a table's header."""

    axis: str
    lowest: str
    highest: str


LENGTH = Measure("source length in tokens (test sentences sorted by it)", "shortest", "longest")
RARITY = Measure(
    "average frequency rank of the source words\n(test sentences sorted by it)",
    "most_frequent",
    "rarest",
)


def table_lines(curves: Sequence[Curve], measure: Measure) -> Iterator[str]:
    """The numbers behind the figure, a row for each point, as TSV."""
    yield f"system\tsentences\t{measure.lowest}\t{measure.highest}\tbleu\tbleu_low\tbleu_high"
    for curve in curves:
        for point in curve.points:
            yield (
                f"{curve.label}\t{point.sentences}\t{number(point.lowest)}"
                f"\t{number(point.highest)}\t{point.bleu:.2f}\t{point.low:.2f}\t{point.high:.2f}"
            )


def draw_buckets(curves: Sequence[Curve], measure: Measure, *, note: str) -> Figure:
    """A curve with its 95 % band for each system, over the test set in order of the property.

    The axis counts sentences and is marked, where a group begins, by the value found there.
    """
    with style():
        lines = len(curves) + measure.axis.count("\n")
        height = 0.65 * ONE_COLUMN + LINE * lines  # the legend stands below
        figure = Figure(figsize=(ONE_COLUMN, height), layout="constrained")
        axes = figure.add_subplot()
        for index, curve in enumerate(curves):
            _draw_curve(axes, curve, index)
        places = bounds(curves[0].points)
        axes.set_xticks(places, tick_labels(marks(curves[0].points)))
        axes.set_xlim(0, places[-1])
        axes.set_xlabel(measure.axis)
        axes.set_ylabel("BLEU")
        axes.set_ylim(*_limits(curves))
        figure.legend(loc="outside lower center", labelspacing=0.3)
        note_above(axes, note)
    return figure


def number(value: float) -> str:
    """Lengths are whole; of an average a reader wants no more than one decimal."""
    return f"{value:.0f}" if value == round(value) or value >= 100 else f"{value:.1f}"


def bounds(points: Sequence[BucketScore]) -> list[int]:
    """Where the groups begin in the sorted test set, and where the last one ends."""
    return list(accumulate((point.sentences for point in points), initial=0))


def marks(points: Sequence[BucketScore]) -> list[str]:
    """The value at each bound; the last is the highest of all."""
    return [*(number(point.lowest) for point in points), number(points[-1].highest)]


def tick_labels(values: Sequence[str]) -> list[str]:
    """Every label where there is room, else every second, third, ... and the last."""
    last = len(values) - 1
    step = 1 + last // _TICKS
    shown = {last, *range(0, last - step + 1, step)}
    return [value if index in shown else "" for index, value in enumerate(values)]


def _draw_curve(axes: Any, curve: Curve, index: int) -> None:
    drawn = look(index)
    middles = [(start + stop) / 2 for start, stop in pairwise(bounds(curve.points))]
    axes.fill_between(
        middles,
        [point.low for point in curve.points],
        [point.high for point in curve.points],
        color=drawn.color,
        alpha=0.15,
        linewidth=0,
    )
    axes.plot(
        middles,
        [point.bleu for point in curve.points],
        color=drawn.color,
        marker=drawn.marker,
        linestyle=drawn.dashes,
        label=curve.label,
        clip_on=False,
    )


def _limits(curves: Sequence[Curve]) -> tuple[float, float]:
    """The axis around all bands, never so narrow that noise looks like a finding."""
    low = min(point.low for curve in curves for point in curve.points)
    high = max(point.high for curve in curves for point in curve.points)
    room = max(high - low, 10.0)
    middle = (low + high) / 2
    bottom = max(middle - 0.55 * room, 0.0)
    return bottom, max(middle + 0.55 * room, bottom + room)
