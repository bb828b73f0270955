"""How often phrases occur: sorted files of counts, and sums of several such files in one pass.

A line is the key's fields, then the count, parted by tabs.  Files are sorted by key, so that the
counts of all parts of a corpus are added up line by line: nothing is ever whole in memory.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines, write_lines

Key = tuple[str, ...]


def write_counts(path: str | Path, counts: Mapping[Key, int]) -> int:
    """Write counts sorted by key; the number of keys is returned."""
    return write_sorted(path, ((key, counts[key]) for key in sorted(counts)))


def write_sorted(path: str | Path, counts: Iterable[tuple[Key, int]]) -> int:
    """Write counts that come sorted by key already."""
    return write_lines(path, ("\t".join((*key, str(count))) for key, count in counts))


def read_sums(paths: Sequence[str | Path], *, fields: int) -> Iterator[tuple[Key, int]]:
    """Each key of the files with the sum of its counts, in the order of keys.

    Raises:
        UserError: a line of another form, or out of order.
    """
    merged = heapq.merge(*(_counts(path, fields) for path in paths), key=lambda row: row[0])
    for key, rows in groupby(merged, key=lambda row: row[0]):
        yield key, sum(count for _, count in rows)


def _counts(path: str | Path, fields: int) -> Iterator[tuple[Key, int]]:
    previous: Key = ()
    for number, line in enumerate(read_lines(path), start=1):
        *key, count = line.split("\t")
        if len(key) != fields or not count.isdecimal() or tuple(key) <= previous:
            raise UserError(
                f"{at(path, number)}: {fields} sorted fields and a count were expected, parted by "
                f"tabs, found {line[:60]!r}. Remove the file to have it made anew."
            )
        previous = tuple(key)
        yield previous, int(count)
