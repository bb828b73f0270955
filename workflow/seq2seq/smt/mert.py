"""Minimum error rate training (Och 2003): weights of the best BLEU on n-best lists.

Serves the baseline, whose features it weighs, and rescoring, where the models' scores join them.
Random numbers come from the generator passed in; everything else follows from the lists.
"""

from collections.abc import Sequence

import numpy as np

from seq2seq.smt.line_search import Array, NbestLists, search_line

SMALLEST_GAIN = 1e-7
WORTH_ANOTHER_PASS = 1e-4


def optimize(
    lists: NbestLists,
    weights: Array,
    *,
    tuned: Sequence[int],
    starts: int,
    generator: np.random.Generator,
) -> Array:
    """The best weights found from ``weights`` and from ``starts`` points around them.

    Only the places ``tuned`` are changed.  BLEU on these lists is never below that of ``weights``;
    the size of those places (the sum of their absolute values) is the same.
    """
    places = list(tuned)
    best, best_bleu = weights, lists.bleu(weights)
    for number in range(starts + 1):
        start = weights.copy()
        if number > 0:
            start[places] *= generator.uniform(0.0, 2.0, len(places))
        found = _resized(_climb(lists, start, places, generator), weights, places)
        if (reached := lists.bleu(found)) > best_bleu + SMALLEST_GAIN:
            best, best_bleu = found, reached
    return best


def _climb(
    lists: NbestLists, weights: Array, places: list[int], generator: np.random.Generator
) -> Array:
    """Go along every direction in turn until a whole round of them gains next to nothing."""
    reached = lists.bleu(weights)
    while True:
        before = reached
        for direction in _directions(len(weights), places, generator):
            point = search_line(lists, weights, direction)
            if point.bleu > reached + SMALLEST_GAIN:
                weights, reached = weights + point.step * direction, point.bleu
        if reached - before < WORTH_ANOTHER_PASS:
            return weights


def _directions(features: int, places: list[int], generator: np.random.Generator) -> list[Array]:
    """Each tuned feature in random order, then half as many mixtures of all."""
    units = np.eye(features)[places]
    mixtures = np.zeros((len(places) // 2, features))
    mixtures[:, places] = generator.normal(size=(len(mixtures), len(places)))
    return [*generator.permutation(units), *mixtures]


def _resized(weights: Array, like: Array, places: list[int]) -> Array:
    """The same direction with as large a sum of absolute values over the tuned features."""
    result = weights.copy()
    result[places] *= np.abs(like[places]).sum() / np.abs(weights[places]).sum()
    return result
