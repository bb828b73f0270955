"""Buckets of test sentences by length, and the slope of BLEU over it."""

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from seq2seq.data.tokenizer import tokenize
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import bleu_2014, bleu_of_tokens, corpus_counts
from seq2seq.evaluation.buckets import (
    FEWEST_BUCKETS,
    bucket_by,
    length_slope,
    score_buckets,
    shorter_than,
)
from seq2seq.io.files import read_lines


@pytest.mark.parametrize(("sentences", "size"), [(1, 500), (7, 3), (1000, 500), (3003, 500)])
def test_every_sentence_is_in_one_group(sentences: int, size: int) -> None:
    generator = random.Random(sentences)
    lengths = [generator.randrange(1, 80) for _ in range(sentences)]
    buckets = bucket_by(lengths, bucket_size=size)
    members = np.concatenate([bucket.sentences for bucket in buckets])
    assert sorted(members.tolist()) == list(range(sentences))
    sizes = [len(bucket.sentences) for bucket in buckets]
    assert max(sizes) - min(sizes) <= 1
    assert len(buckets) == max(1, round(sentences / size))


def test_groups_go_from_short_to_long() -> None:
    generator = random.Random(2)
    lengths = [generator.randrange(1, 30) for _ in range(100)]
    buckets = bucket_by(lengths, bucket_size=10)
    for bucket, following in pairwise(buckets):
        assert bucket.lowest <= bucket.highest <= following.lowest
        assert {lengths[line] for line in bucket.sentences} >= {bucket.lowest, bucket.highest}


def test_sentences_of_one_length_keep_their_order() -> None:
    buckets = bucket_by([5, 3, 5, 3, 5, 5], bucket_size=3)
    assert [bucket.sentences.tolist() for bucket in buckets] == [[1, 3, 0], [2, 4, 5]]


def test_the_papers_axis_comes_out_on_its_test_set(shared_data: Path) -> None:
    text = read_lines(shared_data / "wmt-newstest/derived/newstest2014.eval.en")
    lengths = [len(tokenize(line, "en").split(" ")) for line in text]
    buckets = bucket_by(lengths, bucket_size=500)
    assert [bucket.lowest for bucket in buckets][1:] == [12, 17, 22, 28, 35]
    assert buckets[-1].highest == 79


def test_a_groups_bleu_is_that_of_its_sentences_alone() -> None:
    references = ["a b c d", "a b c d e f", "g h i j k l m", "a a a a"]
    hypotheses = ["a b c d", "a b c d x f", "g h i j x l m", "a a a b"]
    buckets = bucket_by([4, 6, 7, 4], bucket_size=2)
    scores = score_buckets(corpus_counts(hypotheses, references), buckets, seed=1)
    long = bleu_of_tokens(hypotheses[1:3], references[1:3]).score
    assert scores[1].bleu == pytest.approx(long)
    assert scores[1].low <= long <= scores[1].high


def test_an_empty_test_set_is_refused() -> None:
    with pytest.raises(UserError, match="test set is empty"):
        bucket_by([], bucket_size=500)


def test_only_shorter_sentences_are_in_the_test_of_the_slope() -> None:
    lengths = [40, 3, 35, 8, 34, 5, 90, 10]
    short = shorter_than(35, lengths, bucket_size=2)
    assert [bucket.sentences.tolist() for bucket in short.buckets] == [[1, 5], [3, 7, 4]]
    assert short.mean_lengths == pytest.approx((4, 52 / 3))
    assert shorter_than(3, lengths, bucket_size=2).buckets == ()


def test_the_slope_is_that_of_a_straight_line_through_the_groups() -> None:
    counts = _counts(lengths := _lengths(300), precision=lambda length: 0.9 - 0.01 * length, seed=1)
    short = shorter_than(35, lengths, bucket_size=50)
    slope = length_slope(counts, short, seed=1)
    bleu = [bleu_2014(counts[bucket.sentences]).score for bucket in short.buckets]
    expected = 10 * np.polyfit(short.mean_lengths, bleu, 1)[0]
    assert slope is not None
    assert slope.per_ten_words == pytest.approx(expected)
    assert slope.interval.low < slope.per_ten_words < slope.interval.high
    assert slope.interval.high < 0
    assert slope == length_slope(counts, short, seed=1)


def test_bleu_that_does_not_depend_on_length_is_seldom_said_to_fall() -> None:
    covered = fell = 0
    for seed in range(30):
        lengths = _lengths(150)
        counts = _counts(lengths, precision=lambda length: 0.7, seed=seed)
        slope = length_slope(counts, shorter_than(35, lengths, bucket_size=50), seed=1)
        assert slope is not None
        covered += slope.interval.low <= 0 <= slope.interval.high
        fell += slope.interval.high < 0
    assert covered >= 25  # 95 % of 30 is 28.5
    assert fell <= 3


def test_too_few_groups_tell_no_slope() -> None:
    lengths = _lengths(100)
    counts = _counts(lengths, precision=lambda length: 0.7, seed=1)
    few = shorter_than(35, lengths, bucket_size=100 // (FEWEST_BUCKETS - 1))
    assert length_slope(counts, few, seed=1) is None
    assert length_slope(counts, shorter_than(2, lengths, bucket_size=10), seed=1) is None
    alike = shorter_than(35, [7] * 100, bucket_size=20)
    assert length_slope(counts, alike, seed=1) is None


def _lengths(sentences: int) -> list[int]:
    return [5 + index % 30 for index in range(sentences)]


def _counts(
    lengths: list[int], *, precision: Callable[[int], float], seed: int
) -> NDArray[np.int64]:
    """Sentences whose n-grams match with a known probability; as long as their references."""
    generator = np.random.default_rng(seed)
    rows = []
    for length in lengths:
        possible = [length - order for order in range(4)]
        matched = [
            generator.binomial(number, precision(length) ** (order + 1))
            for order, number in enumerate(possible)
        ]
        rows.append([length, length, *matched, *possible])
    return np.array(rows, dtype=np.int64)
