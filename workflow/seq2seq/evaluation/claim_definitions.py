"""The paper's claims that a run can test: ``config/claims.tsv``, read and checked.

``docs/claims.md`` explains its columns, statistics and operands.  The workflow reads the claims while
it plans, so this module uses the standard library alone.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seq2seq.errors import UserError, did_you_mean
from seq2seq.io.files import read_json, read_table

COLUMNS = (
    *("id", "section", "family", "claim", "statistic"),
    *("operands", "paper_value", "threshold", "sides", "test"),
)
PRIMARY = "primary"
FAMILIES = (PRIMARY, "exploratory")
Kind = Literal["output", "model", "number", "measurement"]

_FORMS: Mapping[Kind, re.Pattern[str]] = {
    "measurement": re.compile(r"[^\s#]+\.json#[^\s#]+"),
    "output": re.compile(r"(translations|rescore|baseline)/[^\s/]+"),
    "number": re.compile(r"[0-9]+(\.[0-9]+)?"),
    "model": re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\[1-9\])?"),
}


@dataclass(frozen=True)
class Statistic:
    """A weighted sum of scores of operands of one kind, and its value where there is no effect.

    A ratio (``neutral`` 1) is the exponential of the sum.  A statistic without score is measured by
    another step; a primary claim cannot have one.
    """

    score: Literal["bleu", "bleu_long", "long_drop", "slope", "log_perplexity"] | None
    weights: tuple[float, ...]
    kind: Kind = "output"
    neutral: float = 0
    unit: str = "BLEU"

    @property
    def scale(self) -> Callable[[float], float]:
        """From a value to the scale on which scores add up."""
        return math.log if self.neutral == 1 else float

    @property
    def back(self) -> Callable[[float], float]:
        """The inverse of ``scale``."""
        return math.exp if self.neutral == 1 else float


STATISTICS: Mapping[str, Statistic] = {
    "bleu_difference": Statistic("bleu", (1, -1)),
    "bleu_difference_long": Statistic("bleu_long", (1, -1)),
    "bleu_above_midpoint": Statistic("bleu", (1, -0.5, -0.5)),
    "bleu_slope": Statistic("slope", (1,), unit="BLEU per ten words"),
    "bleu_slope_difference": Statistic("slope", (1, -1), unit="BLEU per ten words"),
    "bleu_long_drop_difference": Statistic("long_drop", (1, -1)),
    "perplexity_ratio": Statistic("log_perplexity", (1, -1), "model", 1, "times"),
    "measured_ratio": Statistic(None, (1, -1, 0), "measurement", 1, "times"),
}


@dataclass(frozen=True)
class Claim:
    """A sentence of the paper and its test."""

    id: str
    section: str
    family: str
    claim: str
    statistic: str
    operands: tuple[str, ...]
    paper_value: float | None
    threshold: float
    sides: int
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


def read_number(path: str | Path, place: str) -> float | None:
    """A number in a JSON file, at keys and positions joined by dots; None where it is null.

    Raises:
        UserError: no such place, or no number there.
    """
    value = read_json(path)
    for part in place.split("."):
        if value is None:
            return None
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise UserError(f"{path}: has no `{place}`. Delete the file and rerun.") from error
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise UserError(f"{path}: {value!r} at `{place}` is not a number. Delete it and rerun.")
    return None if value is None else float(value)


def kind_of(operand: str) -> Kind | None:
    """What an operand names, as its form says."""
    return next((kind for kind, form in _FORMS.items() if form.fullmatch(operand)), None)


def _claim(row: dict[str, str]) -> Claim:
    for name in ("id", "section", "claim", "test"):
        if not row[name]:
            raise ValueError(f"`{name}` is empty")
    name, sides = row["statistic"], row["sides"]
    if name not in STATISTICS:
        raise ValueError(f"no statistic is named `{name}`{did_you_mean(name, STATISTICS)}")
    if row["family"] not in FAMILIES:
        raise ValueError(f"`family` must be {' or '.join(FAMILIES)}, got {row['family']!r}")
    if row["family"] == PRIMARY and not STATISTICS[name].score:
        raise ValueError(f"a claim with `{name}` can only be exploratory")
    if sides not in (("1", "2") if STATISTICS[name].score else ("1",)):
        raise ValueError(f"`sides` must be 1 or 2, and 1 for `measured_ratio`, got {sides!r}")
    return Claim(
        **{key: row[key] for key in ("id", "section", "family", "claim", "statistic", "test")},
        operands=_operands(name, row["operands"].split(" ")),
        paper_value=_number("paper_value", row["paper_value"]) if row["paper_value"] else None,
        threshold=_number("threshold", row["threshold"]),
        sides=int(sides),
    )


def _operands(name: str, operands: list[str]) -> tuple[str, ...]:
    statistic = STATISTICS[name]
    if len(operands) != len(statistic.weights):
        raise ValueError(f"`{name}` takes {len(statistic.weights)} operands, not {len(operands)}")
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
