"""The table of one output scored in many ways: as data, for people, and read back for its figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seq2seq.errors import UserError, location
from seq2seq.evaluation.bleu_variants import WayScore
from seq2seq.io.files import read_lines
from seq2seq.report.table import Table

COLUMNS = ("system", "way", "step", "metric", "score", "difference", "signature")
REMARK = (
    "In parentheses: the difference from BLEU as in 2014. UNK stands for a word that the model does "
    "not know."
)


@dataclass(frozen=True)
class BleuVariantRow:
    """A way of scoring and the score that comes out."""

    way: str
    score: float


@dataclass(frozen=True)
class Waterfall:
    """A system's scores, each way differing in one thing from the one before."""

    system: str
    steps: Sequence[BleuVariantRow]


Systems = Mapping[str, Sequence[WayScore]]


def bleu_variants_table(systems: Systems, *, note: str) -> Table:
    """A row for each way, a column for each system; all signatures below.

    The TSV has a row for each system and way; differences are from the first way.
    """
    first = next(iter(systems.values()))
    return Table(
        title="From BLEU of 2014 to BLEU of today",
        note=note,
        header=["Scored", *systems],
        rows=[
            [way.way, *(_cell(scores[row], scores[0]) for scores in systems.values())]
            for row, way in enumerate(first)
        ],
        columns=COLUMNS,
        data=[
            _data(system, score, scores[0])
            for system, scores in systems.items()
            for score in scores
        ],
        remarks=[REMARK],
        codes=[(way.way, way.signature) for way in first],
    )


def _data(system: str, score: WayScore, first: WayScore) -> list[str]:
    step = str(score.step) if score.step else ""
    number, change = f"{score.score:.2f}", _change(score, first)
    return [system, score.way, step, score.metric, number, change, score.signature]


def read_waterfalls(path: str | Path) -> list[Waterfall]:
    """The rows of a table that have a step, by system.

    Raises:
        UserError: not the table of ``score-bleu-variants``.
    """
    lines = read_lines(path)
    if tuple(next(lines, "").split("\t")) != COLUMNS:
        raise UserError(f"{location(path, 1)}: the columns {' '.join(COLUMNS)} were expected.")
    systems: dict[str, list[BleuVariantRow]] = {}
    for number, line in enumerate(lines, start=2):
        try:
            system, way, step, _, score, _, _ = line.split("\t")
            if step:
                systems.setdefault(system, []).append(BleuVariantRow(way, float(score)))
        except ValueError as error:
            raise UserError(
                f"{location(path, number)}: {error}. Make it with score-bleu-variants."
            ) from error
    if not systems:
        raise UserError(
            f"{path}: holds no steps to draw. Name a system in `bleu_variants: systems:`."
        )
    return [Waterfall(system, steps) for system, steps in systems.items()]


def _change(score: WayScore, first: WayScore) -> str:
    """With a sign, and of the printed numbers; nothing where the metric is another."""
    if score.metric != first.metric:
        return ""
    return f"{round(score.score, 2) - round(first.score, 2):+.2f}"


def _cell(score: WayScore, first: WayScore) -> str:
    change = _change(score, first)
    number = f"{score.score:.2f}"
    return f"{number} ({change.replace('-', '−')})" if change and score is not first else number
