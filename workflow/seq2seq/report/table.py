"""One table in every format: TSV for programs; Markdown, LaTeX and HTML for people.

A TSV contains data only, below its header.  The other formats are rendered from the Jinja2
templates in ``workflow/report/templates`` and first say what data the numbers come from.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from seq2seq.io.files import write_lines
from seq2seq.runtime.logging import duration

DASH = "–"  # a missing number
TWO_TEXTS = frozenset({0, 1})  # the first two columns are text
TEMPLATES = Path(__file__).parents[2] / "report" / "templates"
_MARKDOWN = "\\`*_|<"
_RST = "\\*`|_<>"
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",  # at the start of a row LaTeX would read it as an option of the previous row
    "]": "{]}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "–": "--",
    "−": "$-$",
}


@dataclass(frozen=True)
class Table:
    """A table for people and, as ``columns`` and ``data``, for programs.

    Without ``data`` the TSV contains the printed rows.  ``text_columns`` are aligned left, all others
    right.  ``remarks`` and ``codes`` (name and code, such as a signature) go below the table.
    """

    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    columns: Sequence[str]
    data: Sequence[Sequence[str]] | None = None
    text_columns: frozenset[int] = frozenset({0})
    remarks: Sequence[str] = ()
    codes: Sequence[tuple[str, str]] = ()

    def write(self, paths: Iterable[Path]) -> None:
        """Write each file in the format of its suffix: ``.tsv``, ``.md``, ``.tex`` or ``.html``."""
        for path in paths:
            if path.suffix == ".tsv":
                write_tsv(path, self.columns, self.rows if self.data is None else self.data)
            else:
                write_lines(path, render(f"table{path.suffix}.j2", table=self))


def write_tsv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a header and one line per row."""
    write_lines(path, ("\t".join(map(one_line, row)) for row in (columns, *rows)))


def render(template: str, **values: object) -> list[str]:
    """The lines of a filled-in template; filters escape what the format would interpret.

    Templates of the folder ``page`` are HTML and escape everything by themselves.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=lambda name: (name or "").startswith("page/"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "html": lambda text: html.escape(one_line(text)),
        "latex": latex,
        "markdown": lambda text: _backslashed(text, _MARKDOWN),
        "rst": lambda text: _backslashed(text, _RST),
        "one_line": one_line,
        "fixed": fixed,
        "signed": signed,
        "duration": duration,
        "cells": cells,
    }
    return environment.get_template(template).render(values).rstrip("\n").split("\n")


def one_line(text: str) -> str:
    """Text without tabs and line breaks, so that it fits one cell."""
    return re.sub("[\t\r\n]", " ", text).strip()


def latex(text: str) -> str:
    """One line of text, escaped for LaTeX."""
    return "".join(_LATEX.get(character, character) for character in one_line(text))


def _backslashed(text: str, special: str) -> str:
    return "".join(f"\\{letter}" if letter in special else letter for letter in one_line(text))


def signed(number: float, digits: int = 2) -> str:
    """A difference with its sign; a typographic minus."""
    return f"{number:+.{digits}f}".replace("-", "−")


def fixed(number: float, digits: int = 2) -> str:
    """A number with so many decimals; a typographic minus."""
    return f"{number:.{digits}f}".replace("-", "−")


def cells(row: Mapping[str, str], columns: Sequence[str | Sequence[str]] = ()) -> list[str]:
    """Some columns of a row, or all; two columns together are an interval."""
    chosen = [[each] if isinstance(each, str) else each for each in columns or row]
    return [" to ".join(row[name] for name in names if row[name]) for names in chosen]
