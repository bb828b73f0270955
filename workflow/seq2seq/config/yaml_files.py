"""Configuration files as YAML nodes: find the line of a key, and refuse what YAML silently changes.

YAML keeps the last of duplicate keys, reads ``012`` as 10 and ``no`` as false, and ``1e-3`` as text.
Snakemake loads the same files before us, so all we can do is check them again.
"""

import contextlib
import itertools
import json
import re
from collections.abc import Mapping
from typing import Any

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines

_PLAIN_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_PLAIN_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)(e[-+][0-9]+)?|[-+]?\.inf|\.nan", re.I)
_UNREAD_NUMBER = re.compile(r"[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(e[-+]?[0-9]+)?", re.I)


def compose_file(path: str) -> Any:
    """The root node of a file, checked; ``None`` for an empty file."""
    import yaml

    text = "\n".join(read_lines(path))
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        with contextlib.suppress(ValueError):
            json.loads(text)
            return None  # JSON may have tabs, which YAML refuses
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        if mark is not None and "\t" in text.split("\n")[min(mark.line, text.count("\n"))]:
            problem = "YAML allows no tab here; indent with spaces"
        place = location(path, mark.line + 1 if mark else None)
        raise UserError(f"{place}: not valid YAML ({problem}).") from error
    _check(root, path)
    return root


def _check(node: Any, path: str) -> None:
    if node is None:
        return
    if node.id == "scalar":
        if (problem := _misread(node)) is not None:
            raise UserError(f"{_place(path, node)}: `{node.value}` {problem}.")
    elif node.id == "sequence":
        for item in node.value:
            _check(item, path)
    else:
        lines: dict[str, int] = {}
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise UserError(
                    f"{_place(path, key)}: `<<` hides which keys win. Write the keys out instead."
                )
            _check(key, path)
            if str(key.value) in lines:
                raise UserError(
                    f"{_place(path, key)}: `{key.value}` is given twice, first in line "
                    f"{lines[str(key.value)]}; YAML would ignore the first. Merge the two."
                )
            lines[str(key.value)] = key.start_mark.line + 1
            _check(value, path)


def _misread(node: Any) -> str | None:
    """How YAML reads an unquoted word or number other than it is written."""
    if node.style:  # quoted
        return None
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
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
    """``FILE, line N: `` of the last file that has the key, or its nearest parent.

    ``files`` maps names to root nodes, in the order in which they are merged.
    """
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
