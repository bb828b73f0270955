"""Configuration: plain data made into settings, every mistake named by file and line.

Only this module reads raw configuration.  Standard library alone, but for YAML when an error is to
name the line of a file.
"""

import dataclasses
import itertools
import json
import math
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

from seq2seq.config.schema import Settings
from seq2seq.config.validators import SettingError
from seq2seq.errors import UserError, at, did_you_mean
from seq2seq.io.files import read_lines

T = TypeVar("T")

# Keys of earlier versions, by their full name, and what to do about each.
_RENAMED = {
    "translate.after_end": "is now `translate.finished`: shrink_beam (was shrink) or keep_width (refill).",
    "translate.ensemble": "is now `translate.ensemble_mean`: arithmetic (was probabilities) or geometric.",
    "evaluate.perplexity_without": "is now `evaluate.perplexity_ignore`.",
    "evaluate.group_size": "is now `evaluate.bucket_size`.",
    "length_plot.group_size": "is now `length_plot.bucket_size`.",
    "length_plot.slope_below": "is now `length_plot.slope_max_length`.",
    "rarity_plot.group_size": "is now `rarity_plot.bucket_size`.",
    "ablation.length_groups": "is now `ablation.length_buckets`.",
    "baseline.concentration": "is now `baseline.dirichlet_alpha`.",
    "baseline.table_options": "is now `baseline.phrase_table_limit`.",
    "baseline.options": "is now `baseline.ttable_limit`.",
    "shards.baseline": "is gone, as the baseline's jobs share their work among processes; leave it out.",
    "bridge": "is now `bleu_variants`.",
    "show": "is now `examples`.",
    "data.embedded": "is now `data.demo_corpus`.",
    "model.biases": "is gone, as the paper's parameter count has no room for biases; leave it out.",
    "model.decoder_start": "is gone, as both of its values gave the same model; leave it out.",
}


def load_settings(config: Mapping[str, Any], files: Iterable[str] = ()) -> Settings:
    """Check a merged configuration; ``files`` are where it was read from, for the messages.

    Raises:
        UserError: with the file and line of the key that is wrong, where it can be found.
    """
    try:
        return build(Settings, config)
    except SettingError as error:
        place = _place(error.key, list(files))
        raise UserError(f"{place}{'.'.join(error.key)}: {error.problem}") from error


def read_settings(files: Iterable[str]) -> Settings:
    """The settings of the paper's file and the overlays after it, merged as Snakemake merges them.

    Raises:
        UserError: no such file, not YAML, or as ``load_settings``.
    """
    import yaml

    config: dict[str, Any] = {}
    names = list(files)
    for name in names:
        try:
            _merge(config, yaml.safe_load("\n".join(read_lines(name))) or {})
        except yaml.YAMLError as error:
            raise UserError(f"{name}: not YAML ({error}).") from error
    return load_settings(config, names)


def _merge(into: dict[str, Any], overlay: Mapping[str, Any]) -> None:
    for key, value in overlay.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def build(kind: type[T], value: Any, key: tuple[str, ...] = ()) -> T:
    """Turn plain data into ``kind``, a dataclass or one of the types its fields have."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return typing.cast(T, None)
        return typing.cast(T, build(arguments[0], value, key))
    if origin is Literal:
        return typing.cast(T, _one_of(arguments, value, key))
    if origin is tuple:
        _expect(isinstance(value, list | tuple), key, "a list", value)
        items = (build(arguments[0], item, (*key, str(i))) for i, item in enumerate(value))
        return typing.cast(T, tuple(items))
    if origin is dict:
        _expect(isinstance(value, Mapping), key, "a mapping", value)
        for name in value:
            _expect(isinstance(name, str), (*key, str(name)), "text as the key", name)
        built = {name: build(arguments[1], item, (*key, name)) for name, item in value.items()}
        return typing.cast(T, built)
    if dataclasses.is_dataclass(kind):
        return typing.cast(T, _build_dataclass(kind, value, key))
    return typing.cast(T, _scalar(kind, value, key))


def _build_dataclass(kind: type, value: Any, key: tuple[str, ...]) -> object:
    _expect(isinstance(value, Mapping), key, "a mapping", value)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    for name in value:
        if name not in fields:
            raise SettingError((*key, str(name)), _why_unknown((*key, str(name)), fields))
    built = {name: build(hints[name], item, (*key, name)) for name, item in value.items()}
    for name, field in fields.items():
        if name not in built and field.default is dataclasses.MISSING:
            raise SettingError((*key, name), "is missing.")
    try:
        return kind(**built)
    except SettingError as error:
        raise SettingError((*key, *error.key), error.problem) from error


def _why_unknown(key: tuple[str, ...], known: Iterable[str]) -> str:
    """A key of an earlier version gets its own sentence, in part of the settings (JSON) too."""
    name = ".".join(key)
    for old, advice in _RENAMED.items():
        if old == name or ("." in old and (old.endswith(f".{name}") or name.endswith(f".{old}"))):
            return advice
    return f"unknown key{did_you_mean(key[-1], known)}."


def _one_of(choices: tuple[Any, ...], value: Any, key: tuple[str, ...]) -> Any:
    if value not in choices:
        known = ", ".join(str(choice) for choice in choices)
        raise SettingError(key, f"is {value!r}, one of {known} was expected.")
    return value


def _scalar(kind: type, value: Any, key: tuple[str, ...]) -> Any:
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wrong = not isinstance(value, kind) or (kind is not bool and isinstance(value, bool))
    wrong = wrong or (kind is float and not math.isfinite(value))
    _expect(not wrong, key, names[kind], value)
    return value


def _expect(condition: bool, key: tuple[str, ...], wanted: str, value: Any) -> None:
    if not condition:
        raise SettingError(key, f"is {value!r}, {wanted} was expected.")


def _place(key: tuple[str, ...], files: list[str]) -> str:
    """``FILE, line N: `` of the last file that has the key, or its nearest parent."""
    import yaml

    trees: dict[str, Any] = {}
    for name in reversed(files):
        with open(name, encoding="utf-8") as file:  # noqa: PTH123
            trees[name] = yaml.compose(file, Loader=yaml.SafeLoader)
    whole = tuple(itertools.takewhile(lambda part: not part.isdigit(), key))
    if whole != key:  # a list replaces the list of the files before, it is not merged with it
        owner = next((name for name in trees if _line(trees[name], whole)), None)
        trees = {owner: trees[owner]} if owner else {}
    for length in range(len(key), 0, -1):
        for name, tree in trees.items():
            if line := _line(tree, key[:length]):
                return f"{at(name, line)}: "
    return ""


def _line(node: Any, key: tuple[str, ...]) -> int | None:
    line: int | None = None
    for part in key:
        if node is None or isinstance(node.value, str):
            return None
        if node.id == "sequence":
            if not part.isdigit() or int(part) >= len(node.value):
                return None
            node = node.value[int(part)]
            line = node.start_mark.line + 1
            continue
        found = [(k, v) for k, v in node.value if k.value == part]
        if not found:
            return None
        line, node = found[0][0].start_mark.line + 1, found[0][1]
    return line


def as_json(settings: object) -> str:
    """One line for a command's ``--settings``; equal settings are equal text."""
    return json.dumps(dataclasses.asdict(settings), sort_keys=True)  # type: ignore[call-overload]


def pick(settings: object, *names: str) -> str:
    """Some of a section's settings as JSON: a rule asks for what it uses, and reruns only for that."""
    return json.dumps({name: getattr(settings, name) for name in names}, sort_keys=True)


def from_json(kind: type[T], text: str) -> T:
    """The settings a rule has passed on its command line."""
    return build(kind, json.loads(text))
