"""The average frequency rank of a sentence's words."""

import numpy as np
import pytest

from seq2seq.evaluation.buckets import average_ranks
from tiny_models import vocabulary_of


def ids(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


def test_the_most_frequent_word_has_rank_one() -> None:
    vocabulary = vocabulary_of(["a a a b b c", "a d"], 5)
    words = np.array(vocabulary.encode(["a", "b", "c"]), dtype=np.int32)
    assert average_ranks([words], vocabulary_size=len(vocabulary)) == [pytest.approx(2)]


def test_an_unknown_word_has_the_rank_of_the_vocabulary_s_size() -> None:
    assert average_ranks([ids(2, 0)], vocabulary_size=160_000) == [pytest.approx(160_001 / 2)]


def test_no_words_have_rank_nothing() -> None:
    assert average_ranks([ids(), ids(4)], vocabulary_size=9) == [0.0, 3.0]
