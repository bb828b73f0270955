"""Is one system better than another, or was it the choice of test sentences?

Both are scored on the same sentences, so they are resampled together: where a resampled test set is
hard, it is hard for both, and the interval of a difference is far narrower than the intervals of the
two scores suggest.  Two p values stand beside it as sacreBLEU computes them: paired bootstrap (Koehn
2004) and paired approximate randomization (Riezler and Maxwell 2005).  The former is the more lenient:
where two systems are equal it falls below 0.05 in about one comparison of ten, since sacreBLEU centres
absolute differences; the latter does so in one of twenty, and is the one to go by.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.bleu import CONFIDENCE, RESAMPLES, Interval, scores_of
from seq2seq.evaluation.counts import Counts

TRIALS = 10_000  # of the randomization, as in sacreBLEU
_TRIALS_AT_ONCE = 1000

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """The first system's BLEU less the second's, in points, with interval and p values."""

    difference: float
    interval: Interval
    bootstrap_p: float
    randomization_p: float


def test_sets(sentences: int, *, seed: int, resamples: int = RESAMPLES) -> Samples:
    """How often each test set holds each sentence, [1 + resamples, sentences].

    The first is the test set itself, each other is drawn from it with replacement.  The same seed
    draws the same, also as ``SACREBLEU_SEED``.
    """
    drawn = np.random.default_rng(seed).integers(sentences, size=(resamples, sentences))
    counts = np.ones((1 + resamples, sentences))
    for place, row in enumerate(drawn, start=1):
        counts[place] = np.bincount(row, minlength=sentences)
    return counts


def bleu_on(samples: Samples, counts: Counts) -> NDArray[np.float64]:
    """BLEU in percent on each test set, from the counts ``[sentences, 10]`` of a system."""
    totals = np.rint(samples @ counts.astype(np.float64)).astype(np.int64)
    return scores_of(totals)


def interval_of(values: NDArray[np.float64]) -> Interval:
    """The middle 95 % of what was found on resampled test sets."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))


def compare(first: Counts, second: Counts, *, seed: int) -> Comparison:
    """Two systems' counts ``[sentences, 10]`` on the same sentences."""
    assert first.shape == second.shape, (first.shape, second.shape)
    samples = test_sets(len(first), seed=seed)
    differences = bleu_on(samples, first) - bleu_on(samples, second)
    return Comparison(
        difference=float(differences[0]),
        interval=interval_of(differences[1:]),
        bootstrap_p=_bootstrap_p(differences),
        randomization_p=randomization_p(first, second, seed=seed),
    )


def randomization_p(first: Counts, second: Counts, *, seed: int, trials: int = TRIALS) -> float:
    """How often systems that differ by chance alone would differ by more.

    In each trial every sentence's outputs change sides, or not, by the toss of a coin.  Systems of the
    same score have a p value of 1 (sacreBLEU may say 1 of 10,001, as no trial differs by more).
    """
    real = _absolute_difference(first, second)
    if real == 0:
        return 1.0
    swapped = np.random.default_rng(seed).integers(2, size=(trials, len(first)), dtype=bool)
    change = (second - first).astype(np.float64)
    differences = []
    for start in range(0, trials, _TRIALS_AT_ONCE):
        moved = swapped[start : start + _TRIALS_AT_ONCE].astype(np.float64) @ change
        moved = np.rint(moved).astype(np.int64)
        one = scores_of(first.sum(axis=0) + moved)
        other = scores_of(second.sum(axis=0) - moved)
        differences.append(np.abs(one - other))
    return _p_value(np.concatenate(differences), real)


def _bootstrap_p(differences: NDArray[np.float64]) -> float:
    """sacreBLEU's p value; ``differences`` begins with that of the test set itself."""
    real = abs(float(differences[0]))
    if real == 0:
        return 1.0
    resampled = np.abs(differences[1:])
    return _p_value(resampled - resampled.mean(), real)


def _absolute_difference(first: Counts, second: Counts) -> float:
    one, other = scores_of(np.stack([first.sum(axis=0), second.sum(axis=0)]))
    return float(abs(one - other))


def _p_value(found: NDArray[np.float64], real: float) -> float:
    return float((np.count_nonzero(found > real) + 1) / (len(found) + 1))
