"""Which training pairs are kept: neither side empty, too long, or too unlike the other in length."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from seq2seq.corpus.tokens import split
from seq2seq.errors import UserError

T = TypeVar("T")

REASONS = ("empty", "too_long", "length_ratio")


@dataclass(frozen=True)
class Limits:
    """Tokens a side may have, and how often the longer side may be as long as the shorter."""

    max_tokens: int
    max_length_ratio: float | None


def fault(source: str, target: str, limits: Limits) -> str | None:
    """The first of ``REASONS`` for which a tokenized pair is dropped, or none."""
    shorter, longer = sorted((len(split(source)), len(split(target))))
    if shorter == 0:
        return "empty"
    if longer > limits.max_tokens:
        return "too_long"
    if limits.max_length_ratio is not None and longer > limits.max_length_ratio * shorter:
        return "length_ratio"
    return None


def cleaned(
    pairs: Iterable[tuple[str, str]], limits: Limits, dropped: Counter[str]
) -> Iterator[tuple[str, str]]:
    """The pairs without fault; the others are counted in ``dropped`` by reason."""
    for pair in pairs:
        reason = fault(*pair, limits)
        if reason is None:
            yield pair
        else:
            dropped[reason] += 1


def sample(items: Iterable[T], *, total: int, wanted: int, seed: int) -> Iterator[T]:
    """``wanted`` of the ``total`` items in their order, every choice being equally likely.

    Selection sampling (Knuth, *The Art of Computer Programming* 2, 3.4.2, algorithm S): one pass,
    no memory.

    Raises:
        UserError: more are wanted than there are.
    """
    if wanted > total:
        raise UserError(
            f"`train_pairs` asks for {wanted} pairs, but {total} are left after cleaning. Lower it, "
            "or set it to null to keep them all."
        )
    chance = random.Random(seed)
    for index, item in enumerate(items):
        if chance.random() * (total - index) < wanted:
            wanted -= 1
            yield item
