"""Choose sentences or pairs: a uniform sample, or those with the lowest scores."""

import random
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError

T = TypeVar("T")

Indices = NDArray[np.int64]


def check_enough(size: int, total: int) -> None:
    if size > total:
        raise UserError(
            f"`train_pairs` asks for {size:,} pairs, but {total:,} are left after cleaning. Lower "
            "it, or set it to null and `selection` to all."
        )


def sample(items: Iterable[T], *, total: int, size: int, seed: int) -> Iterator[T]:
    """A uniform sample of ``size`` of the ``total`` items, in order; one pass, no memory.

    Selection sampling: Knuth, *The Art of Computer Programming* 2, 3.4.2, algorithm S.
    """
    check_enough(size, total)
    generator = random.Random(seed)
    for index, item in enumerate(items):
        if generator.random() * (total - index) < size:
            size -= 1
            yield item


def lowest(scores: NDArray[np.float32], size: int) -> Indices:
    """The indices of the ``size`` lowest scores, ascending; the first ones among equals."""
    check_enough(size, len(scores))
    return np.sort(np.argsort(scores, kind="stable")[:size])
