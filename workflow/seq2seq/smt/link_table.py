"""Numbers of word pairs, a source word with a target word, as arrays and as a file.

Rows are sorted by source word, then target word, each pair once.  A file holds all pairs, then all
values, 8 bytes each, and is memory-mapped when read: a job touches only the rows that it needs.
"""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.io.files import atomic

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_BITS = 32  # of a target word's number
_ROW = 16  # bytes
_MERGED_AT_LEAST = 4_000_000


@dataclass(frozen=True)
class LinkTable:
    """``pairs`` (see ``pair_of``) with one value each."""

    pairs: Integers
    values: Array

    def __len__(self) -> int:
        return len(self.pairs)

    def of(self, pairs: Integers) -> Array:
        """The values of pairs that are all there."""
        result: Array = self.values[np.searchsorted(self.pairs, pairs)]
        return result


def pair_of(source: Integers, target: Integers) -> Integers:
    """One number for a source word and a target word."""
    return source << _BITS | target


def source_of(pairs: Integers) -> Integers:
    return pairs >> _BITS


def first_pair(source: int) -> int:
    """The smallest pair of a source word."""
    return source << _BITS


def summed(tables: list[LinkTable]) -> LinkTable:
    """One table with the sums of the values of each pair."""
    pairs = np.concatenate([table.pairs for table in tables])
    values = np.concatenate([table.values for table in tables])
    distinct, places = np.unique(pairs, return_inverse=True)
    return LinkTable(distinct, sums_at(places, values, len(distinct)))


def sums_at(places: Integers, values: Array, length: int) -> Array:
    """(length,) the sum of the values at each place."""
    sums: Array = np.bincount(places, weights=values, minlength=length).astype(np.float64)
    return sums


class RunningSum:
    """The sum of many tables, merged now and then so that few rows are held twice."""

    def __init__(self) -> None:
        self._tables = [LinkTable(np.zeros(0, np.int64), np.zeros(0))]
        self._pending = 0

    def add(self, table: LinkTable) -> None:
        self._tables.append(table)
        self._pending += len(table)
        if self._pending > max(_MERGED_AT_LEAST, len(self._tables[0])):
            self._tables, self._pending = [summed(self._tables)], 0

    def total(self) -> LinkTable:
        return summed(self._tables)


def write_links(path: str | Path, tables: Iterable[LinkTable]) -> int:
    """Write tables one after the other, as one; the number of rows is returned."""
    rows = 0
    with atomic(path) as temporary, temporary.open("wb") as file, tempfile.TemporaryFile() as rest:
        for table in tables:
            file.write(np.ascontiguousarray(table.pairs, "<i8").tobytes())
            rest.write(np.ascontiguousarray(table.values, "<f8").tobytes())
            rows += len(table)
        rest.seek(0)
        shutil.copyfileobj(rest, file)
    return rows


def read_links(path: str | Path) -> LinkTable:
    """Open a file of links.

    Raises:
        UserError: no such file, or a cut one.
    """
    try:
        rows, more = divmod(Path(path).stat().st_size, _ROW)
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file.") from error
    if more:
        raise UserError(f"{path}: is cut short. Remove it to have it made anew.")
    if rows == 0:
        return LinkTable(np.zeros(0, np.int64), np.zeros(0))
    whole = np.memmap(path, dtype="<i8", mode="r", shape=(2 * rows,))
    return LinkTable(whole[:rows], whole[rows:].view("<f8"))
