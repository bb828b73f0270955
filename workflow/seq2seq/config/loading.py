"""Configuration: plain data checked and turned into settings; errors name the file and line.

Only this module reads raw configuration.  It needs PyYAML only to read configuration files; steps
get their settings as JSON.
"""

import contextlib
import copy
import dataclasses
import json
import math
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from seq2seq.config.schema import Settings
from seq2seq.config.validators import SettingError
from seq2seq.config.yaml_files import compose_file, find_key, load_file
from seq2seq.errors import UserError, did_you_mean

T = TypeVar("T")
_EDITS = frozenset({"add", "drop"})


def load_settings(
    config: Mapping[str, Any], files: Iterable[str] = (), overlays: Iterable[Mapping[str, Any]] = ()
) -> Settings:
    """Check a configuration, merged with ``overlays``, and the ``files`` that they were read from."""
    nodes = {str(name): compose_file(str(name)) for name in files}
    try:
        merged = copy.deepcopy(dict(config))
        for overlay in overlays:
            merge(merged, overlay)
        return build(Settings, merged)
    except SettingError as error:
        place = find_key(error.key, nodes)
        raise UserError(f"{place}{'.'.join(error.key)}: {error.problem}") from error


def read_settings(files: Iterable[str]) -> Settings:
    """The settings of the paper's file and its overlays, merged as Snakemake merges them."""
    names = list(files)
    return load_settings({}, names, map(load_file, names))


def merge(into: dict[str, Any], overlay: Mapping[str, Any], key: tuple[str, ...] = ()) -> None:
    """Merge an overlay into a configuration, as Snakemake does: mappings by key, lists as a whole.

    A mapping of ``add`` and ``drop`` in place of a list changes the list: it drops items by name, or
    rows by their ``system``, and appends others.
    """
    for name, value in overlay.items():
        before = into.get(name)
        if isinstance(value, Mapping) and isinstance(before, dict):
            merge(before, value, (*key, name))
        elif isinstance(before, list) and isinstance(value, Mapping) and _EDITS.issuperset(value):
            into[name] = _edited(before, value, (*key, name))
        else:
            into[name] = copy.deepcopy(value)


def _edited(items: list[Any], edits: Mapping[str, Any], key: tuple[str, ...]) -> list[Any]:
    for edit, listed in edits.items():
        _expect(isinstance(listed, list), (*key, edit), "a list", listed)
    names = [item.get("system") if isinstance(item, Mapping) else item for item in items]
    for name in (dropped := edits.get("drop", [])):
        if name not in names:
            near = did_you_mean(str(name), map(str, names))
            raise SettingError((*key, "drop"), f"has `{name}`, which the list does not have{near}.")
    kept = [item for name, item in zip(names, items, strict=True) if name not in dropped]
    return [*kept, *copy.deepcopy(edits.get("add", []))]


def with_numbers(value: Any) -> Any:
    """A value of ``--config``: inside mappings Snakemake leaves numbers, true and null as text."""
    if isinstance(value, Mapping):
        return {name: with_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [with_numbers(item) for item in value]
    with contextlib.suppress(ValueError, AttributeError):
        read = json.loads(value.lower())
        return value if isinstance(read, str | list | dict) else read
    return value


def build(kind: Any, value: Any, key: tuple[str, ...] = ()) -> Any:
    """Turn plain data into ``kind``, a dataclass or a type of its fields."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _build_union(arguments, value, key)
    if origin is Annotated:
        built, bound = build(arguments[0], value, key), arguments[1]
        if not bound.allows(built):
            raise SettingError(key, bound.problem.format(built))
        return built
    if origin is Literal:
        if value not in arguments:
            raise SettingError(key, f"must be one of {', '.join(arguments)}, got {value!r}.")
        return value
    if origin is tuple:
        _expect(isinstance(value, list | tuple), key, "a list", value)
        return tuple(build(arguments[0], item, (*key, str(i))) for i, item in enumerate(value))
    if origin is dict:
        _expect(isinstance(value, Mapping), key, "a mapping", value)
        for name in value:
            _expect(isinstance(name, str), (*key, str(name)), "text as the key", name)
        return {name: build(arguments[1], item, (*key, name)) for name, item in value.items()}
    if dataclasses.is_dataclass(kind):
        return _build_dataclass(kind, value, key)
    return _scalar(kind, value, key)


def _build_union(kinds: tuple[Any, ...], value: Any, key: tuple[str, ...]) -> Any:
    """A mapping becomes the dataclass that shares most of its keys, all else the other kind."""
    if value is None and type(None) in kinds:
        return None
    if any(value in typing.get_args(kind) for kind in kinds if typing.get_origin(kind) is Literal):
        return value
    classes = [kind for kind in kinds if dataclasses.is_dataclass(kind)]
    others = [kind for kind in kinds if kind not in (*classes, type(None))]
    if not classes or (others and not isinstance(value, Mapping)):
        return build(others[0], value, key)
    given = set(value) if isinstance(value, Mapping) else set()
    return build(max(classes, key=lambda kind: len(given & _fields(kind).keys())), value, key)


def _fields(kind: Any) -> dict[str, dataclasses.Field[Any]]:
    """Fields by their names in files: ``from_`` is ``from``, a word that Python keeps."""
    return {field.name.rstrip("_"): field for field in dataclasses.fields(kind)}


def _build_dataclass(kind: Any, value: Any, key: tuple[str, ...]) -> Any:
    _expect(isinstance(value, Mapping), key, "a mapping", value)
    fields = _fields(kind)
    hints = typing.get_type_hints(kind, include_extras=True)
    for name in value:
        if name not in fields:
            unknown = f"unknown key{did_you_mean(str(name), fields)}."
            raise SettingError((*key, str(name)), unknown)
    built = {}
    for name, field in fields.items():
        if name in value:
            built[field.name] = build(hints[field.name], value[name], (*key, name))
        elif field.default is dataclasses.MISSING:
            raise SettingError((*key, name), "is missing.")
    try:
        return kind(**built)
    except SettingError as error:
        raise SettingError((*key, *error.key), error.problem) from error


def _scalar(kind: type, value: Any, key: tuple[str, ...]) -> Any:
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wrong = not isinstance(value, kind) or (kind is not bool and isinstance(value, bool))
    wrong = wrong or (kind is float and not math.isfinite(value))
    _expect(not wrong, key, names[kind], value)
    return value


def _expect(condition: bool, key: tuple[str, ...], expected: str, value: Any) -> None:
    if not condition:
        raise SettingError(key, f"must be {expected}, got {value!r}.")


def as_json(settings: object) -> str:
    """One line for a command's ``--settings``; equal settings give equal text."""
    return json.dumps(_plain(settings), sort_keys=True)


def pick(settings: object, *names: str) -> str:
    """Some settings of a section as JSON; a rule asks for those whose change must rerun it."""
    return json.dumps({name: _plain(getattr(settings, name)) for name in names}, sort_keys=True)


def _plain(value: Any) -> Any:
    """Settings as a file would have them."""
    if dataclasses.is_dataclass(value):
        return {name: _plain(getattr(value, field.name)) for name, field in _fields(value).items()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as one, with keys such as ``data.seed``."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        nested = isinstance(value, Mapping)
        flat |= flattened(value, f"{prefix}{key}.") if nested else {f"{prefix}{key}": value}
    return flat


def from_json(kind: type[T], text: str) -> T:
    """The settings that a rule passed on its command line."""
    return build(kind, json.loads(text))
