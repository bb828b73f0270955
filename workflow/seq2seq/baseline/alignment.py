"""Word alignment by the model of Dyer, Chahuneau and Smith (2013), known as fast_align.

IBM model 2 with a diagonal prior in place of its table of positions, trained by expectation
maximization.  The text is cut into chunks that processes share; a chunk's files hold one value for
each pair of words that meet in it, so memory grows with a chunk and not with the corpus.  Expected
counts are rounded to multiples of 2^-24, which makes their sums exact: no bit of the result depends
on chunks or processes.

Legend: B sentence pairs of equal lengths, J target words, I source words, N = I + 1 with the empty
word first.  "Target" is the side that is explained, whichever language it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from seq2seq.baseline.symmetrize import Link, symmetrize
from seq2seq.evaluation.bleu import tokens_of
from seq2seq.runtime.logging import Progress, with_progress
from seq2seq.runtime.parallel import batched, fork_map

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
TextChunk = list[list[Integers]]  # of either side, the token ids of each sentence
Item = TypeVar("Item")

EMPTY_WORD = 0  # real words have ids from 1
TENSION = 4.0  # learned tension runs away from the alignments of words that change places
CELLS_AT_ONCE = 500_000  # pairs of words in memory at about 100 bytes each
ROWS_AT_ONCE = 2_000_000
UNIT = 2.0**-24  # of an expected count: sums are exact up to 2^29 links of one pair of words
BITS = 32  # of a target word in the number of a pair of words


@dataclass(frozen=True)
class AlignerSettings:
    """``dirichlet_alpha`` 0 is plain expectation maximization, above 0 it is variational Bayes."""

    alignment_iterations: int
    null_probability: float
    dirichlet_alpha: float


@dataclass(frozen=True)
class ChunkTable:
    """Arrays of a chunk in one direction, each a file.

    ``pairs`` are its distinct pairs of words, sorted by source word; ``values`` has a number for
    each: expected counts after an E-step, probabilities after an M-step.  ``cells`` gives the place
    in ``pairs`` of each two words that meet, and ``lengths`` (2, sentences) their shapes.
    """

    prefix: str

    def save(self, name: str, array: NDArray[Any]) -> None:
        np.save(f"{self.prefix}.{name}.npy", array)

    def load(self, name: str, *, mode: Literal["r", "r+"] = "r") -> NDArray[Any]:
        loaded: NDArray[Any] = np.load(f"{self.prefix}.{name}.npy", mmap_mode=mode)
        return loaded

    def blocks(self) -> Iterator[tuple[Integers, Integers, tuple[int, int]]]:
        """Sentences of each block, the places of their cells (B, J, N), and (I, J)."""
        cells, used = self.load("cells"), 0
        for sentences, (source, target) in _shapes(self.load("lengths")):
            end = used + len(sentences) * target * (source + 1)
            yield sentences, cells[used:end].reshape(-1, target, source + 1), (source, target)
            used = end


PreparedTable = tuple[ChunkTable, Integers]


def encode_baseline_text(
    pairs: Iterable[tuple[str, str]], *, chunk_size: int
) -> Iterator[TextChunk]:
    """Chunks of sentence pairs as token ids, numbered from 1 as words occur."""
    vocabularies: list[dict[str, int]] = [{}, {}]
    for chunk in batched(pairs, chunk_size):
        yield [
            [np.array([ids.setdefault(word, len(ids) + 1) for word in tokens_of(line)], np.int64)
             for line in lines]
            for lines, ids in zip(zip(*chunk, strict=True), vocabularies, strict=True)
        ]  # fmt: skip


def align(
    text: Iterable[TextChunk], settings: AlignerSettings, *, folder: Path, processes: int
) -> Iterator[list[Link]]:
    """The symmetrized links of each sentence pair; ``folder`` holds the chunks' files meanwhile."""

    def run(function: Callable[[AlignerSettings, Item], Any], items: Iterable[Item]) -> Any:
        return fork_map(partial(function, settings), items, processes=processes)

    numbered = ((f"{folder}/{number}", chunk) for number, chunk in enumerate(text))
    prepared = list(run(_prepare, numbered))  # of each chunk, both directions
    directions = list(zip(*prepared, strict=True))
    windows = [
        ([table for table, _ in direction], *window)
        for direction in directions
        for window in _windows([rows for _, rows in direction])
    ]
    tables = [table for direction in directions for table, _ in direction]
    pairs = sum(table.load("lengths").shape[1] for table in tables) // 2
    rounds = settings.alignment_iterations
    progress = Progress("train", total=2 * rounds * pairs, unit="pairs")
    for _ in range(rounds):
        for done in run(align_e_step, tables):
            progress.advance(done)
        for _ in run(align_m_step, windows):
            pass
    progress.finish()
    links = chain.from_iterable(run(_symmetrized, prepared))
    yield from with_progress(links, "link", total=pairs, unit="pairs")


def _prepare(_: AlignerSettings, item: tuple[str, TextChunk]) -> list[PreparedTable]:
    """The tables of both directions with the rows of their source words."""
    prefix, (source, target) = item
    sides = {"forward": (source, target), "backward": (target, source)}
    tables = {ChunkTable(f"{prefix}.{name}"): pair for name, pair in sides.items()}
    return [(table, prepare_chunk(table, *pair)) for table, pair in tables.items()]


def prepare_chunk(
    table: ChunkTable, source: Sequence[Integers], target: Sequence[Integers]
) -> Integers:
    """Write a chunk's files; returns (2, words): its source words and the pairs of each."""
    lengths = np.array([[len(one) for one in source], [len(one) for one in target]])
    met = [(np.zeros(0, np.int64), np.zeros(0, np.int32))]
    for sentences, _ in _shapes(lengths):
        source_BI = np.stack([source[k] for k in sentences])
        target_BJ = np.stack([target[k] for k in sentences])
        source_BN = np.pad(source_BI, ((0, 0), (1, 0)), constant_values=EMPTY_WORD)
        block = (source_BN[:, None, :] << BITS | target_BJ[:, :, None]).ravel()
        distinct, places = np.unique(block, return_inverse=True)
        met.append((distinct, places.astype(np.int32)))
    pairs = np.unique(np.concatenate([distinct for distinct, _ in met]))
    cells = [np.searchsorted(pairs, distinct).astype(np.int32)[places] for distinct, places in met]
    table.save("lengths", lengths)
    table.save("pairs", pairs)
    table.save("values", np.ones(len(pairs)))
    table.save("cells", np.concatenate(cells))
    return np.stack(np.unique(pairs >> BITS, return_counts=True))


def _shapes(lengths: Integers) -> Iterator[tuple[Integers, tuple[int, int]]]:
    """Sentences of equal (I, J), as many as fill a block; pairs with an empty side are skipped."""
    order = np.lexsort((lengths[1], lengths[0]))
    order = order[(lengths[:, order] > 0).all(axis=0)]
    changes = np.flatnonzero(np.diff(lengths[:, order]).any(axis=0)) + 1
    for alike in np.split(order, changes) if len(order) else []:
        source, target = lengths[:, alike[0]].tolist()
        step = max(1, CELLS_AT_ONCE // ((source + 1) * target))
        for begin in range(0, len(alike), step):
            yield alike[begin : begin + step], (source, target)


def _windows(rows: Sequence[Integers]) -> Iterator[tuple[int, int]]:
    """Ranges of source words that have about ``ROWS_AT_ONCE`` rows in all chunks."""
    words, counts = np.concatenate(rows, axis=1)
    reached = np.cumsum(np.bincount(words, weights=counts)) // ROWS_AT_ONCE
    bounds = [0, *(np.flatnonzero(np.diff(reached)) + 1).tolist(), len(reached)]
    yield from pairwise(bounds)


def align_e_step(settings: AlignerSettings, table: ChunkTable) -> int:
    """Replace a chunk's probabilities by expected links; returns its number of sentence pairs."""
    values = table.load("values", mode="r+")
    counts = np.zeros(len(values))
    for _, cells, shape in table.blocks():
        joint = _prior(*shape, settings.null_probability) * values[cells]
        expected = np.rint(joint / joint.sum(axis=2, keepdims=True) / UNIT) * UNIT
        np.add.at(counts, cells.ravel(), expected.ravel())
    values[:] = counts
    return table.load("lengths").shape[1]


def align_m_step(settings: AlignerSettings, window: tuple[Sequence[ChunkTable], int, int]) -> None:
    """Replace expected counts by probabilities, for some source words in all chunks at once."""
    tables, first, last = window
    slices, rows = [], []
    for table in tables:  # copies: there are more chunks than a process may have files open
        pairs = table.load("pairs")
        own = slice(*np.searchsorted(pairs, [first << BITS, last << BITS]))
        slices.append(own)
        rows.append((pairs[own].copy(), table.load("values")[own].copy()))
    all_pairs, all_counts = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    pairs, places = np.unique(all_pairs, return_inverse=True)
    counts = np.bincount(places, weights=all_counts)
    _, owners = np.unique(pairs >> BITS, return_inverse=True)
    probabilities = _normalize(counts, owners, settings.dirichlet_alpha)[places]
    for table, own in zip(tables, slices, strict=True):
        size = own.stop - own.start
        table.load("values", mode="r+")[own] = probabilities[:size]
        probabilities = probabilities[size:]


def best_links(table: ChunkTable, *, null_probability: float) -> list[list[int]]:
    """For each target word of each sentence the source position that explains it best, or -1."""
    links = [[-1] * target for target in table.load("lengths")[1].tolist()]
    values = table.load("values")
    for sentences, cells, shape in table.blocks():
        best = (values[cells] * _prior(*shape, null_probability)).argmax(axis=2) - 1
        for sentence, own in zip(sentences.tolist(), best.tolist(), strict=True):
            links[sentence] = own
    return links


def _symmetrized(settings: AlignerSettings, chunk: list[PreparedTable]) -> list[list[Link]]:
    null_probability = settings.null_probability
    sides = (best_links(table, null_probability=null_probability) for table, _ in chunk)
    return list(map(symmetrize, *sides))


def _prior(source_words: int, target_words: int, null_probability: float) -> Array:
    """(J, N) probability of each link before the words are seen."""
    source = np.arange(1, source_words + 1) / source_words
    target = np.arange(1, target_words + 1) / target_words
    closeness = np.exp(-TENSION * np.abs(source[None, :] - target[:, None]))
    closeness *= (1.0 - null_probability) / closeness.sum(axis=1, keepdims=True)
    return np.pad(closeness, ((0, 0), (1, 0)), constant_values=null_probability)


def _normalize(counts: NDArray[Any], owners: Integers, alpha: float) -> Array:
    """Counts as probabilities of target words given their source word."""
    if alpha == 0.0:
        return counts / np.maximum(np.bincount(owners, weights=counts), UNIT)[owners]
    counts = counts + alpha
    totals = np.bincount(owners, weights=counts)
    return np.exp(_digamma(counts) - _digamma(totals)[owners])


def _digamma(x: NDArray[Any]) -> Array:
    """The logarithmic derivative of the gamma function for positive ``x``, to 1e-10."""
    result = np.zeros_like(x)
    for _ in range(6):
        result -= np.where(x < 6.0, 1.0 / x, 0.0)
        x = np.where(x < 6.0, x + 1.0, x)
    square = 1.0 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return result + np.log(x) - 0.5 / x - series
