"""Which of the cleaned pairs are trained on: all, the first, a sample, or those like the dev set.

Choices are made over the whole corpus, in its order, whatever parts it was tokenized in.
"""

import random
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError

T = TypeVar("T")

Places = NDArray[np.int64]


def check_enough(wanted: int, total: int) -> None:
    """Raises UserError: more pairs are wanted than there are."""
    if wanted > total:
        raise UserError(
            f"`train_pairs` asks for {wanted:,} pairs, but {total:,} are left after cleaning. Lower "
            "it, or set it to null and `selection` to all."
        )


def sample(items: Iterable[T], *, total: int, wanted: int, seed: int) -> Iterator[T]:
    """``wanted`` of the ``total`` items in their order, every choice being equally likely.

    Selection sampling (Knuth, *The Art of Computer Programming* 2, 3.4.2, algorithm S): one pass,
    no memory.

    Raises:
        UserError: more are wanted than there are.
    """
    check_enough(wanted, total)
    chance = random.Random(seed)
    for index, item in enumerate(items):
        if chance.random() * (total - index) < wanted:
            wanted -= 1
            yield item


def lowest(scores: NDArray[np.float32], wanted: int) -> Places:
    """The places of the ``wanted`` lowest scores in rising order; of equal ones the first.

    Raises:
        UserError: more are wanted than there are.
    """
    check_enough(wanted, len(scores))
    if wanted == 0:
        return np.zeros(0, dtype=np.int64)
    limit = np.partition(scores, wanted - 1)[wanted - 1]
    chosen = scores < limit
    equal = np.flatnonzero(scores == limit)
    chosen[equal[: wanted - int(np.count_nonzero(chosen))]] = True
    return np.flatnonzero(chosen)
