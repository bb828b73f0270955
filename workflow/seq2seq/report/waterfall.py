"""Draws how one score becomes another, step by step, a panel for each system."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.figure import Figure

from seq2seq.report.bleu_variants_table import Waterfall
from seq2seq.report.style import GREY, TWO_COLUMNS, note_on_top, style

_SHORTEST = 1.0  # BLEU; smaller changes look as small as they are
_RISE, _FALL = "#0072B2", "#D55E00"


def draw_waterfalls(waterfalls: Sequence[Waterfall], *, note: str) -> Figure:
    """From top to bottom: left of each bar the score, right of it the change that the bar shows.

    A unit is as long in all panels; none begins at zero, since changes are drawn, not sizes.
    """
    with style():
        ways = [step.way for step in waterfalls[0].steps]
        height = 0.75 + 0.3 * len(ways)
        figure = Figure(figsize=(TWO_COLUMNS, height), layout="constrained")
        grid = figure.subplots(1, len(waterfalls), squeeze=False, sharey=True)[0]
        reach = 1.2 * max(_SHORTEST, *map(_span, waterfalls))
        for axes, waterfall in zip(grid, waterfalls, strict=True):
            _draw(axes, waterfall)
            middle = _middle(waterfall)
            axes.set_xlim(middle - reach, middle + reach)
        grid[0].set_yticks(range(len(ways)), ways)
        grid[0].set_ylim(len(ways) - 0.4, -0.6)
        note_on_top(figure, note)
    return figure


def _draw(axes: Any, waterfall: Waterfall) -> None:
    steps = waterfall.steps
    for row, (before, after) in enumerate(pairwise(steps), start=1):
        change = round(after.score, 2) - round(before.score, 2)
        color = _RISE if change > 0 else _FALL if change < 0 else GREY
        axes.plot([before.score] * 2, [row - 1, row], color=GREY, linewidth=0.6, zorder=1)
        axes.barh(row, after.score - before.score, left=before.score, height=0.5, color=color)
        right = max(before.score, after.score)
        _write(axes, f"{change:+.2f}".replace("-", "−"), right, row, side="left", weight="normal")
    axes.plot(steps[0].score, 0, color="black", marker="D", markersize=4)
    for row, step in enumerate(steps):
        left = min(step.score, steps[max(row - 1, 0)].score)
        weight = "bold" if row in (0, len(steps) - 1) else "normal"
        _write(axes, f"{step.score:.2f}", left, row, side="right", weight=weight)
    axes.set_title(waterfall.system, color="black")
    axes.set_xlabel("BLEU")
    axes.tick_params(axis="y", length=0)


def _write(axes: Any, text: str, x: float, row: int, *, side: str, weight: str) -> None:
    """A number beside a bar; ``side`` is the edge of the text that touches it."""
    axes.annotate(
        text,
        (x, row),
        (4 if side == "left" else -7, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        fontweight=weight,
    )


def _span(waterfall: Waterfall) -> float:
    scores = [step.score for step in waterfall.steps]
    return max(scores) - min(scores)


def _middle(waterfall: Waterfall) -> float:
    scores = [step.score for step in waterfall.steps]
    return (max(scores) + min(scores)) / 2
