"""Phrase pairs consistent with a word alignment (Och and Ney 2004, Koehn, Och and Marcu 2003).

A run of words on one side and a run on the other are a phrase pair if at least one link joins them
and no link joins a word inside to a word outside.  Words without links may stand at either end.
The definition is the same from both sides, so the same function serves both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from seq2seq.smt.symmetrize import Link

NOT_LINKED = 1 << 30


class Block(NamedTuple):
    """Words ``begin`` to ``end`` (exclusive) here, ``other_begin`` to ``other_end`` there."""

    begin: int
    end: int
    other_begin: int
    other_end: int


@dataclass(frozen=True)
class Reach:
    """For each word of one side the first and last word of the other that it is linked to.

    A word without links has ``NOT_LINKED`` as its first and -1 as its last.
    """

    first: list[int]
    last: list[int]


def reach(words: int, links: Iterable[Link]) -> Reach:
    """The reach of the side that comes first in ``links``."""
    first, last = [NOT_LINKED] * words, [-1] * words
    for here, there in links:
        first[here] = min(first[here], there)
        last[here] = max(last[here], there)
    return Reach(first, last)


def consistent_blocks(
    spans: Iterable[tuple[int, int]], here: Reach, there: Reach, *, longest: int
) -> Iterator[Block]:
    """All phrase pairs whose side ``here`` is one of ``spans`` (begin, end exclusive)."""
    for begin, end in spans:
        low, high = min(here.first[begin:end]), max(here.last[begin:end]) + 1
        if high == 0 or high - low > longest:
            continue
        if min(there.first[low:high]) < begin or max(there.last[low:high]) >= end:
            continue
        leftmost = _widened(there, low, -1, max(high - longest, 0))
        rightmost = _widened(there, high - 1, 1, min(low + longest, len(there.last)) - 1) + 1
        for left in range(low, leftmost - 1, -1):
            for right in range(high, min(rightmost, left + longest) + 1):
                yield Block(begin, end, left, right)


def _widened(side: Reach, place: int, step: int, limit: int) -> int:
    """The last place before a word with links, going by ``step`` and not beyond ``limit``."""
    while place != limit and side.last[place + step] < 0:
        place += step
    return place
