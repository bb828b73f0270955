"""How often each word occurs, in memory that does not grow with the text.

A part of the text is counted by one job into a file: the number of its lines, then its words and
their counts, sorted by code points.  Sorted files are merged as streams.  Where a text has more
different words than memory is meant for, sorted counts go to disk in between.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np

from seq2seq.data.word_hashing import split_words
from seq2seq.errors import UserError, at
from seq2seq.io.files import writing

_MOST_WORDS = 1 << 18  # different ones, in memory at a time; about 30 MB
_LINES = b"lines\t"

Count = tuple[bytes, int]


def write_counts(
    path: str | Path, blocks: Iterable[bytes], *, most_words: int = _MOST_WORDS
) -> int:
    """Count the words of blocks of lines, write them, and return how many are different.

    Args:
        most_words: different ones that are kept in memory; decides nothing else.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".counts.") as folder:
        lines, runs = _write_runs(Path(folder), blocks, most_words)
        different = 0
        with writing(path) as file:
            file.write(_LINES + b"%d\n" % lines)
            for word, count in merged([_rows(run) for run in runs]):
                file.write(b"%s\t%d\n" % (word, count))
                different += 1
    return different


def _write_runs(folder: Path, blocks: Iterable[bytes], most_words: int) -> tuple[int, list[Path]]:
    """The lines counted, and files of sorted counts."""
    counts: dict[bytes, int] = {}
    lines = 0
    runs: list[Path] = []
    for text in blocks:
        block = split_words(text)
        lines += len(block.lengths)
        times = np.bincount(block.which, minlength=len(block.different)).tolist()
        for word, count in zip(block.different, times, strict=True):
            counts[word] = counts.get(word, 0) + count
        if len(counts) >= most_words:
            runs.append(_write_run(folder / str(len(runs)), counts))
            counts = {}
    runs.append(_write_run(folder / str(len(runs)), counts))
    return lines, runs


def _write_run(path: Path, counts: dict[bytes, int]) -> Path:
    with path.open("wb") as file:
        file.writelines(b"%s\t%d\n" % item for item in sorted(counts.items()))
    return path


def _rows(path: Path) -> Iterator[Count]:
    with path.open("rb") as file:
        for row in file:
            word, _, count = row.rpartition(b"\t")
            yield word, int(count)


def merged(parts: Sequence[Iterable[Count]]) -> Iterator[Count]:
    """Each word once with the sum of its counts; the parts and the result are sorted by word."""
    for word, group in groupby(heapq.merge(*parts, key=itemgetter(0)), key=itemgetter(0)):
        yield word, sum(count for _, count in group)


def read_counts(paths: Iterable[str | Path]) -> tuple[int, Iterator[Count]]:
    """The lines of several parts together, and their words with counts.

    Raises:
        UserError: a file that ``write_counts`` has not written.
    """
    lines, parts = 0, []
    for path in map(Path, paths):
        rows = _rows_of_counts(path)
        lines += next(rows)[1]
        parts.append(rows)
    return lines, merged(parts)


def _rows_of_counts(path: Path) -> Iterator[Count]:
    """The row of lines first, then those of words."""
    try:
        with path.open("rb") as file:
            first = file.readline()
            if not first.startswith(_LINES):
                raise UserError(f"{at(path, 1)}: are no counts of words. Make the file anew.")
            yield b"", int(first.removeprefix(_LINES))
        rows = _rows(path)
        next(rows)
        yield from rows
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
