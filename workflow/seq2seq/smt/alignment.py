"""Word alignment by the model of Dyer, Chahuneau and Smith (2013), known as fast_align.

IBM model 2 with its table of positions replaced by one number, the tension with which links are
drawn to the diagonal.  Pairs of equal shape (words of either side) are handled together, so that
everything is arithmetic on whole arrays.

Legend: B pairs of one shape, J words of the side that is explained ("target"), I words of the side
that explains it ("source"), N = I + 1 with the empty word in place 0.  Memory: about 8 bytes a cell
(B x J x N) plus 50 bytes for each pair of words that ever meet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.smt.sentences import split

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

EMPTY_WORD = 0
CELLS_AT_ONCE = 500_000
MERGED_AT_LEAST = 4_000_000
LEAST_TENSION, START_TENSION, MOST_TENSION = 0.1, 4.0, 14.0


@dataclass(frozen=True)
class AlignmentSettings:
    """``concentration`` is that of a Dirichlet prior (variational Bayes); 0 means none."""

    iterations: int
    null_probability: float
    concentration: float


@dataclass(frozen=True)
class Alignment:
    """``links[k]`` holds for each target word of pair k its source position, or -1.

    ``log_likelihoods`` are those before each iteration, ``tension`` is the one at the end.
    """

    links: list[list[int]]
    log_likelihoods: list[float]
    tension: float


@dataclass(frozen=True)
class _Block:
    """Pairs of one shape: ``pairs`` (B,) says which, ``cells`` (B, J, N) point into the table."""

    pairs: Integers
    cells: NDArray[np.int32]
    distances: Array  # (J, I)


@dataclass(frozen=True)
class _Expectation:
    """What one pass over the corpus counts: links, and what the tension is fitted to."""

    counts: Array  # by entry of the table
    log_likelihood: float
    distance: float  # expected sum of distances from the diagonal
    masses: list[Array]  # by block: expected links of each target position, (J,)


def align(sources: list[str], targets: list[str], settings: AlignmentSettings) -> Alignment:
    """Explain each word of target line k by one word of source line k or by none."""
    target_numbers = _numbered(targets, first=0)
    blocks, owners = _tabulate(_numbered(sources, first=EMPTY_WORD + 1), target_numbers)
    table = _normalize(np.ones(len(owners)), owners, 0.0)
    tension, likelihoods = START_TENSION, []
    for _ in range(settings.iterations):
        expected = _expect(blocks, table, tension, settings.null_probability)
        likelihoods.append(expected.log_likelihood)
        table = _normalize(expected.counts, owners, settings.concentration)
        tension = _fit_tension(blocks, expected)
    links: list[list[int]] = [[-1] * len(target) for target in target_numbers]
    for block in blocks:
        scores = table[block.cells] * _prior(block.distances, tension, settings.null_probability)
        for pair, best in zip(block.pairs.tolist(), scores.argmax(axis=2).tolist(), strict=True):
            links[pair] = [place - 1 for place in best]
    return Alignment(links, likelihoods, tension)


def _tabulate(sources: list[Integers], targets: list[Integers]) -> tuple[list[_Block], Integers]:
    """The corpus as blocks, and for each entry of the translation table its source word."""
    width = 1 + max((int(words.max()) for words in targets if len(words)), default=0)
    groups = list(_same_shape(sources, targets))
    entries = _distinct(_keys(group, sources, targets, width) for group in groups)
    blocks = []
    for group in groups:
        cells = np.searchsorted(entries, _keys(group, sources, targets, width)).astype(np.int32)
        blocks.append(_Block(group, cells, _distances(cells.shape[1], cells.shape[2] - 1)))
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


def _distances(target_words: int, source_words: int) -> Array:
    source = np.arange(1, source_words + 1) / source_words
    target = np.arange(1, target_words + 1) / target_words
    return np.abs(source[None, :] - target[:, None])


def _prior(distances: Array, tension: float, null_probability: float) -> Array:
    """(J, N) probability of each link before the words are seen."""
    closeness = np.exp(-tension * distances)
    closeness *= (1.0 - null_probability) / closeness.sum(axis=1, keepdims=True)
    return np.pad(closeness, ((0, 0), (1, 0)), constant_values=null_probability)


def _expect(
    blocks: list[_Block], table: Array, tension: float, null_probability: float
) -> _Expectation:
    counts = np.zeros_like(table)
    likelihood, distance = 0.0, 0.0
    masses = []
    for block in blocks:
        joint = table[block.cells] * _prior(block.distances, tension, null_probability)
        evidence = joint.sum(axis=2, keepdims=True)
        likelihood += float(np.log(evidence).sum())
        joint /= evidence
        np.add.at(counts, block.cells.ravel(), joint.ravel())
        linked = joint[:, :, 1:].sum(axis=0)
        distance += float((linked * block.distances).sum())
        masses.append(linked.sum(axis=1))
    return _Expectation(counts, likelihood, distance, masses)


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


def _fit_tension(blocks: list[_Block], expected: _Expectation) -> float:
    """The tension of greatest expected likelihood, which is concave in it: bisection."""
    low, high = LEAST_TENSION, MOST_TENSION
    for _ in range(20):
        middle = (low + high) / 2
        if _model_distance(blocks, expected.masses, middle) > expected.distance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _model_distance(blocks: list[_Block], masses: list[Array], tension: float) -> float:
    """The sum of distances the model expects for the same number of links."""
    total = 0.0
    for block, mass in zip(blocks, masses, strict=True):
        closeness = np.exp(-tension * block.distances)
        mean = (closeness * block.distances).sum(axis=1) / closeness.sum(axis=1)
        total += float(mean @ mass)
    return total
