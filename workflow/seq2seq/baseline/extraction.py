"""Phrase pairs consistent with a word alignment (Och and Ney 2004, Koehn, Och and Marcu 2003).

A run of words on one side and a run on the other are a phrase pair if at least one link joins them
and no link joins a word inside to a word outside.  Words without links may stand at either end.
The definition is the same from both sides, so the same function serves both.
"""

from collections.abc import Iterator, Set
from typing import NamedTuple

from seq2seq.baseline.symmetrize import AlignedPair, format_links

NOT_LINKED = 1 << 30
SEPARATOR = "|||"  # as a token it cannot be part of a phrase in the table's file


class SpanPair(NamedTuple):
    """Source words ``begin`` to ``end`` (exclusive), target words ``left`` to ``right``."""

    begin: int
    end: int
    left: int
    right: int


def phrase_pairs(pair: AlignedPair, asked: Set[str], *, longest: int) -> Iterator[SpanPair]:
    """All phrase pairs of up to ``longest`` words whose source phrase is asked for."""
    here, there = reach(pair), reach(pair.swapped())
    for begin, end, phrase in ngrams(pair.source, longest):
        if phrase not in asked:
            continue
        low = min(first for first, _ in here[begin:end])
        high = max(last for _, last in here[begin:end]) + 1
        if high == 0 or high - low > longest:
            continue
        if any(first < begin or last >= end for first, last in there[low:high] if last >= 0):
            continue
        leftmost = _widened(there, low, -1, max(high - longest, 0))
        rightmost = _widened(there, high - 1, 1, min(low + longest, len(there)) - 1) + 1
        for left in range(low, leftmost - 1, -1):
            for right in range(high, min(rightmost, left + longest) + 1):
                if SEPARATOR not in pair.target[left:right]:
                    yield SpanPair(begin, end, left, right)


def reach(pair: AlignedPair) -> list[tuple[int, int]]:
    """For each source word the first and last target word that it is linked to.

    A word without links has ``NOT_LINKED`` as its first and -1 as its last.
    """
    found = [(NOT_LINKED, -1)] * len(pair.source)
    for here, there in pair.links:
        first, last = found[here]
        found[here] = min(first, there), max(last, there)
    return found


def _widened(side: list[tuple[int, int]], place: int, step: int, limit: int) -> int:
    """The last place before a word with links, going by ``step`` and not beyond ``limit``."""
    while place != limit and side[place + step][1] < 0:
        place += step
    return place


def phrase_key(pair: AlignedPair, spans: SpanPair) -> tuple[str, str, str]:
    """Source phrase, target phrase and the links inside."""
    begin, end, left, right = spans
    inside = [(here - begin, there - left) for here, there in pair.links if begin <= here < end]
    source, target = " ".join(pair.source[begin:end]), " ".join(pair.target[left:right])
    return source, target, format_links(inside)


def ngrams(tokens: list[str], longest: int) -> Iterator[tuple[int, int, str]]:
    """All runs of one to ``longest`` tokens: begin, end (exclusive) and text."""
    for begin in range(len(tokens)):
        for end in range(begin + 1, min(begin + longest, len(tokens)) + 1):
            yield begin, end, " ".join(tokens[begin:end])
