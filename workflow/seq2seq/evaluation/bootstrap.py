"""Uncertainty of BLEU: resampled test sets, paired comparison of systems, spread over seeds.

Two systems are scored on the same sentences, so they are resampled together.  A hard test set is
hard for both, and the interval of the difference is narrower than the two intervals suggest.

Both p values are sacreBLEU's: paired bootstrap (Koehn 2004) and paired approximate randomization
(Riezler and Maxwell 2005).  Trust the second.  The first centres absolute differences, so between
equal systems it falls below 0.05 in about one comparison of ten.

Resampled sentences say nothing about training.  For that, train several seeds: Student's interval
of the mean over seeds (``over_seeds``) shows how far a score depends on the seed (section 3.6).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.bleu import (
    Counts,
    Lines,
    bleu_2014,
    chrf,
    corpus_counts,
    sacrebleu_13a,
    scores_of,
    signature_2014,
)

RESAMPLES = 1000
CONFIDENCE = 0.95
TRIALS = 10_000  # of the randomization, as in sacreBLEU
_TRIALS_AT_ONCE = 1000
# The 97.5 % point of Student's t by degrees of freedom; an expansion gives the rest.
_STUDENT = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)
_NORMAL = statistics.NormalDist().inv_cdf(0.975)

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """The middle 95 % of the scores of resampled test sets."""

    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """BLEU of the first system minus that of the second, in points, with interval and p values."""

    difference: float
    interval: Interval
    bootstrap_p: float
    randomization_p: float


@dataclass(frozen=True)
class SeedSpread:
    """Mean, standard deviation, and 95 % interval of the mean over ``seeds`` trainings."""

    seeds: int
    mean: float
    deviation: float
    low: float
    high: float


def test_sets(
    sentences: int, *, seed: int | np.random.Generator, resamples: int = RESAMPLES
) -> Samples:
    """How often each test set contains each sentence, [1 + resamples, sentences].

    Row 0 is the test set itself; the others are drawn from it with replacement.  A seed gives the
    same sets as ``SACREBLEU_SEED``.
    """
    drawn = np.random.default_rng(seed).integers(sentences, size=(resamples, sentences))
    counts = np.ones((1 + resamples, sentences))
    for place, row in enumerate(drawn, start=1):
        counts[place] = np.bincount(row, minlength=sentences)
    return counts


def bleu_on(samples: Samples, counts: Counts) -> NDArray[np.float64]:
    """BLEU in percent on each test set, from a system's counts ``[sentences, 10]``."""
    return scores_of(np.rint(samples @ counts.astype(np.float64)).astype(np.int64))


def interval_of(values: NDArray[np.float64]) -> Interval:
    """The middle 95 % of values from resampled test sets."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))


def bootstrap_interval(counts: Counts, *, seed: int, resamples: int = RESAMPLES) -> Interval:
    """Percentile bootstrap interval of BLEU (Koehn 2004)."""
    return interval_of(bleu_on(test_sets(len(counts), seed=seed, resamples=resamples), counts)[1:])


def score_translations(hypotheses: Lines, references: Lines, *, seed: int) -> dict[str, Any]:
    """A system's score file, in percent; ``bleu`` is the one in the paper's tables.

    ``seed`` draws the resampled test sets of the interval.
    """
    counts = corpus_counts(hypotheses.tokens, references.tokens)
    bleu = bleu_2014(counts)
    interval = bootstrap_interval(counts, seed=seed)
    modern = sacrebleu_13a(hypotheses.text, references.text)
    characters = chrf(hypotheses.text, references.text)
    return {
        "bleu": bleu.score,
        "bleu_low": interval.low,
        "bleu_high": interval.high,
        "signature": signature_2014(),
        "precisions": list(bleu.precisions),
        "brevity_penalty": bleu.bp,
        "hypothesis_tokens": bleu.sys_len,
        "reference_tokens": bleu.ref_len,
        "sentences": len(counts),
        "sacrebleu_13a": modern.score,
        "signature_13a": modern.signature,
        "chrf": characters.score,
        "signature_chrf": characters.signature,
    }


def compare(first: Counts, second: Counts, *, seed: int) -> Comparison:
    """Compare two systems by their counts ``[sentences, 10]`` on the same sentences."""
    assert first.shape == second.shape, (first.shape, second.shape)
    samples = test_sets(len(first), seed=seed)
    differences = bleu_on(samples, first) - bleu_on(samples, second)
    return Comparison(
        difference=float(differences[0]),
        interval=interval_of(differences[1:]),
        bootstrap_p=_bootstrap_p(differences),
        randomization_p=randomization_p(first, second, seed=seed),
    )


def _bootstrap_p(differences: NDArray[np.float64]) -> float:
    """sacreBLEU's p value; ``differences[0]`` is that of the test set itself."""
    real = abs(float(differences[0]))
    if real == 0:
        return 1.0
    resampled = np.abs(differences[1:])
    return _p_value(resampled - resampled.mean(), real)


def randomization_p(first: Counts, second: Counts, *, seed: int, trials: int = TRIALS) -> float:
    """The share of trials in which two systems equal but for chance differ by more.

    Each trial swaps the outputs of a random half of the sentences.  Systems with equal scores have
    a p value of 1 (sacreBLEU may say 1 of 10,001, as no trial differs by more).
    """
    totals = np.stack([first.sum(axis=0), second.sum(axis=0)])
    one, other = scores_of(totals)
    real = float(abs(one - other))
    if real == 0:
        return 1.0
    swapped = np.random.default_rng(seed).integers(2, size=(trials, len(first)), dtype=bool)
    change = (second - first).astype(np.float64)
    differences = []
    for start in range(0, trials, _TRIALS_AT_ONCE):
        moved = swapped[start : start + _TRIALS_AT_ONCE].astype(np.float64) @ change
        moved = np.rint(moved).astype(np.int64)
        differences.append(np.abs(scores_of(totals[0] + moved) - scores_of(totals[1] - moved)))
    return _p_value(np.concatenate(differences), real)


def _p_value(found: NDArray[np.float64], real: float) -> float:
    return float((np.count_nonzero(found > real) + 1) / (len(found) + 1))


def over_seeds(values: Sequence[float]) -> SeedSpread:
    """The spread of one value per seed; at least two seeds."""
    assert len(values) > 1, values
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    half = student(len(values) - 1) * deviation / math.sqrt(len(values))
    return SeedSpread(len(values), mean, deviation, mean - half, mean + half)


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t, to three decimals (Abramowitz and Stegun 26.7.5)."""
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z = _NORMAL
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
