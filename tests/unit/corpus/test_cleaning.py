"""Cleaning and sampling of training pairs."""

from collections import Counter

import pytest

from seq2seq.corpus.cleaning import Limits, cleaned, fault, sample
from seq2seq.errors import UserError

LIMITS = Limits(max_tokens=4, max_length_ratio=2)


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("a b", "a b c d", None),
        ("a b c d e", "a b c d", "too_long"),
        ("a b c d", "a b c d e", "too_long"),
        ("a", "a b c", "length_ratio"),
        ("a b c", "a", "length_ratio"),
        ("", "a", "empty"),
        ("a", "", "empty"),
        ("", "", "empty"),
        ("", "a b c d e", "empty"),
    ],
)
def test_a_pair_is_dropped_for_one_reason(source: str, target: str, reason: str | None) -> None:
    assert fault(source, target, LIMITS) == reason


def test_without_a_ratio_lengths_may_differ() -> None:
    assert fault("a", "a b c d", Limits(4, None)) is None


def test_what_is_dropped_is_counted() -> None:
    dropped: Counter[str] = Counter()
    pairs = [("a", "b"), ("", "b"), ("a", ""), ("a", "b c d")]
    assert list(cleaned(pairs, LIMITS, dropped)) == [("a", "b")]
    assert dropped == {"empty": 2, "length_ratio": 1}


def test_a_sample_has_the_wanted_size_and_keeps_the_order() -> None:
    for wanted in (0, 1, 50, 99, 100):
        chosen = list(sample(range(100), total=100, wanted=wanted, seed=3))
        assert len(chosen) == wanted
        assert chosen == sorted(set(chosen))


def test_a_sample_depends_on_its_seed_alone() -> None:
    first = list(sample(range(1000), total=1000, wanted=10, seed=1))
    assert first == list(sample(range(1000), total=1000, wanted=10, seed=1))
    assert first != list(sample(range(1000), total=1000, wanted=10, seed=2))


def test_every_pair_is_as_likely_to_be_chosen() -> None:
    counts: Counter[int] = Counter()
    for seed in range(4000):
        counts.update(sample(range(10), total=10, wanted=3, seed=seed))
    # 1,200 expected each; 29 is one standard deviation of a binomial count.
    assert all(abs(counts[k] - 1200) < 5 * 29 for k in range(10))


def test_more_than_there_is_cannot_be_sampled() -> None:
    with pytest.raises(UserError, match="asks for 5 pairs, but 4 are left"):
        list(sample(range(4), total=4, wanted=5, seed=1))
