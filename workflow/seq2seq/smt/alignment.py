"""Word alignment by the model of Dyer, Chahuneau and Smith (2013), known as fast_align.

IBM model 2 with its table of positions replaced by one number, the tension with which links are
drawn to the diagonal.  It is trained in rounds: what links are expected is counted in each part of
the corpus (``expected_links``), and the counts of all parts become translation probabilities
(``estimate``).  Expectations are rounded to multiples of 2^-24, so that sums of them are exact: the
outcome does not depend, in a single bit, on how the corpus is cut.

Pairs of equal shape (words of either side) are handled together, so that everything is arithmetic
on whole arrays.  Legend: B pairs of one shape, J words of the side that is explained ("target"), I
words of the side that explains it ("source"), N = I + 1 with the empty word in place 0.  Memory:
16 bytes for each two words that meet in the part, and one block.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seq2seq.io.token_ids import TokenDataset
from seq2seq.smt.link_table import (
    Array,
    Integers,
    LinkTable,
    RunningSum,
    first_pair,
    pair_of,
    source_of,
    summed,
    sums_at,
)

EMPTY_WORD = 0  # real words have numbers from 1
TENSION = 4.0  # fitted to a corpus it runs away to where words that change places are not found
CELLS_AT_ONCE = 500_000
ROWS_AT_ONCE = 2_000_000
UNIT = 2.0**-24  # of an expected count: sums stay exact up to 2^29 links of one pair


@dataclass(frozen=True)
class Part:
    """Some sentence pairs of a corpus in numbers: words of ``target`` are explained by ``source``."""

    source: TokenDataset
    target: TokenDataset
    positions: range


@dataclass(frozen=True)
class _Block:
    """Pairs of one shape: their positions (B,), the word pairs that meet, (B, J, N), and each
    link's prior, (J, N)."""

    positions: Integers
    pairs: Integers
    prior: Array


def expected_links(part: Part, table: LinkTable | None, *, null_probability: float) -> LinkTable:
    """How often each two words are expected to be linked.

    Without a table, in the first round, all translations are equally likely.
    """
    counts = RunningSum()
    for block in _blocks(part, null_probability):
        distinct, places = np.unique(block.pairs, return_inverse=True)
        places = places.reshape(block.pairs.shape)
        joint = np.broadcast_to(block.prior, block.pairs.shape)
        if table is not None:
            joint = joint * table.of(distinct)[places]
        expected = np.rint(joint / joint.sum(axis=2, keepdims=True) / UNIT) * UNIT
        sums = sums_at(places.ravel(), expected.ravel(), len(distinct))
        counts.add(LinkTable(distinct, sums))
    return counts.total()


def estimate(parts: Sequence[LinkTable], *, concentration: float) -> Iterator[LinkTable]:
    """Translation probabilities from the expected links of all parts, some source words at a time.

    Args:
        concentration: of a Dirichlet prior on them, which makes this variational Bayes; 0 is plain
            expectation maximization.
    """
    for window in _windows(parts):
        counts = summed(window)
        _, owners = np.unique(source_of(counts.pairs), return_inverse=True)
        yield LinkTable(counts.pairs, _normalize(counts.values, owners, concentration))


def best_links(part: Part, table: LinkTable, *, null_probability: float) -> list[list[int]]:
    """For each target word of each pair the source position that explains it best, or -1."""
    links = [[-1] * len(part.target[position]) for position in part.positions]
    for block in _blocks(part, null_probability):
        distinct, places = np.unique(block.pairs, return_inverse=True)
        joint = table.of(distinct)[places.reshape(block.pairs.shape)] * block.prior
        for position, best in zip(
            block.positions.tolist(), joint.argmax(axis=2).tolist(), strict=True
        ):
            links[position - part.positions.start] = [place - 1 for place in best]
    return links


def _blocks(part: Part, null_probability: float) -> Iterator[_Block]:
    """All pairs but those with an empty side, in blocks of at most ``CELLS_AT_ONCE`` cells."""
    shapes: dict[tuple[int, int], list[int]] = {}
    for position in part.positions:
        shape = len(part.source[position]), len(part.target[position])
        if all(shape):
            shapes.setdefault(shape, []).append(position)
    for (words, others), positions in sorted(shapes.items()):
        prior = _prior(others, words, null_probability)
        step = max(1, CELLS_AT_ONCE // ((words + 1) * others))
        for begin in range(0, len(positions), step):
            own = positions[begin : begin + step]
            source_BI = np.stack([part.source[k] for k in own]).astype(np.int64)
            target_BJ = np.stack([part.target[k] for k in own]).astype(np.int64)
            source_BN = np.pad(source_BI, ((0, 0), (1, 0)), constant_values=EMPTY_WORD)
            pairs = pair_of(source_BN[:, None, :], target_BJ[:, :, None])
            yield _Block(np.array(own), pairs, prior)


def _prior(target_words: int, source_words: int, null_probability: float) -> Array:
    """(J, N) probability of each link before the words are seen."""
    source = np.arange(1, source_words + 1) / source_words
    target = np.arange(1, target_words + 1) / target_words
    closeness = np.exp(-TENSION * np.abs(source[None, :] - target[:, None]))
    closeness *= (1.0 - null_probability) / closeness.sum(axis=1, keepdims=True)
    return np.pad(closeness, ((0, 0), (1, 0)), constant_values=null_probability)


def _windows(parts: Sequence[LinkTable]) -> Iterator[list[LinkTable]]:
    """The rows of some source words in all parts, whole words, about ``ROWS_AT_ONCE`` rows."""
    begins = [0] * len(parts)
    step = max(1, ROWS_AT_ONCE // max(1, len(parts)))
    while True:
        reached = [
            int(source_of(part.pairs[min(begin + step, len(part)) - 1]))
            for part, begin in zip(parts, begins, strict=True)
            if begin < len(part)
        ]
        if not reached:
            return
        bound = first_pair(min(reached) + 1)
        ends = [int(np.searchsorted(part.pairs, bound)) for part in parts]
        yield [
            LinkTable(part.pairs[begin:end], part.values[begin:end])
            for part, begin, end in zip(parts, begins, ends, strict=True)
        ]
        begins = ends


def _normalize(counts: Array, owners: Integers, concentration: float) -> Array:
    """Counts as probabilities of target words given their source word."""
    if concentration == 0.0:
        return counts / np.maximum(sums_at(owners, counts, 0), UNIT)[owners]
    counts = counts + concentration
    totals = sums_at(owners, counts, 0)
    return np.exp(_digamma(counts) - _digamma(totals)[owners])


def _digamma(x: Array) -> Array:
    """The logarithmic derivative of the gamma function for positive ``x``, to 1e-10."""
    result = np.zeros_like(x)
    for _ in range(6):
        result -= np.where(x < 6.0, 1.0 / x, 0.0)
        x = np.where(x < 6.0, x + 1.0, x)
    square = 1.0 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return result + np.log(x) - 0.5 / x - series
