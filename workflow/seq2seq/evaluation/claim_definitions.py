"""The claims of the paper that a run can check: ``config/claims.tsv``, read and verified.

A claim is a statistic of systems that a run has made, and the threshold that it must exceed; both
were written down before any run.  A statistic's operands are outputs (such as
``translations/reversed-1.beam12``), models (``reversed-1``), numbers that the paper quotes (``37.0``)
or numbers that another step leaves in a file (``figures/phrases.json#panels.0.ratio``); of the three
that ``measured_ratio`` takes, the last is a p value.

Standard library alone: the workflow reads the claims while it plans.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seq2seq.errors import UserError, did_you_mean
from seq2seq.io.files import read_table

COLUMNS = (
    *("id", "section", "claim", "statistic"),
    *("operands", "paper_value", "threshold", "test"),
)
Kind = Literal["output", "model", "number", "measurement"]

_OUTPUT = re.compile(r"(translations|rescore|baseline)/[^\s/]+")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_MEASUREMENT = re.compile(r"[^\s#]+\.json#[^\s#]+")


@dataclass(frozen=True)
class Statistic:
    """How many operands of which kind it takes, and its value where there is no effect."""

    operands: int
    kind: Kind
    neutral: float
    unit: str


STATISTICS: Mapping[str, Statistic] = {
    "bleu_difference": Statistic(2, "output", 0, "BLEU"),
    "bleu_difference_long": Statistic(2, "output", 0, "BLEU"),
    "bleu_above_midpoint": Statistic(3, "output", 0, "BLEU"),
    "bleu_slope": Statistic(1, "output", 0, "BLEU for ten words"),
    "bleu_longest_step": Statistic(1, "output", 0, "BLEU"),
    "perplexity_ratio": Statistic(2, "model", 1, "times"),
    "measured_ratio": Statistic(3, "measurement", 1, "times"),
}


@dataclass(frozen=True)
class Claim:
    """A sentence of the paper, and the test that was stated for it in advance."""

    id: str
    section: str
    claim: str
    statistic: str
    operands: tuple[str, ...]
    paper_value: float | None
    threshold: float
    test: str


def read_claims(path: str | Path) -> list[Claim]:
    """Read and check the whole table.

    Raises:
        UserError: with the line that is wrong.
    """
    claims: dict[str, Claim] = {}
    for place, fields in read_table(path, COLUMNS):
        try:
            claim = _claim(fields)
            if claim.id in claims:
                raise ValueError(f"the id `{claim.id}` is there already; each claim needs its own")
        except ValueError as error:
            raise UserError(f"{place}: {error}.") from error
        claims[claim.id] = claim
    return list(claims.values())


def kind_of(operand: str) -> Kind | None:
    """What an operand names, told from its form."""
    if _MEASUREMENT.fullmatch(operand):
        return "measurement"
    if _OUTPUT.fullmatch(operand):
        return "output"
    if _NUMBER.fullmatch(operand):
        return "number"
    return "model" if _MODEL.fullmatch(operand) else None


def _claim(fields: list[str]) -> Claim:
    row = dict(zip(COLUMNS, fields, strict=True))
    for name in ("id", "section", "claim", "test"):
        if not row[name]:
            raise ValueError(f"`{name}` is empty")
    if row["statistic"] not in STATISTICS:
        near = did_you_mean(row["statistic"], STATISTICS)
        raise ValueError(f"no statistic is named `{row['statistic']}`{near}")
    return Claim(
        id=row["id"],
        section=row["section"],
        claim=row["claim"],
        statistic=row["statistic"],
        operands=_operands(row["statistic"], row["operands"].split(" ")),
        paper_value=_number("paper_value", row["paper_value"]) if row["paper_value"] else None,
        threshold=_number("threshold", row["threshold"]),
        test=row["test"],
    )


def _operands(name: str, operands: list[str]) -> tuple[str, ...]:
    statistic = STATISTICS[name]
    if len(operands) != statistic.operands:
        raise ValueError(f"`{name}` takes {statistic.operands} operands, not {len(operands)}")
    for place, operand in enumerate(operands):
        kind = kind_of(operand)
        quoted = kind == "number" and statistic.kind == "output" and place > 0
        if kind != statistic.kind and not quoted:
            raise ValueError(f"`{name}` takes operands of kind {statistic.kind}, not `{operand}`")
    return tuple(operands)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"`{name}` is {text!r}, a number was expected") from None
