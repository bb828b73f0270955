"""Draws BLEU against sentence length (the paper's Figure 3, left)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from matplotlib.figure import Figure

from seq2seq.figures.style import LINE, ONE_COLUMN, look, note_above, style

_TICKS = 12  # as many lengths as can be read on an axis


@dataclass(frozen=True)
class Point:
    """Test sentences of neighbouring lengths: how many, the lengths, and BLEU in its interval."""

    sentences: int
    shortest: int
    longest: int
    bleu: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """One system's points, from short to long sentences; all curves have the same sentences."""

    label: str
    points: Sequence[Point]


def table_lines(curves: Sequence[Curve]) -> Iterator[str]:
    """The numbers behind the figure, a row for each point, as TSV."""
    yield "system\tsentences\tshortest\tlongest\tbleu\tbleu_low\tbleu_high"
    for curve in curves:
        for point in curve.points:
            yield (
                f"{curve.label}\t{point.sentences}\t{point.shortest}\t{point.longest}"
                f"\t{point.bleu:.2f}\t{point.low:.2f}\t{point.high:.2f}"
            )


def draw_lengths(curves: Sequence[Curve], *, note: str) -> Figure:
    """A curve with its 95 % band for each system, over the test set in order of length.

    The axis counts sentences and is marked, where a group begins, by the length found there.
    """
    with style():
        height = 0.65 * ONE_COLUMN + LINE * len(curves)  # the legend stands below
        figure = Figure(figsize=(ONE_COLUMN, height), layout="constrained")
        axes = figure.add_subplot()
        for index, curve in enumerate(curves):
            _draw_curve(axes, curve, index)
        places = bounds(curves[0].points)
        axes.set_xticks(places, tick_labels(marks(curves[0].points)))
        axes.set_xlim(0, places[-1])
        axes.set_xlabel("source length in tokens (test sentences sorted by it)")
        axes.set_ylabel("BLEU")
        axes.set_ylim(*_limits(curves))
        figure.legend(loc="outside lower center", labelspacing=0.3)
        note_above(axes, note)
    return figure


def bounds(points: Sequence[Point]) -> list[int]:
    """Where the groups begin in the sorted test set, and where the last one ends."""
    return list(accumulate((point.sentences for point in points), initial=0))


def marks(points: Sequence[Point]) -> list[int]:
    """The sentence length at each bound; the last is that of the longest sentence."""
    return [*(point.shortest for point in points), points[-1].longest]


def tick_labels(lengths: Sequence[int]) -> list[str]:
    """Every label where there is room, else every second, third, ... and the last."""
    last = len(lengths) - 1
    step = 1 + last // _TICKS
    shown = {last, *range(0, last - step + 1, step)}
    return [str(length) if index in shown else "" for index, length in enumerate(lengths)]


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
