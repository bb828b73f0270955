"""One output scored in many ways: the table, and the waterfall from the first score to the last."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu_variants import VariantScore
from seq2seq.io.files import read_table
from seq2seq.report.style import GREY, TWO_COLUMNS, note_on_top, style
from seq2seq.report.table import Table

COLUMNS = ("system", "way", "step", "metric", "score", "difference", "signature")
_REMARK = (
    "In parentheses: the difference from BLEU as in 2014. UNK stands for a word that the model does "
    "not know."
)
_SHORTEST = 1.0  # BLEU; a smaller change must look small
_RISE, _FALL = "#0072B2", "#D55E00"

Waterfall = Mapping[str, float]  # score by way; each way differs in one thing from the previous


def bleu_variants_table(systems: Mapping[str, Sequence[VariantScore]], *, note: str) -> Table:
    """A row for each way, a column for each system; all signatures below.

    The TSV has a row for each system and way; differences are from the first way.
    """
    first = next(iter(systems.values()))
    return Table(
        title="From BLEU of 2014 to modern BLEU",
        note=note,
        header=["Scored", *systems],
        rows=[
            [way.way, *(_cell(scores[row], scores[0]) for scores in systems.values())]
            for row, way in enumerate(first)
        ],
        columns=COLUMNS,
        data=[
            [
                *(system, score.way, str(score.step or ""), score.metric, f"{score.score:.2f}"),
                *(_change(score, scores[0]), score.signature),
            ]
            for system, scores in systems.items()
            for score in scores
        ],
        remarks=[_REMARK],
        codes=[(way.way, way.signature) for way in first],
    )


def _change(score: VariantScore, first: VariantScore) -> str:
    """The difference of the printed numbers, with a sign; empty for another metric."""
    if score.metric != first.metric:
        return ""
    return f"{round(score.score, 2) - round(first.score, 2):+.2f}"


def _cell(score: VariantScore, first: VariantScore) -> str:
    change = _change(score, first)
    number = f"{score.score:.2f}"
    return f"{number} ({change.replace('-', '−')})" if change and score is not first else number


def read_waterfalls(path: str | Path) -> dict[str, Waterfall]:
    """The rows of a table that have a step, by system."""
    systems: dict[str, dict[str, float]] = {}
    for place, (system, way, step, _, score, _, _) in read_table(path, COLUMNS):
        try:
            if step:
                systems.setdefault(system, {})[way] = float(score)
        except ValueError as error:
            raise UserError(f"{place}: {error}. Make it with score-bleu-variants.") from error
    if not systems:
        raise UserError(f"{path}: has no steps to draw. Name a system in `bleu_variants.systems`.")
    return {**systems}


def draw_waterfalls(waterfalls: Mapping[str, Waterfall], *, note: str) -> Figure:
    """A panel per system: left of each bar the score, right of it the change that the bar shows.

    All panels have the same scale, and none begins at zero because changes are drawn, not sizes.
    """
    with style():
        ways = list(next(iter(waterfalls.values())))
        height = 0.75 + 0.3 * len(ways)
        figure = Figure(figsize=(TWO_COLUMNS, height), layout="constrained")
        grid = figure.subplots(1, len(waterfalls), squeeze=False, sharey=True)[0]
        ends = [(min(one.values()), max(one.values())) for one in waterfalls.values()]
        reach = 1.2 * max(_SHORTEST, *(high - low for low, high in ends))
        for axes, (system, scores), (low, high) in zip(grid, waterfalls.items(), ends, strict=True):
            _draw(axes, list(scores.values()))
            axes.set_title(system, color="black")
            axes.set_xlim((low + high) / 2 - reach, (low + high) / 2 + reach)
        grid[0].set_yticks(range(len(ways)), ways)
        grid[0].set_ylim(len(ways) - 0.4, -0.6)
        note_on_top(figure, note)
    return figure


def _draw(axes: Any, scores: Sequence[float]) -> None:
    for row, (before, after) in enumerate(pairwise(scores), start=1):
        change = round(after, 2) - round(before, 2)
        color = _RISE if change > 0 else _FALL if change < 0 else GREY
        axes.plot([before] * 2, [row - 1, row], color=GREY, linewidth=0.6, zorder=1)
        axes.barh(row, after - before, left=before, height=0.5, color=color)
        text = f"{change:+.2f}".replace("-", "−")
        _write(axes, text, max(before, after), row, side="left", weight="normal")
    axes.plot(scores[0], 0, color="black", marker="D", markersize=4)
    for row, score in enumerate(scores):
        left = min(score, scores[max(row - 1, 0)])
        weight = "bold" if row in (0, len(scores) - 1) else "normal"
        _write(axes, f"{score:.2f}", left, row, side="right", weight=weight)
    axes.set_xlabel("BLEU")
    axes.tick_params(axis="y", length=0)


def _write(axes: Any, text: str, x: float, row: int, *, side: str, weight: str) -> None:
    """A number beside a bar; ``side`` is the edge of the text that touches it."""
    offset = (4 if side == "left" else -7, 0)
    axes.annotate(
        text, (x, row), offset, textcoords="offset points", ha=side, va="center", fontweight=weight
    )
