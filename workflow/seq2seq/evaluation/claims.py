"""Verdicts on the paper's claims, by tests specified before the run.

Every claim says that a statistic exceeds a threshold.  It is *supported* if the whole 95 % interval
lies above the threshold, *contradicted* if all of it lies below, and *inconclusive* otherwise.  It is
*not testable at this size* if the test set or the system's BLEU is too small for the statistic, and
*not tested* if the run does not have its systems.

The primary claims are a family: their p values are corrected by Holm's method, and a verdict other
than *inconclusive* needs a corrected p below 0.05 as well.  Where another step provides a one-sided
p value in place of an interval, below 0.05 supports and above 0.95 contradicts.

Intervals come from test sets resampled for all systems together (see ``bootstrap``).  They cover the
choice of test sentences, not the randomness of training.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Counts
from seq2seq.evaluation.bootstrap import Interval, bleu_on, interval_of, test_sets
from seq2seq.evaluation.buckets import ShortSentences, bucket_by, length_slope
from seq2seq.evaluation.claim_definitions import PRIMARY, STATISTICS, Claim, kind_of
from seq2seq.evaluation.perplexity import LogProbabilities
from seq2seq.io.files import read_json

Verdict = Literal[
    "supported", "contradicted", "inconclusive", "not testable at this size", "not tested"
]
VERDICTS: tuple[Verdict, ...] = (
    *("supported", "contradicted", "inconclusive"),
    *("not testable at this size", "not tested"),
)
SIGNIFICANT = 0.05
LEAST_BLEU = 10.0  # a system that translates nothing does not get worse with length either
FEWEST_SENTENCES = 60  # ten in each sixth
BY_LENGTH = frozenset({"bleu_slope", "bleu_longest_step"})
SIXTHS = 6  # the paper's axis has six buckets of newstest2014; the last begins at 35 words

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """A statistic's value with its 95 % interval or a p value.

    With an interval the p value is two-sided, without one it is one-sided.  ``p_holm`` is corrected
    for the family of primary claims.
    """

    value: float
    interval: Interval | None = None
    p_value: float | None = None
    p_holm: float | None = None

    def verdict(self, threshold: float) -> Verdict:
        """The rule above; a limit of the interval at the threshold decides nothing."""
        if self.interval is not None:
            above, below = self.interval.low > threshold, self.interval.high < threshold
        elif self.p_value is not None:
            above = self.value > threshold and self.p_value < SIGNIFICANT
            below = self.value < threshold and self.p_value > 1 - SIGNIFICANT
        else:
            above = below = False
        if self.p_holm is not None and self.p_holm >= SIGNIFICANT:
            return "inconclusive"
        return "supported" if above else "contradicted" if below else "inconclusive"


@dataclass(frozen=True)
class Evidence:
    """The run's results by operand: counts of outputs, models' scores, quoted and measured numbers.

    ``source_lengths`` are in tokens, one for each test sentence; ``short`` are the sentences on which
    Figure 3's slope is tested.
    """

    source_lengths: Sequence[int]
    short: ShortSentences
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
    """``effect`` is our effect as a share of the paper's; ``scores`` are the operands' values."""

    claim: Claim
    verdict: Verdict
    found: Finding | None = None
    effect: float | None = None
    scores: tuple[float, ...] = ()


def read_number(path: str | Path, place: str) -> float | None:
    """A number in a JSON file, at keys and positions joined by dots; None where it is null.

    Raises:
        UserError: no such place, or no number there.
    """
    value = read_json(path)
    for part in place.split("."):
        if value is None:
            return None
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise UserError(f"{path}: has no `{place}`. Delete the file and rerun.") from error
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise UserError(f"{path}: {value!r} at `{place}` is not a number. Delete it and rerun.")
    return None if value is None else float(value)


def evaluate_claims(claims: Sequence[Claim], evidence: Evidence, *, seed: int) -> list[ClaimResult]:
    """A verdict for each claim; ``seed`` draws the test sets, the same for all claims."""
    samples = test_sets(len(evidence.source_lengths), seed=seed)
    made = {claim.id: all(map(evidence.has, claim.operands)) for claim in claims}
    found = {
        claim.id: _finding(claim, evidence, samples, seed) if made[claim.id] else None
        for claim in claims
    }
    primary = [claim.id for claim in claims if claim.family == PRIMARY]
    p_values = {id: f.p_value for id in primary if (f := found[id]) and f.p_value is not None}
    p_holm = holm(p_values, family=len(primary))
    results = []
    for claim in claims:
        own = found[claim.id]
        own = own and replace(own, p_holm=p_holm.get(claim.id))
        results.append(_result(claim, own, evidence, made[claim.id]))
    return results


def holm(p_values: Mapping[str, float], *, family: int) -> dict[str, float]:
    """Holm's step-down correction for a family of which perhaps not all were tested."""
    corrected: dict[str, float] = {}
    largest = 0.0
    for rank, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (family - rank) * p_values[name]))
        corrected[name] = largest
    return corrected


def effect_share(value: float, paper: float, *, neutral: float) -> float:
    """Our effect over the paper's, both relative to ``neutral``; ratios by their logarithms."""
    if neutral == 1:
        return math.log(value) / math.log(paper)
    return (value - neutral) / (paper - neutral)


def _result(claim: Claim, found: Finding | None, evidence: Evidence, made: bool) -> ClaimResult:
    if found is None:
        return ClaimResult(claim, "not testable at this size" if made else "not tested")
    effect = None
    if claim.paper_value is not None:
        neutral = STATISTICS[claim.statistic].neutral
        effect = effect_share(found.value, claim.paper_value, neutral=neutral)
    scores = _scores(claim.operands, evidence)
    return ClaimResult(claim, found.verdict(claim.threshold), found, effect, scores)


def _finding(claim: Claim, evidence: Evidence, samples: Values, seed: int) -> Finding | None:
    """None where the test set or the system's BLEU is too small for the statistic."""
    if claim.statistic == "measured_ratio":
        above, below, p_one_sided = (evidence.measured[operand] for operand in claim.operands)
        return Finding(above / below, p_value=p_one_sided) if below else None
    if claim.statistic in BY_LENGTH and _scores(claim.operands, evidence)[0] < LEAST_BLEU:
        return None
    if claim.statistic == "bleu_slope":
        slope = length_slope(evidence.counts[claim.operands[0]], evidence.short, seed=seed)
        return Finding(slope.per_ten_words, slope.interval) if slope else None
    if len(evidence.source_lengths) < FEWEST_SENTENCES:
        return None
    values = _values(claim, evidence, samples)
    p_value = _two_sided(values[1:], claim.threshold) if claim.family == PRIMARY else None
    return Finding(float(values[0]), interval_of(values[1:]), p_value)


def _two_sided(values: Values, threshold: float) -> float:
    """The bootstrap p value that goes with the percentile interval."""
    tails = [np.count_nonzero(side) + 1 for side in (values <= threshold, values >= threshold)]
    return min(1.0, 2 * min(tails) / (len(values) + 1))


def _scores(operands: Sequence[str], evidence: Evidence) -> tuple[float, ...]:
    """Each operand's own value: BLEU or perplexity on the whole test set, or what was measured."""
    whole = np.ones((1, len(evidence.source_lengths)))
    scores: list[float] = []
    for operand in operands:
        if operand in evidence.measured:
            scores.append(evidence.measured[operand])
        else:
            score = _perplexity if operand in evidence.log_probabilities else _bleu
            scores.append(float(score(operand, evidence, whole)[0]))
    return tuple(scores)


def _bleu(
    operand: str, evidence: Evidence, samples: Values, sentences: Any = slice(None)
) -> Values:
    """BLEU of all or some sentences on each test set; a quoted number is the same on all."""
    if operand in evidence.quoted:
        return np.full(len(samples), float(operand))
    return bleu_on(samples[:, sentences], evidence.counts[operand][sentences])


def _perplexity(operand: str, evidence: Evidence, samples: Values) -> Values:
    return evidence.log_probabilities[operand].perplexity_on(samples)


def _values(claim: Claim, evidence: Evidence, samples: Values) -> Values:
    """A resampled statistic on each test set."""
    operands = claim.operands
    if claim.statistic == "perplexity_ratio":
        first, second = (_perplexity(operand, evidence, samples) for operand in operands)
        return first / second
    bleu = partial(_bleu, evidence=evidence, samples=samples)
    size = math.ceil(len(evidence.source_lengths) / SIXTHS)
    *_, before, longest = bucket_by(evidence.source_lengths, bucket_size=size)
    if claim.statistic == "bleu_difference_long":
        first, second = (bleu(operand, sentences=longest.sentences) for operand in operands)
        return first - second
    if claim.statistic == "bleu_longest_step":
        last = bleu(operands[0], sentences=longest.sentences)
        return last - bleu(operands[0], sentences=before.sentences)
    first, *others = map(bleu, operands)
    return first - sum(others) / len(others)  # of one system, or above the midpoint of two
