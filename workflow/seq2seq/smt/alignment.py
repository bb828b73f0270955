"""Word alignment by the model of Dyer, Chahuneau and Smith (2013), known as fast_align.

IBM model 2 with its table of positions replaced by one number, the tension with which links are
drawn to the diagonal.  Pairs of equal shape (words of either side) are handled together, so that
everything is arithmetic on whole arrays.

Legend: B pairs of one shape, J words of the side that is explained ("target"), I words of the side
that explains it ("source"), N = I + 1 with the empty word in place 0.  Memory: 4 bytes a cell
(B x J x N) plus about 50 bytes for each pair of words that ever meet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.smt.sentences import split

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

EMPTY_WORD = 0
TENSION = 4.0  # fitted to a corpus it runs away to where words that change places are not found
CELLS_AT_ONCE = 500_000
MERGED_AT_LEAST = 4_000_000


@dataclass(frozen=True)
class AlignmentSettings:
    """``concentration`` is that of a Dirichlet prior on translation probabilities.

    With such a prior training is variational Bayes; 0 means none, which is plain expectation
    maximization.
    """

    iterations: int
    null_probability: float
    concentration: float


@dataclass(frozen=True)
class Alignment:
    """``links[k]`` holds for each target word of pair k its source position, or -1.

    ``log_likelihoods`` are those before each iteration.
    """

    links: list[list[int]]
    log_likelihoods: list[float]


@dataclass(frozen=True)
class _Block:
    """Pairs of one shape: which they are (B,), their places in the table, and each link's prior."""

    pairs: Integers
    cells: NDArray[np.int32]  # (B, J, N)
    prior: Array  # (J, N)


def align(sources: list[str], targets: list[str], settings: AlignmentSettings) -> Alignment:
    """Explain each word of target line k by one word of source line k or by none."""
    target_numbers = _numbered(targets, first=0)
    source_numbers = _numbered(sources, first=EMPTY_WORD + 1)
    blocks, owners = _tabulate(source_numbers, target_numbers, settings)
    table = _normalize(np.ones(len(owners)), owners, 0.0)
    likelihoods = []
    for _ in range(settings.iterations):
        counts, likelihood = _expect(blocks, table)
        likelihoods.append(likelihood)
        table = _normalize(counts, owners, settings.concentration)
    links: list[list[int]] = [[-1] * len(target) for target in target_numbers]
    for block in blocks:
        best = (table[block.cells] * block.prior).argmax(axis=2)
        for pair, places in zip(block.pairs.tolist(), best.tolist(), strict=True):
            links[pair] = [place - 1 for place in places]
    return Alignment(links, likelihoods)


def _tabulate(
    sources: list[Integers], targets: list[Integers], settings: AlignmentSettings
) -> tuple[list[_Block], Integers]:
    """The corpus as blocks, and for each entry of the translation table its source word."""
    width = 1 + max((int(words.max()) for words in targets if len(words)), default=0)
    groups = list(_same_shape(sources, targets))
    entries = _distinct(_keys(group, sources, targets, width) for group in groups)
    blocks = []
    for group in groups:
        cells = np.searchsorted(entries, _keys(group, sources, targets, width)).astype(np.int32)
        blocks.append(_Block(group, cells, _prior(cells.shape[1], cells.shape[2] - 1, settings)))
    return blocks, entries // width


def _numbered(lines: list[str], *, first: int) -> list[Integers]:
    numbers: dict[str, int] = {}
    return [
        np.array(
            [numbers.setdefault(word, len(numbers) + first) for word in split(line)], dtype=np.int64
        )
        for line in lines
    ]


def _same_shape(sources: list[Integers], targets: list[Integers]) -> Iterator[Integers]:
    """Positions of pairs of one shape, at most ``CELLS_AT_ONCE`` cells together; no empty side."""
    shapes: dict[tuple[int, int], list[int]] = {}
    for position, (source, target) in enumerate(zip(sources, targets, strict=True)):
        if len(source) and len(target):
            shapes.setdefault((len(source), len(target)), []).append(position)
    for (words, others), positions in sorted(shapes.items()):
        step = max(1, CELLS_AT_ONCE // ((words + 1) * others))
        for begin in range(0, len(positions), step):
            yield np.array(positions[begin : begin + step], dtype=np.int64)


def _keys(
    group: Integers, sources: list[Integers], targets: list[Integers], width: int
) -> Integers:
    """(B, J, N) one number for each source word (the empty one first) with each target word."""
    source_BI = np.stack([sources[pair] for pair in group])
    target_BJ = np.stack([targets[pair] for pair in group])
    source_BN = np.pad(source_BI, ((0, 0), (1, 0)), constant_values=EMPTY_WORD)
    return source_BN[:, None, :] * width + target_BJ[:, :, None]


def _distinct(arrays: Iterable[Integers]) -> Integers:
    """All values, sorted, merged now and then so that few are held twice."""
    parts, pending = [np.zeros(0, dtype=np.int64)], 0
    for array in arrays:
        parts.append(np.unique(array))
        pending += len(parts[-1])
        if pending > max(MERGED_AT_LEAST, len(parts[0])):
            parts, pending = [np.unique(np.concatenate(parts))], 0
    return np.unique(np.concatenate(parts))


def _prior(target_words: int, source_words: int, settings: AlignmentSettings) -> Array:
    """(J, N) probability of each link before the words are seen."""
    source = np.arange(1, source_words + 1) / source_words
    target = np.arange(1, target_words + 1) / target_words
    closeness = np.exp(-TENSION * np.abs(source[None, :] - target[:, None]))
    closeness *= (1.0 - settings.null_probability) / closeness.sum(axis=1, keepdims=True)
    return np.pad(closeness, ((0, 0), (1, 0)), constant_values=settings.null_probability)


def _expect(blocks: list[_Block], table: Array) -> tuple[Array, float]:
    """How often each entry of the table is expected to be used, and the log likelihood."""
    counts, likelihood = np.zeros_like(table), 0.0
    for block in blocks:
        joint_BJN = table[block.cells] * block.prior
        evidence = joint_BJN.sum(axis=2, keepdims=True)
        likelihood += float(np.log(evidence).sum())
        joint_BJN /= evidence
        np.add.at(counts, block.cells.ravel(), joint_BJN.ravel())
    return counts, likelihood


def _normalize(counts: Array, owners: Integers, concentration: float) -> Array:
    """Counts as probabilities of target words given their source word."""
    if concentration == 0.0:
        return counts / np.bincount(owners, weights=counts)[owners]
    counts = counts + concentration
    totals = np.bincount(owners, weights=counts).astype(np.float64)
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
