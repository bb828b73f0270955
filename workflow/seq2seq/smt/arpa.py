"""The ARPA file format of n-gram models: base-10 logarithms, one section for each order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError, at
from seq2seq.files import read_lines, write_lines

UNKNOWN, BEGIN, END = "<unk>", "<s>", "</s>"
IMPOSSIBLE = -99.0

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ngrams:
    """The n-grams of one order, words joined by blanks, with probability and backoff weight."""

    names: list[str]
    probabilities: Array
    backoff: Array

    def with_backoff(self, backoff: Array) -> "Ngrams":
        return replace(self, backoff=backoff)


class ArpaEntry(NamedTuple):
    """One n-gram of ``order`` words; both numbers are base-10 logarithms."""

    order: int
    name: str
    log_probability: float
    log_backoff: float


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
        highest = number == len(orders)
        logs, backoffs = np.log10(order.probabilities).tolist(), np.log10(order.backoff).tolist()
        for name, log, backoff in zip(order.names, logs, backoffs, strict=True):
            shown = IMPOSSIBLE if name == BEGIN else log
            yield f"{shown:.8g}\t{name}" + ("" if highest else f"\t{backoff:.8g}")
    yield ""
    yield "\\end\\"


def read_arpa(path: str | Path) -> Iterator[ArpaEntry]:
    """The n-grams, shorter ones first.

    Raises:
        UserError: this is no ARPA file, or it stops early.
    """
    order = 0
    for number, line in enumerate(read_lines(path), start=1):
        if line == "\\end\\":
            return
        if line.startswith("\\") and line.endswith("-grams:"):
            order += 1
        elif order and line:
            yield _entry(path, number, order, line)
    raise UserError(f"{path}: no `\\end\\` at the end of the ARPA file. Make or fetch it anew.")


def _entry(path: str | Path, number: int, order: int, line: str) -> ArpaEntry:
    log, _, rest = line.partition("\t")
    name, _, backoff = rest.partition("\t")
    try:
        if name.count(" ") != order - 1:
            raise ValueError(name)
        return ArpaEntry(order, name, float(log), float(backoff or 0.0))
    except ValueError as error:
        raise UserError(
            f"{at(path, number)}: expected `log-probability<TAB>{order} words[<TAB>backoff]`, "
            f"found {line[:60]!r}. Make or fetch the model anew."
        ) from error
