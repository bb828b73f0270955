"""BLEU against a property of the source sentences: both halves of the paper's Figure 3.

The test sentences stand in order of the property, their length or the rarity of their words, and are
cut into groups of about 500.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import bleu_2014, bootstrap_interval
from seq2seq.evaluation.counts import Counts


@dataclass(frozen=True)
class Bucket:
    """Sentences of neighbouring values, by their line numbers (from 0) in order of value."""

    sentences: NDArray[np.int64]
    lowest: float
    highest: float


@dataclass(frozen=True)
class BucketScore:
    """A bucket's number of sentences, its values' range, and BLEU in percent in its 95 % interval."""

    sentences: int
    lowest: float
    highest: float
    bleu: float
    low: float
    high: float


def bucket_by(values: Sequence[float], *, bucket_size: int) -> list[Bucket]:
    """Groups as even as can be, in all as many as come nearest to ``bucket_size`` sentences each.

    Sentences of one value stay in the order of the test set.  Each sentence is in one group.

    Raises:
        UserError: there are no sentences.
    """
    if not values:
        raise UserError("There are no sentences to group: the test set is empty.")
    order = np.argsort(np.asarray(values, dtype=np.float64), kind="stable")
    count = max(1, round(len(order) / bucket_size))
    bounds = [len(order) * index // count for index in range(count + 1)]
    return [
        Bucket(
            sentences=order[start:stop],
            lowest=float(values[order[start]]),
            highest=float(values[order[stop - 1]]),
        )
        for start, stop in pairwise(bounds)
    ]


def score_buckets(counts: Counts, buckets: Sequence[Bucket], *, seed: int) -> list[BucketScore]:
    """BLEU of each group, as in 2014, from the counts ``[sentences, 10]`` of the whole test set."""
    scores = []
    for bucket in buckets:
        members = counts[bucket.sentences]
        interval = bootstrap_interval(members, seed=seed)
        scores.append(
            BucketScore(
                sentences=len(members),
                lowest=bucket.lowest,
                highest=bucket.highest,
                bleu=bleu_2014(members).score,
                low=interval.low,
                high=interval.high,
            )
        )
    return scores
