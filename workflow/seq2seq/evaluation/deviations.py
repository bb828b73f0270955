"""What a run does otherwise than the paper, so that nobody mistakes a demo for it.

Three kinds: settings *changed* against ``config/config.yaml``, which is the paper; *standing*
deviations, which that file cannot avoid either; and what the paper leaves *open*, with our choice.
The sentences come from ``config/deviations.tsv``.  A row there belongs to a ``key`` of the settings or
to a group of them, and applies ``when`` the setting is ``different``, ``always``, or as in ``is bf16``;
``like fp32`` says that this value, though not that of ``config/config.yaml``, is the paper's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from seq2seq.errors import UserError
from seq2seq.io.files import read_table

COLUMNS = ("key", "when", "paper", "run", "meaning", "effect")
UNMEASURED = "unmeasured"
LABELS = frozenset({"experiment", "data.description"})  # names of the run, no settings
_NOT_SAID = "not said"
_IS, _LIKE = "is ", "like "

Kind = Literal["changed", "standing", "open"]


@dataclass(frozen=True)
class Remark:
    """A row of ``config/deviations.tsv``."""

    key: str
    when: str
    paper: str
    run: str
    meaning: str
    effect: str


@dataclass(frozen=True)
class Deviation:
    kind: Kind
    key: str
    paper: str
    run: str
    meaning: str
    effect: str


def read_remarks(path: str | Path) -> list[Remark]:
    """Read and check the table.

    Raises:
        UserError: with the line that is wrong.
    """
    return [_remark(fields, place) for place, fields in read_table(path, COLUMNS)]


def _remark(fields: list[str], place: str) -> Remark:
    remark = Remark(*fields)
    if remark.when not in ("different", "always") and not remark.when.startswith((_IS, _LIKE)):
        raise UserError(
            f"{place}: `when` is {remark.when!r}; `different`, `always`, `is VALUE` or `like VALUE` "
            "was expected."
        )
    return remark


def list_deviations(
    paper: Mapping[str, Any], run: Mapping[str, Any], remarks: Sequence[Remark]
) -> list[Deviation]:
    """The changed settings, then the standing deviations, then the open choices."""
    true_values = {
        remark.key: remark.paper
        for remark in remarks
        if remark.when == f"{_IS}{_value_at(paper, remark.key)}"
    }
    like = {(remark.key, remark.when.removeprefix(_LIKE)) for remark in remarks}
    changed = [
        Deviation("changed", key, true_values.get(key, before), after, *_explained(key, remarks))
        for key, before, after in differences(paper, run)
        if (key, after) not in like
    ]
    holding = [
        Deviation(
            "open" if remark.paper == _NOT_SAID else "standing",
            *(remark.key, remark.paper, remark.run, remark.meaning),
            remark.effect or UNMEASURED,
        )
        for remark in remarks
        if remark.when == "always"
        or (remark.when.startswith(_IS) and _value_at(run, remark.key) == remark.when[len(_IS) :])
    ]
    return [*changed, *sorted(holding, key=lambda deviation: deviation.kind == "open")]


def differences(
    paper: Mapping[str, Any], run: Mapping[str, Any], key: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Key, the paper's value and ours, of every setting that differs; labels are none."""
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
    """A setting as one line for a reader."""
    if value in (None, [], ()):
        return "none"
    if isinstance(value, Mapping):
        items = (f"{name}: {rendered(item)}" for name, item in value.items() if item is not None)
        return ", ".join(items)
    if isinstance(value, list | tuple):
        return ", ".join(map(rendered, value))
    return str(value)


_ABSENT = "absent"


def _by_system(value: Any) -> Any:
    """Rows of a table by their labels, so that a row that is left out is told by its name."""
    if isinstance(value, list) and value and all(_is_row(row) for row in value):
        return {
            row["system"]: {name: item for name, item in row.items() if name != "system"}
            for row in value
        }
    return value


def _is_row(value: Any) -> bool:
    return isinstance(value, Mapping) and "system" in value


def _explained(key: str, remarks: Sequence[Remark]) -> tuple[str, str]:
    """Meaning and effect, told of the key itself or of the nearest group that it belongs to."""
    known = {remark.key: remark for remark in remarks if remark.when == "different"}
    parts = key.split(".")
    for length in range(len(parts), 0, -1):
        if remark := known.get(".".join(parts[:length])):
            return remark.meaning, remark.effect or UNMEASURED
    return "", UNMEASURED


def _value_at(settings: Mapping[str, Any], key: str) -> str | None:
    value: Any = settings
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return rendered(value)
