"""BLEU against sentence length (the paper's Figure 3, left), and does it fall?

The paper's axis is "marked by the actual sequence lengths": 12 17 22 28 35 are those at the bounds
of groups of 500 sentences of newstest2014's English side (plain Moses tokens), 79 is its longest.

The paper's caption: "There is no degradation on sentences with less than 35 words, there is only a
minor degradation on the longest sentences."  Among the shorter sentences BLEU of a group is fitted
by a straight line over the group's mean length; resampling the sentences of each group tells how
far the slope is due to chance.  The test is stated here beforehand: BLEU falls if the whole 95 %
interval of the slope is below zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.bleu import CONFIDENCE, RESAMPLES, Interval, scores_of
from seq2seq.evaluation.buckets import Bucket, bucket_by
from seq2seq.evaluation.counts import Counts

FEWEST_GROUPS = 3


@dataclass(frozen=True)
class Short:
    """The sentences shorter than ``below`` tokens in groups of neighbouring lengths."""

    below: int
    buckets: tuple[Bucket, ...]
    mean_lengths: tuple[float, ...]

    @property
    def sentences(self) -> int:
        return sum(len(bucket.sentences) for bucket in self.buckets)


@dataclass(frozen=True)
class Slope:
    """BLEU per ten words, its interval, and the chance of a fall: the share of slopes below zero."""

    per_ten_words: float
    interval: Interval
    share_falling: float

    @property
    def falls(self) -> bool:
        return self.interval.high < 0


def bucket_by_length(lengths: Sequence[int], *, bucket_size: int) -> list[Bucket]:
    """Groups of neighbouring lengths (in source tokens); see ``bucket_by``."""
    return bucket_by(lengths, bucket_size=bucket_size)


def shorter_than(below: int, lengths: Sequence[int], *, bucket_size: int) -> Short:
    """Group the sentences that are shorter; perhaps there are none."""
    lines = np.array([k for k, length in enumerate(lengths) if length < below], dtype=np.int64)
    if len(lines) == 0:
        return Short(below, (), ())
    short = [lengths[line] for line in lines]
    buckets = [
        Bucket(lines[bucket.sentences], bucket.lowest, bucket.highest)
        for bucket in bucket_by_length(short, bucket_size=bucket_size)
    ]
    means = [float(np.mean([lengths[line] for line in bucket.sentences])) for bucket in buckets]
    return Short(below, tuple(buckets), tuple(means))


def length_slope(counts: Counts, short: Short, *, seed: int) -> Slope | None:
    """The slope from the counts ``[sentences, 10]`` of the whole test set; none of too few groups.

    The same ``seed`` draws the same sentences, so that systems are compared on equal terms.
    """
    if len(short.buckets) < FEWEST_GROUPS or len(set(short.mean_lengths)) < FEWEST_GROUPS:
        return None
    generator = np.random.default_rng(seed)
    totals, resampled = [], []
    for bucket in short.buckets:
        members = counts[bucket.sentences]
        size = len(members)
        totals.append(members.sum(axis=0))
        draws = (generator.integers(size, size=size) for _ in range(RESAMPLES))
        resampled.append(
            scores_of(np.stack([np.bincount(draw, minlength=size) @ members for draw in draws]))
        )
    observed = _local_grads(short.mean_lengths, scores_of(np.stack(totals))[:, None])
    slopes = _local_grads(short.mean_lengths, np.stack(resampled))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(slopes, [tail, 1 - tail])
    return Slope(float(observed[0]), Interval(float(low), float(high)), float((slopes < 0).mean()))


def _local_grads(lengths: Sequence[float], bleu: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares slopes, for ten words, of each column of ``bleu`` ``[buckets, resamples]``."""
    centered = np.asarray(lengths) - np.mean(lengths)
    slopes: NDArray[np.float64] = 10 * (centered @ bleu) / (centered @ centered)
    return slopes
