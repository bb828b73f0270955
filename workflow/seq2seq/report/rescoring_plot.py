"""Draws BLEU of rescoring against the models' weight and the hypotheses rescored, and the oracle."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from seq2seq.evaluation.sweep import Combination, Rescoring, RescoringPoint
from seq2seq.report.style import GREY, LINE, TWO_COLUMNS, Look, look, note_on_top, style

_BLACK = Look(color="black", marker="x", dashes="solid")


def draw_rescoring(rescoring: Rescoring, *, note: str) -> Figure:
    """Left by weight with 95 % bands, then by size, and the oracle by size on an axis of its own.

    A vertical line is the even weight, a ring the weight tuned on dev; in the middle a star is the
    choice by learned weights for all features.
    """
    with style():
        height = 0.40 * TWO_COLUMNS + LINE * len(rescoring.combinations)
        figure = Figure(figsize=(TWO_COLUMNS, height), layout="constrained")
        by_weight, by_size, oracle = figure.subplots(1, 3, width_ratios=(1.25, 1, 0.75))
        by_size.sharey(by_weight)
        by_weight.axvline(rescoring.even_weight, color=GREY, linewidth=0.8)
        for index, one in enumerate(rescoring.combinations):
            _draw(by_weight, [p.weight or 0.0 for p in one.test.by_weight], one.test.by_weight,
                  look(index), one.label)  # fmt: skip
            _draw_by_size(by_size, one.test.by_size, look(index), one.label)
            _draw_learned(by_weight, by_size, one, look(index))
        _draw_by_size(oracle, rescoring.oracle, _BLACK, "oracle")
        by_weight.set_xlabel("weight of the LSTM's log probability")
        by_weight.set_ylabel("BLEU")
        by_weight.set_xlim(0, 1)
        by_size.set_xlabel(f"hypotheses rescored (weight {rescoring.even_weight:g})")
        oracle.set_xlabel("oracle's choice of")
        handles, labels = by_weight.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", labelspacing=0.3)
        note_on_top(figure, note)
    return figure


def _draw(
    axes: Any, places: Sequence[float], points: Sequence[RescoringPoint], drawn: Look, label: str
) -> None:
    lows = [point.interval.low for point in points]
    highs = [point.interval.high for point in points]
    axes.fill_between(places, lows, highs, color=drawn.color, alpha=0.12, linewidth=0)
    axes.plot(
        places, [point.bleu for point in points],
        color=drawn.color, marker=drawn.marker, linestyle=drawn.dashes, markersize=2.8, label=label,
    )  # fmt: skip


def _draw_by_size(axes: Any, points: Sequence[RescoringPoint], drawn: Look, label: str) -> None:
    sizes = [point.hypotheses for point in points]
    _draw(axes, sizes, points, drawn, label)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()


def _draw_learned(by_weight: Any, by_size: Any, one: Combination, drawn: Look) -> None:
    """What was tuned or learned on dev, where dev has lists."""
    if one.tuned_weight is not None:
        point = one.at_weight(one.tuned_weight)
        by_weight.plot(
            [one.tuned_weight], [point.bleu],
            marker="o", markersize=8, markerfacecolor="none", markeredgecolor=drawn.color,
            linestyle="none", zorder=3, clip_on=False,
        )  # fmt: skip
    if one.test.learned is not None:
        by_size.plot(
            [one.test.learned.hypotheses], [one.test.learned.bleu],
            marker="*", markersize=8, markerfacecolor="none", markeredgecolor=drawn.color,
            linestyle="none", zorder=3, clip_on=False,
        )  # fmt: skip
