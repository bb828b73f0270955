"""BLEU against a property of the source sentences: both halves of the paper's Figure 3.

Test sentences are sorted by the property and cut into buckets of about 500: ``docs/figures.md`` says
why.  The slope of a straight line over the short buckets tests "no degradation on sentences with less
than 35 words".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.evaluation import bootstrap
from seq2seq.evaluation.bleu import Counts, bleu_2014
from seq2seq.evaluation.bootstrap import Interval, Samples
from seq2seq.special_tokens import SPECIALS, UNK_ID

FEWEST_BUCKETS = 3  # for a slope
SLOPE_CONFIDENCE = 0.90  # as the one-sided claim on it


@dataclass(frozen=True)
class Bucket:
    """Line numbers (from 0) of sentences with neighbouring values, in order of value."""

    sentences: NDArray[np.int64]
    lowest: float
    highest: float


@dataclass(frozen=True)
class BucketScore:
    """A bucket's size, its range of values, and BLEU in percent with its 95 % interval."""

    sentences: int
    lowest: float
    highest: float
    bleu: float
    low: float
    high: float


@dataclass(frozen=True)
class ShortSentences:
    """The sentences shorter than ``below`` tokens, in buckets by length."""

    below: int
    buckets: tuple[Bucket, ...]
    mean_lengths: tuple[float, ...]


@dataclass(frozen=True)
class Slope:
    """BLEU per ten words, and its 90 % interval: the claim on it is one-sided."""

    per_ten_words: float
    interval: Interval


def bucket_by(values: Sequence[float], *, bucket_size: int) -> list[Bucket]:
    """Cut the sentences into buckets of equal size, give or take one, near ``bucket_size``.

    Sentences with the same value keep the order of the test set.

    Raises:
        UserError: there are no sentences.
    """
    if not values:
        raise UserError("There are no sentences to group: the test set is empty.")
    order = np.argsort(np.asarray(values, dtype=np.float64), kind="stable")
    count = max(1, round(len(order) / bucket_size))
    bounds = [len(order) * index // count for index in range(count + 1)]
    return [
        Bucket(order[start:stop], float(values[order[start]]), float(values[order[stop - 1]]))
        for start, stop in pairwise(bounds)
    ]


def score_buckets(counts: Counts, buckets: Sequence[Bucket], *, seed: int) -> list[BucketScore]:
    """BLEU of each bucket, from the counts ``[sentences, 10]`` of the whole test set."""
    scores = []
    for bucket in buckets:
        members = counts[bucket.sentences]
        interval = bootstrap.bootstrap_interval(members, seed=seed)
        found = (bleu_2014(members).score, interval.low, interval.high)
        scores.append(BucketScore(len(members), bucket.lowest, bucket.highest, *found))
    return scores


def shorter_than(below: int, lengths: Sequence[int], *, bucket_size: int) -> ShortSentences:
    """The sentences shorter than ``below``, in buckets; perhaps none."""
    values = np.asarray(lengths)
    lines = np.flatnonzero(values < below)
    if len(lines) == 0:
        return ShortSentences(below, (), ())
    found = bucket_by(values[lines].tolist(), bucket_size=bucket_size)
    buckets = [replace(bucket, sentences=lines[bucket.sentences]) for bucket in found]
    means = [float(values[bucket.sentences].mean()) for bucket in buckets]
    return ShortSentences(below, tuple(buckets), tuple(means))


def length_slope(counts: Counts, short: ShortSentences, *, seed: int) -> Slope | None:
    """The slope from the counts ``[sentences, 10]`` of the whole test set; None for few buckets."""
    if not has_slope(short):
        return None
    slopes = slopes_on(bootstrap.test_sets(len(counts), seed=seed), counts, short)
    return Slope(float(slopes[0]), bootstrap.interval_of(slopes[1:], SLOPE_CONFIDENCE))


def has_slope(short: ShortSentences) -> bool:
    return min(len(short.buckets), len(set(short.mean_lengths))) >= FEWEST_BUCKETS


def slopes_on(samples: Samples, counts: Counts, short: ShortSentences) -> Samples:
    """BLEU per ten words on each test set; systems on the same test sets can be compared."""
    members = (bucket.sentences for bucket in short.buckets)
    bleu = np.stack([bootstrap.bleu_on(samples[:, lines], counts[lines]) for lines in members])
    centered = np.asarray(short.mean_lengths) - np.mean(short.mean_lengths)
    slopes: Samples = 10 * (centered @ bleu) / (centered @ centered)
    return slopes


def average_ranks(sentences: Iterable[NDArray[np.int32]], *, vocabulary_size: int) -> list[float]:
    """The mean frequency rank of each sentence's ids, sorted by frequency; 0 for an empty one."""
    ranks = []
    for ids in sentences:
        rank = np.where(ids == UNK_ID, vocabulary_size, ids.astype(np.int64) - len(SPECIALS) + 1)
        ranks.append(float(rank.mean()) if len(ids) else 0.0)
    return ranks
