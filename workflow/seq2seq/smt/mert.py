"""Minimum error rate training (Och 2003): weights of the best BLEU on n-best lists.

Random numbers come from the generator passed in; everything else follows from the lists.
"""

import numpy as np

from seq2seq.smt.features import FEATURES, TUNED
from seq2seq.smt.line_search import Array, NbestLists, search_line

SMALLEST_GAIN = 1e-7
WORTH_ANOTHER_PASS = 1e-4


def optimize(
    lists: NbestLists, weights: Array, *, starts: int, generator: np.random.Generator
) -> Array:
    """The best weights found from ``weights`` and from ``starts`` points around them.

    Their BLEU on these lists is never below that of ``weights``; their size (sum of absolute
    values) is the same.
    """
    best, best_bleu = weights, lists.bleu(weights)
    for number in range(starts + 1):
        start = weights.copy()
        if number > 0:
            start[list(TUNED)] *= generator.uniform(0.0, 2.0, len(TUNED))
        found = _resized(_climb(lists, start, generator), weights)
        if (reached := lists.bleu(found)) > best_bleu + SMALLEST_GAIN:
            best, best_bleu = found, reached
    return best


def _climb(lists: NbestLists, weights: Array, generator: np.random.Generator) -> Array:
    """Go along every direction in turn until a whole round of them gains next to nothing."""
    reached = lists.bleu(weights)
    while True:
        before = reached
        for direction in _directions(generator):
            point = search_line(lists, weights, direction)
            if point.bleu > reached + SMALLEST_GAIN:
                weights, reached = weights + point.step * direction, point.bleu
        if reached - before < WORTH_ANOTHER_PASS:
            return weights


def _directions(generator: np.random.Generator) -> list[Array]:
    """Each tuned feature in random order, then half as many mixtures of all."""
    units = np.eye(len(FEATURES))[list(TUNED)]
    mixtures = np.zeros((len(TUNED) // 2, len(FEATURES)))
    mixtures[:, list(TUNED)] = generator.normal(size=(len(mixtures), len(TUNED)))
    return [*generator.permutation(units), *mixtures]


def _resized(weights: Array, like: Array) -> Array:
    """The same direction with as large a sum of absolute values over the tuned features."""
    tuned = list(TUNED)
    result = weights.copy()
    result[tuned] *= np.abs(like[tuned]).sum() / np.abs(weights[tuned]).sum()
    return result
