"""The paper's configuration and the overlays, read and merged as Snakemake does; a table of settings.

``make docs-settings`` writes the table into config/README.md.
"""

import copy
import json
import re
import types
import typing
from dataclasses import is_dataclass
from pathlib import Path

import yaml

from seq2seq.config.loading import merge, read_settings
from seq2seq.config.schema import Settings

REPOSITORY = Path(__file__).resolve().parents[1]
PAPER = REPOSITORY / "config" / "config.yaml"
PAPER_CONFIG = yaml.safe_load(PAPER.read_text(encoding="utf-8"))
NO_OVERLAYS = {PAPER, PAPER.with_name("paper_results.yaml")}
OVERLAYS = sorted(set(PAPER.parent.glob("*.yaml")) - NO_OVERLAYS)


def merged(base, overlay):
    result = copy.deepcopy(base)
    merge(result, overlay)
    return result


def load(*files):
    return read_settings(map(str, files))


def line_of(beginning):
    """The line of the paper's configuration that begins so."""
    lines = PAPER.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))


PAGE = PAPER.with_name("README.md")
BEGIN, END = "<!-- settings:begin -->\n", "<!-- settings:end -->"
NAMES = {int: "whole number", float: "number", str: "text", bool: "true or false"}


def in_words(kind):
    """What a setting of this type may be."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(map(in_words, arguments))
    if origin is typing.Annotated:
        bound = re.sub(r"must be |, got.*|, for.*|\.$", "", arguments[1].problem)
        return f"{in_words(arguments[0])} {bound}"
    if origin is typing.Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    if origin is tuple:
        return f"list of {in_words(arguments[0])}"
    if origin is dict:
        return f"by name: {in_words(arguments[1])}"
    if is_dataclass(kind):
        names = (name.rstrip("_") for name in typing.get_type_hints(kind))
        return "`{" + ", ".join(names) + "}`"
    return NAMES.get(kind, "null")


def setting_rows(kind, node, lines, above=""):
    """Key, type, the paper's value if it is short, and the comment beside it in config.yaml."""
    hints = typing.get_type_hints(kind, include_extras=True)
    for key, value in node.value:
        name, hint = f"{above}{key.value}", hints[key.value]
        if is_dataclass(hint):
            yield from setting_rows(hint, value, lines, f"{name}.")
            continue
        own = f"`{json.dumps(yaml.safe_load(yaml.serialize(value)))}`"
        remark = lines[key.start_mark.line].partition(" # ")[2].strip().replace("<", "&lt;")
        yield f"`{name}`", in_words(hint), own if len(own) < 60 else "long", remark


def settings_table():
    text = PAPER.read_text(encoding="utf-8")
    rows = [("setting", "may be", "the paper", "remark"), ("---",) * 4]
    rows += setting_rows(Settings, yaml.compose(text), text.split("\n"))
    return "".join(f"| {' | '.join(cell.replace(' |', ',') for cell in row)} |\n" for row in rows)


def main():
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(before + BEGIN + settings_table() + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    main()
