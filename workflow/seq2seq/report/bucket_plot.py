"""Draws BLEU against a property of the sentences (the paper's Figure 3, both halves)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from matplotlib.figure import Figure

from seq2seq.evaluation.buckets import BucketScore
from seq2seq.report.style import LINE, ONE_COLUMN, look, note_on_top, style

_TICKS = 12  # as many labels as fit on the axis

Curves = Mapping[str, Sequence[BucketScore]]  # by system; all have the same buckets


@dataclass(frozen=True)
class SentenceProperty:
    """The label of the axis, and the columns of the table that hold a bucket's range."""

    axis: str
    lowest: str
    highest: str


LENGTH = SentenceProperty(
    "source length in tokens (test sentences sorted by it)", "shortest", "longest"
)
RARITY = SentenceProperty(
    "average frequency rank of the source words\n(test sentences sorted by it)",
    "most_frequent",
    "rarest",
)


def table_rows(curves: Curves, measured: SentenceProperty) -> Iterator[Sequence[str]]:
    """The data behind the figure: a header, and a row for each point."""
    yield "system", "sentences", measured.lowest, measured.highest, "bleu", "bleu_low", "bleu_high"
    for label, points in curves.items():
        for point in points:
            bounds = (number(point.lowest), number(point.highest))
            bleu = (f"{value:.2f}" for value in (point.bleu, point.low, point.high))
            yield (label, str(point.sentences), *bounds, *bleu)


def draw_buckets(curves: Curves, measured: SentenceProperty, *, note: str) -> Figure:
    """A curve with its 95 % band for each system; the axis counts the sorted sentences."""
    points = next(iter(curves.values()))
    places = bounds(points)
    with style():
        lines = len(curves) + measured.axis.count("\n")
        height = 0.65 * ONE_COLUMN + LINE * lines  # the legend goes below
        figure = Figure(figsize=(ONE_COLUMN, height), layout="constrained")
        axes = figure.add_subplot()
        for index, (label, own) in enumerate(curves.items()):
            _draw_curve(axes, label, own, look(index))
        axes.set_xticks(places, tick_labels(marks(points)))
        axes.set_xlim(0, places[-1])
        axes.set_xlabel(measured.axis)
        axes.set_ylabel("BLEU")
        axes.set_ylim(*_limits(curves))
        figure.legend(loc="outside lower center", labelspacing=0.3)
        note_on_top(figure, note)
    return figure


def number(value: float) -> str:
    """Whole numbers for lengths; at most one decimal for averages."""
    return f"{value:.0f}" if value == round(value) or value >= 100 else f"{value:.1f}"


def bounds(points: Sequence[BucketScore]) -> list[int]:
    """Where the buckets begin in the sorted test set, and where the last one ends."""
    return list(accumulate((point.sentences for point in points), initial=0))


def marks(points: Sequence[BucketScore]) -> list[str]:
    """The value at each bound; the last is the highest of all."""
    return [*(number(point.lowest) for point in points), number(points[-1].highest)]


def tick_labels(values: Sequence[str]) -> list[str]:
    """Every label if there is room, else every second, third, ... and always the last."""
    last = len(values) - 1
    step = 1 + last // _TICKS
    shown = {last, *range(0, last - step + 1, step)}
    return [value if index in shown else "" for index, value in enumerate(values)]


def _draw_curve(axes: Any, label: str, points: Sequence[BucketScore], line: Any) -> None:
    middles = [(start + stop) / 2 for start, stop in pairwise(bounds(points))]
    lows, highs = [point.low for point in points], [point.high for point in points]
    axes.fill_between(middles, lows, highs, color=line["color"], alpha=0.15, linewidth=0)
    bleu = [point.bleu for point in points]
    axes.plot(middles, bleu, **line, label=label, clip_on=False)


def _limits(curves: Curves) -> tuple[float, float]:
    """The range of all bands, but at least 10 BLEU so that noise does not look like a finding."""
    low = min(point.low for points in curves.values() for point in points)
    high = max(point.high for points in curves.values() for point in points)
    room = max(high - low, 10.0)
    middle = (low + high) / 2
    bottom = max(middle - 0.55 * room, 0.0)
    return bottom, max(middle + 0.55 * room, bottom + room)
