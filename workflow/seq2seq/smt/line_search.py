"""The exact best point on a line in the space of weights (Och 2003).

Along a line each hypothesis' total is a straight line, the best hypothesis of a sentence changes
where the upper envelope of these lines has a corner, and between corners BLEU is constant.  So all
corners of all sentences in order give BLEU everywhere.  All sentences walk along together.

Legend: S sentences, H hypotheses of the longest list (shorter ones repeat their first), F features,
C counts of BLEU, K corners.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.smt.bleu import bleu

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

PARALLEL = 1e-12  # lines whose slopes differ by less never cross


@dataclass(frozen=True)
class Sentence:
    """The list of one sentence: features (H, F) and counts of BLEU (H, C)."""

    features: Array
    counts: Array


@dataclass(frozen=True)
class NbestLists:
    """n-best lists as arrays: features (S, H, F) and counts of BLEU (S, H, C)."""

    features: Array
    counts: Array

    @classmethod
    def of(cls, sentences: Sequence[Sentence]) -> "NbestLists":
        """The lists of some sentences, none of them empty."""
        places = np.arange(max(len(one.features) for one in sentences))
        rows = [np.where(places < len(one.features), places, 0) for one in sentences]
        return cls(
            np.stack([one.features[row] for one, row in zip(sentences, rows, strict=True)]),
            np.stack([one.counts[row] for one, row in zip(sentences, rows, strict=True)]),
        )

    def totals(self, weights: Array) -> Array:
        """(S, H) weighted sums, bit for bit the same on any number of threads (no BLAS)."""
        return np.einsum("shf,f->sh", self.features, weights)

    def bleu(self, weights: Array) -> float:
        """BLEU, 0 to 1, of the hypotheses these weights put first."""
        best = self.totals(weights).argmax(axis=1)
        return float(bleu(self.counts[np.arange(len(best)), best].sum(axis=0)))


@dataclass(frozen=True)
class Point:
    """A place on a line: how far along the direction, and BLEU there."""

    step: float
    bleu: float


@dataclass(frozen=True)
class _Envelopes:
    """The best hypothesis of each sentence far to the left (S), and where it changes (K each)."""

    leftmost: Integers
    steps: Array
    sentences: Integers
    before: Integers
    after: Integers


def search_line(lists: NbestLists, weights: Array, direction: Array) -> Point:
    """The best BLEU along ``direction`` from ``weights``, in the middle of where it holds."""
    envelopes = _envelopes(lists.totals(weights), lists.totals(direction))
    if len(envelopes.steps) == 0:
        return Point(0.0, lists.bleu(weights))
    order = np.lexsort((envelopes.sentences, envelopes.steps))
    sentences, steps = envelopes.sentences[order], envelopes.steps[order]
    rows = np.arange(len(envelopes.leftmost))
    left = lists.counts[rows, envelopes.leftmost].sum(axis=0)
    gained = lists.counts[sentences, envelopes.after[order]]
    lost = lists.counts[sentences, envelopes.before[order]]
    counts = np.vstack((left, left + (gained - lost).cumsum(axis=0)))
    edges = np.concatenate(([steps[0] - 1.0], steps, [steps[-1] + 1.0]))
    scores = np.where(np.diff(edges) > 0, bleu(counts), -1.0)
    best = int(scores.argmax())
    return Point(float(edges[best] + edges[best + 1]) / 2, float(scores[best]))


def _envelopes(intercepts: Array, slopes: Array) -> _Envelopes:
    """Walk from left to right, from each line to the one that first rises above it."""
    lowest = slopes == slopes.min(axis=1, keepdims=True)
    leftmost = np.where(lowest, intercepts, -np.inf).argmax(axis=1)
    active, current = np.arange(len(leftmost)), leftmost
    parts: list[tuple[Array, Integers, Integers, Integers]] = []
    while len(active):
        rise = slopes - slopes[np.arange(len(current)), current][:, None]
        drop = intercepts[np.arange(len(current)), current][:, None] - intercepts
        crossing = np.full(rise.shape, np.inf)
        np.divide(drop, rise, out=crossing, where=rise > PARALLEL)
        steps = crossing.min(axis=1)
        following = np.where(crossing == steps[:, None], rise, -np.inf).argmax(axis=1)
        going = np.isfinite(steps)
        parts.append((steps[going], active[going], current[going], following[going]))
        active, current = active[going], following[going]
        intercepts, slopes = intercepts[going], slopes[going]
    steps, sentences, before, after = map(np.concatenate, zip(*parts, strict=True))
    return _Envelopes(leftmost, steps, sentences, before, after)
