"""The paper's claims that a run can test: ``config/claims.tsv``, read and checked.

A claim is a statistic of systems and a threshold that it must exceed, both written down before any
run.  Operands of a statistic are outputs (``translations/reversed-1.beam12``), models
(``reversed-1``), numbers that the paper quotes (``37.0``), or numbers in a file of another step
(``figures/phrases.json#panels.0.ratio``).  The last operand of ``measured_ratio`` is a p value.

Few claims are primary; their p values are corrected for multiple testing.  All others are
exploratory.

The workflow reads the claims while it plans, so this module uses the standard library alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seq2seq.errors import UserError, did_you_mean
from seq2seq.io.files import read_table

COLUMNS = (
    *("id", "section", "family", "claim", "statistic"),
    *("operands", "paper_value", "threshold", "test"),
)
PRIMARY = "primary"
FAMILIES = (PRIMARY, "exploratory")
Kind = Literal["output", "model", "number", "measurement"]

_FORMS: Mapping[Kind, re.Pattern[str]] = {
    "measurement": re.compile(r"[^\s#]+\.json#[^\s#]+"),
    "output": re.compile(r"(translations|rescore|baseline)/[^\s/]+"),
    "number": re.compile(r"[0-9]+(\.[0-9]+)?"),
    "model": re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*"),
}


@dataclass(frozen=True)
class Statistic:
    """How many operands of which kind it takes, and its value where there is no effect.

    Only a statistic that is resampled can be that of a primary claim.
    """

    operands: int
    kind: Kind
    neutral: float
    unit: str
    resampled: bool = True


STATISTICS: Mapping[str, Statistic] = {
    "bleu_difference": Statistic(2, "output", 0, "BLEU"),
    "bleu_difference_long": Statistic(2, "output", 0, "BLEU"),
    "bleu_above_midpoint": Statistic(3, "output", 0, "BLEU"),
    "bleu_slope": Statistic(1, "output", 0, "BLEU per ten words", resampled=False),
    "bleu_longest_step": Statistic(1, "output", 0, "BLEU"),
    "perplexity_ratio": Statistic(2, "model", 1, "times"),
    "measured_ratio": Statistic(3, "measurement", 1, "times", resampled=False),
}


@dataclass(frozen=True)
class Claim:
    """A sentence of the paper and the test that was specified for it in advance."""

    id: str
    section: str
    family: str
    claim: str
    statistic: str
    operands: tuple[str, ...]
    paper_value: float | None
    threshold: float
    test: str


def read_claims(path: str | Path) -> list[Claim]:
    """Read and check the whole table."""
    claims: dict[str, Claim] = {}
    for place, fields in read_table(path, COLUMNS):
        try:
            claim = _claim(dict(zip(COLUMNS, fields, strict=True)))
            if claim.id in claims:
                raise ValueError(f"another claim has the id `{claim.id}`; ids must be unique")
        except ValueError as error:
            raise UserError(f"{place}: {error}.") from error
        claims[claim.id] = claim
    return list(claims.values())


def kind_of(operand: str) -> Kind | None:
    """What an operand names, as its form says."""
    return next((kind for kind, form in _FORMS.items() if form.fullmatch(operand)), None)


def _claim(row: dict[str, str]) -> Claim:
    for name in ("id", "section", "claim", "test"):
        if not row[name]:
            raise ValueError(f"`{name}` is empty")
    name = row["statistic"]
    if name not in STATISTICS:
        raise ValueError(f"no statistic is named `{name}`{did_you_mean(name, STATISTICS)}")
    if row["family"] not in FAMILIES:
        raise ValueError(f"`family` must be {' or '.join(FAMILIES)}, got {row['family']!r}")
    if row["family"] == PRIMARY and not STATISTICS[name].resampled:
        raise ValueError(f"a claim with `{name}` can only be exploratory")
    return Claim(
        id=row["id"],
        section=row["section"],
        family=row["family"],
        claim=row["claim"],
        statistic=name,
        operands=_operands(name, row["operands"].split(" ")),
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
        raise ValueError(f"`{name}` must be a number, got {text!r}") from None
