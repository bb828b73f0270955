"""The ARPA file format of n-gram models: one section for each order, base-10 logarithms."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines, write_lines

UNKNOWN, BEGIN, END = "<unk>", "<s>", "</s>"
IMPOSSIBLE = -99.0

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ngrams:
    """The n-grams of one order, words joined by blanks; both numbers are base-10 logarithms."""

    names: list[str]
    probabilities: Array
    backoffs: Array

    def with_backoffs(self, backoffs: Array) -> "Ngrams":
        return replace(self, backoffs=backoffs)


@dataclass(frozen=True)
class _Section:
    """The n-grams of one order while they are read."""

    names: list[str] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    backoffs: list[float] = field(default_factory=list)

    def add(self, line: str) -> None:
        log, name, *backoff = line.split("\t")
        self.names.append(name)
        self.probabilities.append(float(log))
        self.backoffs.append(float(backoff[0]) if backoff else 0.0)


def write_arpa(path: str | Path, orders: list[Ngrams]) -> int:
    """Write the model; the number of n-grams is returned."""
    write_lines(path, _lines(orders))
    return sum(len(order.names) for order in orders)


def _lines(orders: list[Ngrams]) -> Iterator[str]:
    yield "\\data\\"
    for number, order in enumerate(orders, start=1):
        yield f"ngram {number}={len(order.names)}"
    for number, order in enumerate(orders, start=1):
        yield ""
        yield f"\\{number}-grams:"
        logs, backoffs = order.probabilities.tolist(), order.backoffs.tolist()
        for name, log, backoff in zip(order.names, logs, backoffs, strict=True):
            shown = f"{IMPOSSIBLE if name == BEGIN else log:.8g}\t{name}"
            yield shown if number == len(orders) else f"{shown}\t{backoff:.8g}"
    yield ""
    yield "\\end\\"


def read_arpa(path: str | Path) -> list[Ngrams]:
    """The n-grams of each order, shorter ones first.

    Raises:
        UserError: this is no ARPA file, or it stops early.
    """
    sections: list[_Section] = []
    for number, line in enumerate(read_lines(path), start=1):
        if line == "\\end\\" and sections:
            return [
                Ngrams(one.names, np.array(one.probabilities), np.array(one.backoffs))
                for one in sections
            ]
        if line.startswith("\\") and line.endswith("-grams:"):
            sections.append(_Section())
        elif sections and line:
            try:
                sections[-1].add(line)
            except ValueError as error:
                raise UserError(
                    f"{at(path, number)}: expected `log-probability<TAB>words[<TAB>backoff]`, "
                    f"found {line[:60]!r}. Make or fetch the model anew."
                ) from error
    raise UserError(f"{path}: no `\\end\\` at the end of the ARPA file. Make or fetch it anew.")
