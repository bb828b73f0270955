"""Selection of training pairs."""

from collections import Counter

import pytest

from seq2seq.data.preparation import sample
from seq2seq.errors import UserError


def test_a_sample_has_the_size_and_keeps_the_order() -> None:
    for size in (0, 1, 50, 99, 100):
        chosen = list(sample(range(100), total=100, size=size, seed=3))
        assert len(chosen) == size
        assert chosen == sorted(set(chosen))


def test_a_sample_depends_on_its_seed_alone() -> None:
    first = list(sample(range(1000), total=1000, size=10, seed=1))
    assert first == list(sample(range(1000), total=1000, size=10, seed=1))
    assert first != list(sample(range(1000), total=1000, size=10, seed=2))


def test_every_pair_is_as_likely_to_be_chosen() -> None:
    counts: Counter[int] = Counter()
    for seed in range(4000):
        counts.update(sample(range(10), total=10, size=3, seed=seed))
    # 1,200 expected each; 29 is one standard deviation of a binomial count.
    assert all(abs(counts[k] - 1200) < 5 * 29 for k in range(10))


def test_more_than_there_is_cannot_be_selected() -> None:
    with pytest.raises(UserError, match="asks for 5 pairs, but 4 are left"):
        list(sample(range(4), total=4, size=5, seed=1))
