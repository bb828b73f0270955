"""The table of one output scored in many ways: as data, for people, and read back for its figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines
from seq2seq.report.html import Page

COLUMNS = ("system", "way", "step", "metric", "score", "difference", "signature")
REMARK = (
    "In parentheses: the difference from BLEU as in 2014. UNK stands for a word that the model does "
    "not know."
)


class Scored(Protocol):
    """A score, how it was computed, and its number on the way from 2014 to today, 0 beside it."""

    @property
    def way(self) -> str: ...
    @property
    def step(self) -> int: ...
    @property
    def metric(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def signature(self) -> str: ...


@dataclass(frozen=True)
class Step:
    """A way of scoring and the score that comes out."""

    way: str
    score: float


@dataclass(frozen=True)
class Waterfall:
    """A system's scores, each way differing in one thing from the one before."""

    system: str
    steps: Sequence[Step]


Systems = Mapping[str, Sequence[Scored]]


def table_rows(systems: Systems) -> list[list[str]]:
    """A row for each system and way, below ``COLUMNS``; differences are from the first way."""
    rows = []
    for system, scores in systems.items():
        for score in scores:
            step = str(score.step) if score.step else ""
            change = _change(score, scores[0])
            number = f"{score.score:.2f}"
            rows.append([system, score.way, step, score.metric, number, change, score.signature])
    return rows


def table_page(systems: Systems, *, note: str) -> Page:
    """A row for each way, a column for each system; all signatures below."""
    first = next(iter(systems.values()))
    rows = [
        [way.way, *(_cell(scores[row], scores[0]) for scores in systems.values())]
        for row, way in enumerate(first)
    ]
    return Page(
        title="From BLEU of 2014 to BLEU of today",
        note=note,
        header=["Scored", *systems],
        rows=rows,
        remarks=[REMARK],
        codes=[(way.way, way.signature) for way in first],
    )


def read_waterfalls(path: str | Path) -> list[Waterfall]:
    """The rows of a table that have a step, by system.

    Raises:
        UserError: not the table of ``bridge_bleu``.
    """
    lines = read_lines(path)
    if tuple(next(lines, "").split("\t")) != COLUMNS:
        raise UserError(f"{at(path, 1)}: the columns {' '.join(COLUMNS)} were expected.")
    systems: dict[str, list[Step]] = {}
    for number, line in enumerate(lines, start=2):
        try:
            system, way, step, _, score, _, _ = line.split("\t")
            if step:
                systems.setdefault(system, []).append(Step(way, float(score)))
        except ValueError as error:
            raise UserError(f"{at(path, number)}: {error}. Make it with bridge_bleu.") from error
    if not systems:
        raise UserError(f"{path}: holds no steps to draw. Name a system in `bridge: systems:`.")
    return [Waterfall(system, steps) for system, steps in systems.items()]


def _change(score: Scored, first: Scored) -> str:
    """With a sign, and of the printed numbers; nothing where the metric is another."""
    if score.metric != first.metric:
        return ""
    return f"{round(score.score, 2) - round(first.score, 2):+.2f}"


def _cell(score: Scored, first: Scored) -> str:
    change = _change(score, first)
    number = f"{score.score:.2f}"
    return f"{number} ({change.replace('-', '−')})" if change and score is not first else number
