"""The average frequency rank of a sentence's words."""

import numpy as np
import pytest

from seq2seq.evaluation.rarity import average_rank, average_ranks
from tiny_models import vocabulary_of


def ids(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


def test_the_most_frequent_word_has_rank_one() -> None:
    vocabulary = vocabulary_of(["a a a b b c", "a d"], 5)
    words = np.array(vocabulary.encode(["a", "b", "c"]), dtype=np.int32)
    assert average_rank(words, vocabulary_size=len(vocabulary)) == pytest.approx((1 + 2 + 3) / 3)


def test_an_unknown_word_has_the_rank_of_the_vocabulary_s_size() -> None:
    assert average_rank(ids(2, 0), vocabulary_size=160_000) == pytest.approx((1 + 160_000) / 2)


def test_no_words_have_rank_nothing() -> None:
    assert average_ranks([ids(), ids(4)], vocabulary_size=9) == [0.0, 3.0]
