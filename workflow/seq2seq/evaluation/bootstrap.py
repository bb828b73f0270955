"""Uncertainty of BLEU: resampled test sets, paired comparison of systems, spread over seeds.

Two systems are resampled together, because a hard test set is hard for both.  Both p values are
sacreBLEU's: paired bootstrap (Koehn 2004) and paired approximate randomization (Riezler and Maxwell
2005).  Trust the second: the first falls below 0.05 in one of ten comparisons of equal systems.

Resampled sentences say nothing about training.  Two systems of several seeds each are compared by a
hierarchical bootstrap (seeds, then sentences) and by Welch's t (``contrast``).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from seq2seq.evaluation import bleu
from seq2seq.evaluation.bleu import Counts, Lines, scores_of

RESAMPLES = 1000
CONFIDENCE = 0.95
TRIALS = 10_000  # of the randomization, as in sacreBLEU
_TRIALS_AT_ONCE = 1000
MOST_FREEDOM = 1000.0  # degrees of freedom; beyond, Student's t is normal

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """Limits of an interval, of 95 % if nothing else is said."""

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


@dataclass(frozen=True)
class Contrast:
    """A statistic on each test set, the real one first; with seeds drawn too, if those vary.

    ``error`` is that of Welch's t, with the variance over sentences added; ``freedom`` is that of the
    seeds alone, which is conservative.  Without resampled seeds there is no t.
    """

    values: Samples
    error: float | None = None
    freedom: float = MOST_FREEDOM

    def welch(self, confidence: float) -> Interval | None:
        if self.error is None:
            return None
        value, half = float(self.values[0]), student(self.freedom, confidence) * self.error
        return Interval(value - half, value + half)

    def interval(self, confidence: float) -> Interval:
        """The bootstrap's, widened to Welch's: both must agree."""
        found = interval_of(self.values[1:], confidence)
        welch = self.welch(confidence) or found
        return Interval(min(found.low, welch.low), max(found.high, welch.high))

    def p_value(self, threshold: float, *, sides: int) -> float:
        """The larger of both p values; one-sided, that of a value above the threshold."""
        below, above = (
            (np.count_nonzero(tail) + 1) / len(self.values)
            for tail in (self.values[1:] <= threshold, self.values[1:] >= threshold)
        )
        found = [min(1.0, 2 * min(below, above)) if sides == 2 else min(1.0, below)]
        distance = float(self.values[0]) - threshold
        if self.error:
            p = student_p(distance / self.error, self.freedom)
            found.append(p if sides == 2 else p / 2 if distance > 0 else 1 - p / 2)
        return max(found)


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


def interval_of(values: NDArray[np.float64], confidence: float = CONFIDENCE) -> Interval:
    """The middle of values from resampled test sets, by default 95 % of them."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))


def bootstrap_interval(counts: Counts, *, seed: int, resamples: int = RESAMPLES) -> Interval:
    """Percentile bootstrap interval of BLEU (Koehn 2004)."""
    return interval_of(bleu_on(test_sets(len(counts), seed=seed, resamples=resamples), counts)[1:])


def score_translations(hypotheses: Lines, references: Lines, *, seed: int) -> dict[str, Any]:
    """A system's score file, in percent; ``bleu`` is the one in the paper's tables."""
    counts = bleu.corpus_counts(hypotheses.tokens, references.tokens)
    found, interval = bleu.bleu_2014(counts), bootstrap_interval(counts, seed=seed)
    tokenizer = bleu.sacrebleu_tokenizer(references.language)
    modern, characters = bleu.sacrebleu(hypotheses, references), bleu.chrf(hypotheses, references)
    return {
        "bleu": found.score,
        "bleu_low": interval.low,
        "bleu_high": interval.high,
        "signature": bleu.signature_2014(),
        "precisions": list(found.precisions),
        "brevity_penalty": found.bp,
        "hypothesis_tokens": found.sys_len,
        "reference_tokens": found.ref_len,
        "sentences": len(counts),
        f"sacrebleu_{tokenizer}": modern.score,
        f"signature_{tokenizer}": modern.signature,
        "chrf": characters.score,
        "signature_chrf": characters.signature,
    }


def compare(first: Counts, second: Counts, *, seed: int) -> Comparison:
    """Compare two systems by their counts ``[sentences, 10]`` on the same sentences."""
    assert first.shape == second.shape, (first.shape, second.shape)
    samples = test_sets(len(first), seed=seed)
    differences = bleu_on(samples, first) - bleu_on(samples, second)
    real, resampled = float(differences[0]), np.abs(differences[1:])
    return Comparison(
        difference=real,
        interval=interval_of(differences[1:]),
        bootstrap_p=_p_value(resampled - resampled.mean(), abs(real)) if real else 1.0,
        randomization_p=randomization_p(first, second, seed=seed),
    )


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


def student(freedom: float, confidence: float = CONFIDENCE) -> float:
    """The point that Student's |t| stays below with this confidence."""
    return float(stdtrit(freedom, (1 + confidence) / 2))


def student_p(t: float, freedom: float) -> float:
    """The two-sided p value of Student's t."""
    return float(2 * stdtr(freedom, -abs(t)))


def contrast(
    arms: Sequence[Samples], weights: Sequence[float], *, resample_seeds: bool, seed: int
) -> Contrast:
    """The weighted sum of the arms' means over seeds, with its uncertainty.

    Args:
        arms: for each, the scores of its members on each test set, [members, 1 + resamples].
        resample_seeds: whether the statement is on trainings in general; else it is on these models.
    """
    terms = list(zip(weights, arms, strict=True))
    fixed: Samples = sum((w * arm.mean(axis=0) for w, arm in terms), np.zeros(arms[0].shape[1]))
    if not resample_seeds:
        return Contrast(fixed)
    generator = np.random.default_rng([seed, 1])  # not the stream that draws the test sets
    values = sum((w * _over_drawn_seeds(arm, generator) for w, arm in terms), np.zeros(len(fixed)))
    several = [(w, arm[:, 0], len(arm)) for w, arm in terms if len(arm) > 1]
    variance, freedom = pooled([(w**2 * float(x.var(ddof=1)) / n, n - 1) for w, x, n in several])
    return Contrast(values, math.sqrt(variance + float(fixed[1:].var())), freedom)


def pooled(parts: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """The sum of variances, and its degrees of freedom by Welch and Satterthwaite."""
    total = sum(variance for variance, _ in parts)
    lost = sum(variance**2 / freedom for variance, freedom in parts)
    return total, float(min(total**2 / lost, MOST_FREEDOM)) if lost > 0 else MOST_FREEDOM


def _over_drawn_seeds(arm: Samples, generator: np.random.Generator) -> Samples:
    """The mean over members drawn with replacement, for each test set but the first.

    Draws from n members vary too little, by (n - 1) / n in variance; their deviations are stretched.
    """
    members, sets = arm.shape
    if members == 1:
        return arm[0]
    drawn = generator.multinomial(members, [1 / members] * members, size=sets).T / members
    shares = 1 / members + (drawn - 1 / members) * math.sqrt(members / (members - 1))
    shares[:, 0] = 1 / members
    mean: Samples = (shares * arm).sum(axis=0)
    return mean
