"""Deviations from the paper, so that nobody mistakes a demo for it.

A deviation is one of three kinds: a setting that was *changed* against ``config/config.yaml``, which
is the paper; a *standing* deviation, which that file cannot avoid either; a choice that the paper
leaves *open*.  ``config/deviations.tsv`` explains them by key: a setting or a group of settings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError
from seq2seq.io.files import read_table

COLUMNS = ("kind", "key", "paper", "run", "meaning", "effect")
KINDS = ("changed", "standing", "open")
UNMEASURED = "unmeasured"
# Not settings of the run: its names, and the ladder of other trainings before it.
LABELS = frozenset({"experiment", "data.description", "ladder", "precision_check"})
_ABSENT = "absent"


@dataclass(frozen=True)
class Deviation:
    """A deviation, or a row of the table, where ``paper`` and ``run`` of changes are empty."""

    kind: str
    key: str
    paper: str
    run: str
    meaning: str
    effect: str


def read_deviations(path: str | Path) -> list[Deviation]:
    """Read and check the table."""
    table = []
    for place, fields in read_table(path, COLUMNS):
        if fields[0] not in KINDS:
            raise UserError(f"{place}: `kind` must be one of {', '.join(KINDS)}, got {fields[0]!r}")
        table.append(Deviation(*fields))
    return table


def list_deviations(
    paper: Mapping[str, Any], run: Mapping[str, Any], table: Sequence[Deviation]
) -> list[Deviation]:
    """The changed settings, then standing deviations and open choices of unchanged settings."""
    explained = {row.key: row for row in table if row.kind == "changed"}
    others = {row.key: row for row in table if row.kind != "changed"}
    changed = []
    for key, before, after in differences(paper, run):
        row = _nearest(key, explained)
        # config.yaml cannot always be as the paper; a standing row says what the paper did
        before = others[key].paper if key in others else before
        effect = row.effect if row and row.effect else UNMEASURED
        changed.append(Deviation("changed", key, before, after, row.meaning if row else "", effect))
    keys = {deviation.key for deviation in changed}
    standing = [
        Deviation(row.kind, row.key, row.paper, row.run, row.meaning, row.effect or UNMEASURED)
        for kind in KINDS[1:]
        for row in table
        if row.kind == kind and row.key not in keys
    ]
    return [*changed, *standing]


def _nearest(key: str, rows: Mapping[str, Deviation]) -> Deviation | None:
    """The row of the key itself or of the smallest group that contains it."""
    while key and key not in rows:
        key = key.rpartition(".")[0]
    return rows.get(key)


def differences(
    paper: Mapping[str, Any], run: Mapping[str, Any], key: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Key, the paper's value and ours, of every setting that differs; labels are skipped."""
    for name in dict.fromkeys((*paper, *run)):
        inner = f"{key}.{name}" if key else name
        before, after = paper.get(name, _ABSENT), run.get(name, _ABSENT)
        if inner in LABELS or before == after:
            continue
        before, after = _by_system(before), _by_system(after)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from differences(before, after, inner)
        else:
            yield inner, rendered(before), rendered(after)


def rendered(value: Any) -> str:
    """A setting as one line of text."""
    if value in (None, [], ()):
        return "none"
    if isinstance(value, Mapping):
        items = (f"{name}: {rendered(item)}" for name, item in value.items() if item is not None)
        return ", ".join(items)
    if isinstance(value, list | tuple):
        return ", ".join(map(rendered, value))
    return str(value)


def _by_system(value: Any) -> Any:
    """Rows of a table by their label, so that a missing row is reported by its name."""
    if not isinstance(value, list) or not value:
        return value
    if not all(isinstance(row, Mapping) and "system" in row for row in value):
        return value
    return {
        row["system"]: {name: item for name, item in row.items() if name != "system"}
        for row in value
    }
