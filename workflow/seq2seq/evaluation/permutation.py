"""Permutation tests: would phrases dealt out by chance lie as they do?

Under the hypothesis that meaning does not matter all ways to deal the phrases of a panel out to its
meanings are equally likely; so many of them part the phrases as clearly as the true one.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

RESAMPLES = 10_000
_EXACT = 200_000  # as many relabellings are gone through, more are drawn from


@dataclass(frozen=True)
class PermutationTest:
    """How often phrases dealt out to the meanings by chance are parted as clearly as they are."""

    p_value: float
    relabellings: int
    exact: bool


@dataclass(frozen=True)
class Labelled:
    """Distances ``[phrases, phrases]``, and for each phrase the number of its meaning."""

    distances: Matrix
    meanings: tuple[int, ...]


def permutation_test(panels: Sequence[Labelled], *, seed: int) -> PermutationTest:
    """Tests that meanings lie apart, in all panels together: exact where that is possible.

    The statistic is the mean distance across meanings less that within, each panel's in units of
    its own mean distance.  Phrases change meanings only within their panel.  Under the hypothesis
    that meaning does not matter all ways to deal them out are equally likely.
    """
    observed = sum(separation(panel.distances, panel.meanings) for panel in panels)
    total = math.prod(_count(panel.meanings) for panel in panels)
    if total <= _EXACT:
        sums = np.zeros(1)
        for panel in panels:
            dealt = [separation(panel.distances, m) for m in arrangements(panel.meanings)]
            sums = np.add.outer(sums, dealt).ravel()
        reached = int(np.count_nonzero(sums >= observed - 1e-9))
        return PermutationTest(reached / total, total, exact=True)
    generator = np.random.default_rng(seed)
    reached = 0
    for _ in range(RESAMPLES):
        drawn = sum(
            separation(panel.distances, tuple(generator.permutation(panel.meanings).tolist()))
            for panel in panels
        )
        reached += drawn >= observed - 1e-9
    return PermutationTest((1 + reached) / (1 + RESAMPLES), RESAMPLES, exact=False)


def separation(distances: Matrix, meanings: Sequence[int]) -> float:
    """Mean distance across meanings less that within, over the mean of all; 0 if all is one point."""
    labels = np.asarray(meanings)
    first, second = np.triu_indices(len(labels), k=1)
    pairs = distances[first, second]
    same = labels[first] == labels[second]
    if pairs.sum() == 0 or same.all() or not same.any():
        return 0.0
    return float((pairs[~same].mean() - pairs[same].mean()) / pairs.mean())


def arrangements(labels: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every different order of the labels, once."""
    if not labels:
        yield ()
        return
    first = labels[0]
    rest = [label for label in labels if label != first]
    for places in combinations(range(len(labels)), len(labels) - len(rest)):
        for others in arrangements(rest):
            remaining = iter(others)
            yield tuple(
                first if place in places else next(remaining) for place in range(len(labels))
            )


def exact_test(
    statistic: Callable[[tuple[int, ...]], float], meanings: Sequence[int]
) -> PermutationTest:
    """How often ``statistic`` of meanings dealt out by chance reaches that of the true ones."""
    observed = statistic(tuple(meanings))
    dealt = [statistic(labels) for labels in arrangements(meanings)]
    reached = sum(value >= observed - 1e-9 for value in dealt)
    return PermutationTest(reached / len(dealt), len(dealt), exact=True)


def _count(labels: Sequence[int]) -> int:
    """How many different orders the labels have."""
    sizes = [list(labels).count(label) for label in set(labels)]
    return math.factorial(len(labels)) // math.prod(map(math.factorial, sizes))
