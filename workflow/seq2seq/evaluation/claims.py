"""The verdicts on the paper's claims, from tests that were stated before the run.

Every claim says that a statistic is above a threshold.  It is *reproduced* if the whole 95 % interval
of our value is above it, *direction only* if our value is but the interval holds the threshold, and
*not reproduced* otherwise.  A claim on systems that this run has not made is *not tested here*.  Where
another step's test gives a p value in place of an interval, 0.05 decides.

Intervals come from test sets resampled for all systems together (see ``significance``): they tell the
chance in the choice of test sentences, not that in the training of a model.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.bleu import Interval
from seq2seq.evaluation.bootstrap import bleu_on, interval_of, test_sets
from seq2seq.evaluation.buckets import Bucket, bucket_by
from seq2seq.evaluation.claim_definitions import STATISTICS, Claim, kind_of
from seq2seq.evaluation.counts import Counts
from seq2seq.evaluation.lengths import Short, length_slope
from seq2seq.evaluation.perplexity import LogProbabilities

Verdict = Literal["reproduced", "direction only", "not reproduced", "not tested here"]

VERDICTS: tuple[Verdict, ...] = (
    "reproduced",
    "direction only",
    "not reproduced",
    "not tested here",
)
SIGNIFICANT = 0.05  # p values below it are
LEAST_BLEU = 10.0  # a system that translates nothing does not fall with length either
FEWEST_SENTENCES = 60  # ten in a sixth; of fewer nothing can be said
SIXTHS = 6  # the paper's axis has six groups of newstest2014, the last begins at 35 words

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """The value of a statistic, with its 95 % interval or a p value."""

    value: float
    interval: Interval | None = None
    p_value: float | None = None

    def is_sure_to_exceed(self, threshold: float) -> bool:
        if self.interval is not None:
            return self.interval.low > threshold
        return self.p_value is not None and self.value > threshold and self.p_value < SIGNIFICANT


@dataclass(frozen=True)
class Evidence:
    """What a run has: ``counts`` of outputs, models' scores of the references, quoted numbers.

    ``source_lengths`` are in tokens, one for each test sentence; ``short`` are the sentences on which
    Figure 3 tests whether BLEU falls with length.
    """

    source_lengths: Sequence[int]
    short: Short
    counts: Mapping[str, Counts]
    log_probabilities: Mapping[str, LogProbabilities]
    quoted: frozenset[str]
    measured: Mapping[str, float]

    def has(self, operand: str) -> bool:
        known = {
            "output": self.counts,
            "model": self.log_probabilities,
            "number": self.quoted,
            "measurement": self.measured,
        }
        kind = kind_of(operand)
        return kind is not None and operand in known[kind]


@dataclass(frozen=True)
class ClaimResult:
    """``effect`` is our effect as a share of the paper's; ``scores`` tells the operands' values."""

    claim: Claim
    verdict: Verdict
    found: Finding | None = None
    effect: float | None = None
    scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Drawn:
    """The resampled test sets, and what they were drawn by."""

    samples: Values
    seed: int


def evaluate_claims(claims: Sequence[Claim], evidence: Evidence, *, seed: int) -> list[ClaimResult]:
    """A verdict for each claim; ``seed`` draws the test sets, the same for all claims."""
    drawn = _Drawn(test_sets(len(evidence.source_lengths), seed=seed), seed)
    return [_judge_one(claim, evidence, drawn) for claim in claims]


def verdict_of(found: Finding, *, threshold: float) -> Verdict:
    """The rule above; a value at the threshold does not exceed it."""
    if found.is_sure_to_exceed(threshold):
        return "reproduced"
    return "direction only" if found.value > threshold else "not reproduced"


def effect_share(value: float, paper: float, *, neutral: float) -> float:
    """Our effect over the paper's, both counted from ``neutral``; of ratios, their logarithms."""
    if neutral == 1:
        return math.log(value) / math.log(paper)
    return (value - neutral) / (paper - neutral)


def _judge_one(claim: Claim, evidence: Evidence, drawn: "_Drawn") -> ClaimResult:
    found = None
    if all(map(evidence.has, claim.operands)):
        found = _finding(claim, evidence, drawn)
    if found is None:
        return ClaimResult(claim, "not tested here")
    effect = None
    if claim.paper_value is not None:
        neutral = STATISTICS[claim.statistic].neutral
        effect = effect_share(found.value, claim.paper_value, neutral=neutral)
    return ClaimResult(
        claim=claim,
        verdict=verdict_of(found, threshold=claim.threshold),
        found=found,
        effect=effect,
        scores=_scores(claim.operands, evidence),
    )


def _finding(claim: Claim, evidence: Evidence, drawn: "_Drawn") -> Finding | None:
    """None where the test set is too small for the statistic, or there is no BLEU to lose."""
    if claim.statistic == "measured_ratio":
        above, below, p_value = (evidence.measured[operand] for operand in claim.operands)
        return Finding(above / below, p_value=p_value) if below else None
    if claim.statistic in _BY_LENGTH and _scores(claim.operands, evidence)[0] < LEAST_BLEU:
        return None
    if claim.statistic == "bleu_slope":
        counts = evidence.counts[claim.operands[0]]
        slope = length_slope(counts, evidence.short, seed=drawn.seed)
        return Finding(slope.per_ten_words, slope.interval) if slope else None
    if len(evidence.source_lengths) < FEWEST_SENTENCES:
        return None
    values = _STATISTICS[claim.statistic](claim.operands, evidence, drawn.samples)
    return Finding(float(values[0]), interval_of(values[1:]))


def _scores(operands: Sequence[str], evidence: Evidence) -> tuple[float, ...]:
    """Each operand's own value: BLEU or perplexity on the whole test set, or what was measured."""
    whole = np.ones((1, len(evidence.source_lengths)))
    scores = []
    for operand in operands:
        if operand in evidence.measured:
            scores.append(evidence.measured[operand])
        else:
            score = _perplexity if operand in evidence.log_probabilities else _bleu
            scores.append(float(score(operand, evidence, whole)[0]))
    return tuple(scores)


def _bleu(operand: str, evidence: Evidence, samples: Values) -> Values:
    """BLEU on each test set; of a quoted number, that number on all."""
    if operand in evidence.quoted:
        return np.full(len(samples), float(operand))
    return bleu_on(samples, evidence.counts[operand])


def _bleu_in(bucket: Bucket, operand: str, evidence: Evidence, samples: Values) -> Values:
    members = bucket.sentences
    return bleu_on(samples[:, members], evidence.counts[operand][members])


def _perplexity(operand: str, evidence: Evidence, samples: Values) -> Values:
    return evidence.log_probabilities[operand].perplexity_on(samples)


def _sixths(evidence: Evidence) -> list[Bucket]:
    size = math.ceil(len(evidence.source_lengths) / SIXTHS)
    return bucket_by(evidence.source_lengths, bucket_size=size)


def _bleu_difference(operands: Sequence[str], evidence: Evidence, samples: Values) -> Values:
    first, second = (_bleu(operand, evidence, samples) for operand in operands)
    return first - second


def _bleu_difference_long(operands: Sequence[str], evidence: Evidence, samples: Values) -> Values:
    longest = _sixths(evidence)[-1]
    first, second = (_bleu_in(longest, operand, evidence, samples) for operand in operands)
    return first - second


def _bleu_above_midpoint(operands: Sequence[str], evidence: Evidence, samples: Values) -> Values:
    reached, begin, end = (_bleu(operand, evidence, samples) for operand in operands)
    return reached - (begin + end) / 2


def _bleu_longest_step(operands: Sequence[str], evidence: Evidence, samples: Values) -> Values:
    before, longest = (
        _bleu_in(bucket, operands[0], evidence, samples) for bucket in _sixths(evidence)[-2:]
    )
    return longest - before


def _perplexity_ratio(operands: Sequence[str], evidence: Evidence, samples: Values) -> Values:
    first, second = (_perplexity(operand, evidence, samples) for operand in operands)
    return first / second


_BY_LENGTH = frozenset({"bleu_slope", "bleu_longest_step"})
_STATISTICS: Mapping[str, Callable[[Sequence[str], Evidence, Values], Values]] = {
    "bleu_difference": _bleu_difference,
    "bleu_difference_long": _bleu_difference_long,
    "bleu_above_midpoint": _bleu_above_midpoint,
    "bleu_longest_step": _bleu_longest_step,
    "perplexity_ratio": _perplexity_ratio,
}
