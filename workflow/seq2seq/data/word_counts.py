"""Word counts and token ids of a corpus, in memory that does not grow with the text.

Words are found a megabyte at a time.  Counting and encoding then look up each *distinct* word of the
block once, a few per cent of all words; the rest is array operations.  This is ten times as fast as
one dictionary access per word.

Words are compared by 64-bit hashes of their bytes.  Two of 10,000 distinct words collide once in
10^11 blocks; words of the same length of up to 8 bytes never do.

Each shard's job writes its number of lines, then its words with counts, sorted by code points.  Sorted
files are merged as streams.  If a text has too many distinct words, sorted runs are spilled to disk.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from seq2seq.data.vocabulary import Vocabulary
from seq2seq.errors import UserError, location
from seq2seq.io.files import scratch, writing
from seq2seq.io.token_ids import TokenDataset, from_lengths

_SPACE, _NEWLINE = 0x20, 0x0A
_FACTOR, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
_BYTE_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
_MOST_CACHED = 1 << 18  # words, about 60 MB
_MOST_WORDS = 1 << 18  # distinct words in memory, about 30 MB
_LINES = b"lines\t"

Count = tuple[bytes, int]


@dataclass(frozen=True)
class WordBlock:
    """Words of some lines: word ``k`` of the block is ``distinct[index[k]]``.

    ``lengths`` are words per line.  ``hashes`` are those of ``distinct``, comparable across blocks.
    """

    distinct: list[bytes]
    hashes: NDArray[np.uint64]
    index: NDArray[np.int64]
    lengths: NDArray[np.int64]


def split_words(text: bytes) -> WordBlock:
    """The words of whole lines; only spaces and newlines separate words."""
    assert text.endswith(b"\n"), text[-20:]
    letters = np.frombuffer(text + bytes(8), dtype=np.uint8)
    ends = np.flatnonzero((letters == _SPACE) | (letters == _NEWLINE))
    starts = np.concatenate([[0], ends[:-1] + 1])
    filled = ends > starts
    words_so_far = np.cumsum(filled)[letters[ends] == _NEWLINE]
    starts, sizes = starts[filled], (ends - starts)[filled]
    index, hashes = pd.factorize(_hash_words(letters, starts, sizes))
    first = np.empty(len(hashes), dtype=np.int64)
    first[index[::-1]] = np.arange(len(index))[::-1]  # the last write wins: the first occurrence
    spans = zip(starts[first].tolist(), sizes[first].tolist(), strict=True)
    distinct = [text[start : start + size] for start, size in spans]
    return WordBlock(distinct, hashes, index, np.diff(words_so_far, prepend=0))


def _hash_words(
    letters: NDArray[np.uint8], starts: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Hash each word, eight bytes at a time; ``letters`` has eight bytes of padding."""

    def mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
        hashes = hashes * _FACTOR
        return hashes ^ (hashes >> _HALF)

    eight = np.ndarray((len(letters) - 7,), "<u8", letters, strides=(1,))
    hashes = mixed(eight[starts] & _BYTE_MASKS[np.minimum(sizes, 8)])
    longer, done = np.flatnonzero(sizes > 8), 8
    while len(longer):
        masks = _BYTE_MASKS[np.minimum(sizes[longer] - done, 8)]
        hashes[longer] = mixed(hashes[longer] ^ (eight[starts[longer] + done] & masks))
        done += 8
        longer = longer[sizes[longer] > done]
    return hashes + sizes.astype(np.uint64)


def write_counts(path: str | Path, blocks: Iterable[bytes], most_words: int = _MOST_WORDS) -> int:
    """Count the words of blocks of lines, ``most_words`` in memory; returns how many are distinct."""
    with scratch(path) as folder:
        lines, runs = _write_runs(folder, blocks, most_words)
        distinct = 0
        with writing(path) as file:
            file.write(_LINES + b"%d\n" % lines)
            for word, count in merge_counts([_rows(run) for run in runs]):
                file.write(b"%s\t%d\n" % (word, count))
                distinct += 1
    return distinct


def _write_runs(folder: Path, blocks: Iterable[bytes], most_words: int) -> tuple[int, list[Path]]:
    counts: dict[bytes, int] = {}
    lines = 0
    runs: list[Path] = []

    def spill() -> None:
        runs.append(folder / str(len(runs)))
        with runs[-1].open("wb") as file:
            file.writelines(b"%s\t%d\n" % item for item in sorted(counts.items()))
        counts.clear()

    for text in blocks:
        block = split_words(text)
        lines += len(block.lengths)
        times = np.bincount(block.index, minlength=len(block.distinct)).tolist()
        for word, count in zip(block.distinct, times, strict=True):
            counts[word] = counts.get(word, 0) + count
        if len(counts) >= most_words:
            spill()
    spill()
    return lines, runs


def _rows(path: Path) -> Iterator[Count]:
    with path.open("rb") as file:
        for row in file:
            word, _, count = row.rpartition(b"\t")
            yield word, int(count)


def merge_counts(parts: Sequence[Iterable[Count]]) -> Iterator[Count]:
    """Sum the counts of each word; the parts and the result are sorted by word."""
    for word, group in groupby(heapq.merge(*parts, key=itemgetter(0)), key=itemgetter(0)):
        yield word, sum(count for _, count in group)


def read_counts(paths: Iterable[str | Path]) -> tuple[int, Iterator[Count]]:
    """The number of lines of all shards, and their merged word counts."""
    lines, parts = 0, []
    for path in map(Path, paths):
        try:
            with path.open("rb") as file:
                first = file.readline()
        except OSError as error:
            raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
        if not first.startswith(_LINES):
            raise UserError(f"{location(path, 1)}: holds no word counts. Delete it and rerun.")
        lines += int(first.removeprefix(_LINES))
        rows = _rows(path)
        next(rows)
        parts.append(rows)
    return lines, merge_counts(parts)


class Encoder:
    """Encodes a block of text at a time; each distinct word is looked up once and cached."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._cache: dict[bytes, list[int]] = {}

    def encode(self, text: bytes) -> TokenDataset:
        """Encode whole lines; a word may have several ids, those of its subwords."""
        block = split_words(text)
        if len(self._cache) > _MOST_CACHED:
            self._cache.clear()
        for word in set(block.distinct) - self._cache.keys():
            self._cache[word] = self._vocabulary.encode([word.decode("utf-8")])
        ids_of = [self._cache[word] for word in block.distinct]
        sizes = np.array(list(map(len, ids_of)), dtype=np.int64)
        flat = np.array(list(chain.from_iterable(ids_of)), dtype=np.int32)
        if np.all(sizes == 1):
            return from_lengths(flat[block.index], block.lengths)
        size_of = sizes[block.index]  # for each word of the text
        begin_of = (np.cumsum(sizes) - sizes)[block.index]
        before = np.concatenate([[0], np.cumsum(size_of)])
        positions = np.repeat(begin_of - before[:-1], size_of) + np.arange(before[-1])
        ends = before[np.cumsum(block.lengths)]
        return from_lengths(flat[positions], np.diff(ends, prepend=0))
