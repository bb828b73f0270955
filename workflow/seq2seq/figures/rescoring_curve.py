"""Draws BLEU of rescoring against the models' weight, and against the hypotheses rescored.

The numbers come from the sweep (evaluation/sweep.py) as JSON; the records here are that file's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from seq2seq.figures.style import GREY, LINE, TWO_COLUMNS, look, note_above, style

_COLUMNS = (
    "models\tset\tchoice\tweight\thypotheses\tbleu\tbleu_low\tbleu_high"
    "\tgain\tgain_low\tgain_high\tlength_ratio"
)


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Point:
    """BLEU and its gain over the baseline; words chosen over the words of the baseline."""

    weight: float
    hypotheses: int
    bleu: float
    interval: Interval
    gain: float
    gain_interval: Interval
    length_ratio: float


@dataclass(frozen=True)
class Curves:
    by_weight: tuple[Point, ...]
    by_size: tuple[Point, ...]


@dataclass(frozen=True)
class Combination:
    """One model or several; no curves of dev, and no weight tuned there, where it has no lists."""

    models: tuple[str, ...]
    tuned_weight: float | None
    test: Curves
    dev: Curves | None

    @property
    def label(self) -> str:
        """The model's name, or the first and the last of many."""
        if len(self.models) < 3:
            return " + ".join(self.models)
        return f"{self.models[0]} ... {self.models[-1]} ({len(self.models)})"

    def at_weight(self, weight: float) -> Point:
        return next(point for point in self.test.by_weight if point.weight == weight)


@dataclass(frozen=True)
class Rescoring:
    """The whole sweep; ``even_weight`` is the paper's."""

    even_weight: float
    combinations: tuple[Combination, ...]


def table_lines(rescoring: Rescoring) -> Iterator[str]:
    """What a reader asks first, as TSV: the baseline, the even and the tuned weight, shorter lists."""
    yield _COLUMNS
    baseline = rescoring.combinations[0].at_weight(0.0)
    yield _line("", "test", "baseline", baseline)
    for one in rescoring.combinations:
        models = "+".join(one.models)
        for point in one.test.by_size:
            yield _line(models, "test", "even average", point)
        if one.tuned_weight is not None:
            yield _line(models, "test", "tuned on dev", one.at_weight(one.tuned_weight))
        yield _line(models, "test", "LSTM alone", one.at_weight(1.0))


def figure_lines(rescoring: Rescoring) -> Iterator[str]:
    """Every point of the figure, and those of dev, as TSV."""
    yield _COLUMNS
    for one in rescoring.combinations:
        for name, curves in (("test", one.test), ("dev", one.dev)):
            if curves is None:
                continue
            for kind, points in (("by weight", curves.by_weight), ("by size", curves.by_size)):
                for point in points:
                    yield _line("+".join(one.models), name, kind, point)


def _line(models: str, name: str, choice: str, point: Point) -> str:
    numbers = (
        *(point.bleu, point.interval.low, point.interval.high),
        *(point.gain, point.gain_interval.low, point.gain_interval.high),
    )
    scores = "\t".join(f"{number:.2f}" for number in numbers)
    return (
        f"{models}\t{name}\t{choice}\t{point.weight:g}\t{point.hypotheses}\t{scores}"
        f"\t{point.length_ratio:.3f}"
    )


def draw_rescoring(rescoring: Rescoring, *, note: str) -> Figure:
    """Left by weight with 95 % bands, the even weight a line and the tuned a ring; right by size."""
    with style():
        height = 0.36 * TWO_COLUMNS + LINE * len(rescoring.combinations)
        figure = Figure(figsize=(TWO_COLUMNS, height), layout="constrained")
        by_weight, by_size = figure.subplots(1, 2, sharey=True)
        by_weight.axvline(rescoring.even_weight, color=GREY, linewidth=0.8)
        for index, one in enumerate(rescoring.combinations):
            _draw(by_weight, [p.weight for p in one.test.by_weight], one.test.by_weight, one, index)
            _draw(by_size, [p.hypotheses for p in one.test.by_size], one.test.by_size, one, index)
            _draw_tuned(by_weight, one, index)
        by_weight.set_xlabel("weight of the LSTM's log probability")
        by_weight.set_ylabel("BLEU")
        by_weight.set_xlim(0, 1)
        by_size.set_xscale("log")
        sizes = [point.hypotheses for point in rescoring.combinations[0].test.by_size]
        by_size.set_xticks(sizes, [f"{size:,}" for size in sizes])
        by_size.minorticks_off()
        by_size.set_xlabel(f"hypotheses rescored (weight {rescoring.even_weight:g})")
        handles, labels = by_weight.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", labelspacing=0.3)
        note_above(by_weight, note)
    return figure


def _draw(
    axes: Any, places: Sequence[float], points: Sequence[Point], one: Combination, index: int
) -> None:
    drawn = look(index)
    axes.fill_between(
        places,
        [point.interval.low for point in points],
        [point.interval.high for point in points],
        color=drawn.color,
        alpha=0.12,
        linewidth=0,
    )
    axes.plot(
        places,
        [point.bleu for point in points],
        color=drawn.color,
        marker=drawn.marker,
        linestyle=drawn.dashes,
        markersize=2.8,
        label=one.label,
    )


def _draw_tuned(axes: Any, one: Combination, index: int) -> None:
    if one.tuned_weight is None:
        return
    point = one.at_weight(one.tuned_weight)
    axes.plot(
        [point.weight], [point.bleu],
        marker="o", markersize=8, markerfacecolor="none", markeredgecolor=look(index).color,
        linestyle="none", zorder=3, clip_on=False,
    )  # fmt: skip
