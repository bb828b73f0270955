"""Configuration files as YAML nodes: find the line of a key, and refuse what YAML silently changes.

YAML keeps the last of duplicate keys, reads ``012`` as 10 and ``no`` as false, and ``1e-3`` as text.
Snakemake loads the same files before us, so all we can do is check them again.
"""

import contextlib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines

_MOST_NODES = 100_000  # the paper's configuration has 700
_STANDARD = "tag:yaml.org,2002:"
_PLAIN_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_PLAIN_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)(e[-+][0-9]+)?|[-+]?\.inf|\.nan", re.I)
_UNREAD_NUMBER = re.compile(r"[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(e[-+]?[0-9]+)?", re.I)


def compose_file(path: str) -> Any:
    """The root node of a file, checked; ``None`` for an empty file."""
    import yaml

    text = "\n".join(read_lines(path))
    try:
        root: Any = yaml.compose(text, Loader=_loader())
    except RecursionError as error:
        raise UserError(f"{path}: nested too deeply.") from error
    except yaml.YAMLError as error:
        with contextlib.suppress(ValueError):
            json.loads(text)
            return None  # JSON may have tabs, which YAML refuses
        mark = getattr(error, "problem_mark", None)
        problem = " ".join((getattr(error, "problem", None) or str(error)).split())
        if mark is not None and "\t" in text.split("\n")[min(mark.line, text.count("\n"))]:
            problem = "YAML allows no tab here; indent with spaces"
        place = location(path, mark.line + 1 if mark else None)
        raise UserError(f"{place}: not valid YAML ({problem}).") from error
    if root is not None and root.id != "mapping":
        raise UserError(f"{_place(path, root)}: holds no settings; a line reads `name: value`.")
    try:
        _check(root, path, itertools.count())
    except RecursionError as error:
        raise UserError(f"{path}: nested too deeply, or an alias holds itself.") from error
    return root


def load_file(path: str) -> dict[str, Any]:
    """The settings of a file, checked, as Snakemake reads them; a file may be empty."""
    import yaml

    compose_file(path)
    text = "\n".join(read_lines(path))
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return yaml.load(text, Loader=_loader()) or {}


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _check(node: Any, path: str, visits: Iterator[int]) -> None:
    """``visits`` counts nodes, an alias's each time that it is used: ten lines can make a billion."""
    if node is None:
        return
    if next(visits) > _MOST_NODES:
        raise UserError(f"{_place(path, node)}: aliases (`*`) repeat too much. Write it out.")
    if not node.tag.startswith(_STANDARD) or "/" in node.tag.removeprefix(_STANDARD):
        raise UserError(f"{_place(path, node)}: `{node.tag}` makes an object. Write a plain value.")
    if node.id == "scalar":
        if (problem := _misread(node)) is not None:
            raise UserError(f"{_place(path, node)}: `{node.value}` {problem}.")
    elif node.id == "sequence":
        for item in node.value:
            _check(item, path, visits)
    else:
        _check_mapping(node, path, visits)


def _check_mapping(node: Any, path: str, visits: Iterator[int]) -> None:
    lines: dict[str, int] = {}
    for key, value in node.value:
        place = _place(path, key)
        if key.tag == f"{_STANDARD}merge":
            raise UserError(f"{place}: `<<` hides which keys win. Write the keys out instead.")
        if key.id != "scalar":
            raise UserError(f"{place}: a list or mapping is used as a key. Use a word.")
        _check(key, path, visits)
        name = str(key.value)
        if name in lines:
            raise UserError(
                f"{place}: `{name}` is given twice, first in line {lines[name]}; YAML would ignore "
                "the first. Merge the two."
            )
        lines[name] = key.start_mark.line + 1
        _check(value, path, visits)


def _misread(node: Any) -> str | None:
    """How YAML reads an unquoted word or number other than it is written."""
    if node.style:  # quoted
        return None
    kind = node.tag.removeprefix(_STANDARD)
    if kind == "bool" and node.value.lower() not in ("true", "false"):
        return "means true or false in YAML. Write true or false, or put it in quotes"
    if kind == "int" and not _PLAIN_INTEGER.fullmatch(node.value):
        return "is not a plain decimal number. Write it with digits only, or put it in quotes"
    if kind == "float" and not _PLAIN_FLOAT.fullmatch(node.value):
        return "is not a plain decimal number. Write it with digits and a point only"
    if kind == "timestamp":
        return "means a date in YAML. Put it in quotes"
    if kind == "str" and _UNREAD_NUMBER.fullmatch(node.value):
        return "is text in YAML. Write it as 0.001 or 1.0e-3, with a point and a signed exponent"
    return None


def _place(path: str, node: Any) -> str:
    return location(path, node.start_mark.line + 1)


def find_key(key: tuple[str, ...], files: Mapping[str, Any]) -> str:
    """``FILE, line N: `` of the last of the merged files that has the key, or its nearest parent."""
    trees = {name: files[name] for name in reversed(list(files))}
    whole = tuple(itertools.takewhile(lambda part: not part.isdigit(), key))
    if whole != key:  # a list replaces the list of earlier files; it is not merged with it
        owner = next((name for name in trees if _line(trees[name], whole)), None)
        trees = {owner: trees[owner]} if owner else {}
    for length in range(len(key), 0, -1):
        for name, tree in trees.items():
            if line := _line(tree, key[:length]):
                return f"{location(name, line)}: "
    return ""


def _line(node: Any, key: tuple[str, ...]) -> int | None:
    line: int | None = None
    for part in key:
        if node is None or node.id == "scalar":
            return None
        if node.id == "sequence":
            children = {str(number): (item, item) for number, item in enumerate(node.value)}
        else:
            children = {name.value: (name, value) for name, value in node.value}
        if part not in children:
            return None
        begin, node = children[part]
        line = begin.start_mark.line + 1
    return line
