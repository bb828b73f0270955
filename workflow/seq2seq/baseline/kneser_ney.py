"""Interpolated modified Kneser-Ney (Chen and Goodman 1998), as arithmetic on arrays.

An n-gram is known by the row of its first n-1 words and its last word.  n-grams that open a sentence
keep their counts at every order, for nothing precedes them.  Of a pruned order, n-grams that occur once
are left out after they were counted, as Moses does by ``--prune``: their share of the probability goes
to the backoff, so every context still sums to one.  What contains such an n-gram occurs once too.

Memory is 12 bytes a word of text, some 60 for each n-gram kept, and a bucket of the text to sort.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.baseline.language_model import BEGIN, END, LEAST, UNKNOWN, Array, Integers, Ngrams

RESERVED = (UNKNOWN, BEGIN, END)
UNKNOWN_ID, BEGIN_ID, END_ID = range(3)
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)  # where a corpus is too small to estimate them
NO_NGRAM, PRUNED = -1, -2
AT_ONCE = 1 << 24  # words of text sorted at once, at some 60 bytes each


class _Counted(NamedTuple):
    """The kept n-grams of one order; ``prefixes`` and ``suffixes`` are places in the order below.

    ``pruned`` n-grams are not among them; ``pruned_after`` counts those of each prefix.  ``left`` has
    the number of different words seen to the left of each n-gram of the order below.
    """

    prefixes: Integers
    words: Integers
    suffixes: Integers
    counts: Integers
    opens_sentence: NDArray[np.bool_]
    pruned_after: Integers
    left: Integers
    pruned: int


def estimate(
    sentences: Iterable[list[str]], *, order: int, prune_order: int | None = None
) -> tuple[list[str], Iterator[Ngrams]]:
    """The vocabulary and the n-grams of 1 to ``order`` words, orders from ``prune_order`` pruned."""
    vocabulary, words = _encode(sentences)
    counted = _count(words, order=order, prune_order=prune_order or order + 1, size=len(vocabulary))
    return vocabulary, _weighted(counted, size=len(vocabulary))


def _encode(sentences: Iterable[list[str]]) -> tuple[list[str], Integers]:
    """The vocabulary, and all sentences in one row of words."""
    ids = {word: number for number, word in enumerate(RESERVED)}
    words = array("i")
    for tokens in sentences:
        words.append(BEGIN_ID)
        words.extend(
            UNKNOWN_ID if token in RESERVED else ids.setdefault(token, len(ids)) for token in tokens
        )
        words.append(END_ID)
    return list(ids), np.frombuffer(words, np.int32)


def _count(words: Integers, *, order: int, prune_order: int, size: int) -> Iterator[_Counted]:
    none = np.zeros(size, np.int32)
    counts = np.bincount(words, minlength=size).astype(np.int32)
    yield _Counted(none, np.arange(size), none, counts, none > 0, none[:1], none[:1], 0)
    ending = words  # the n-gram of the order below that ends at each word
    for length in range(2, order + 1):
        ending, counted = _count_order(words, ending, counts, length, prune=length >= prune_order)
        yield counted
        counts = counted.counts


def _count_order(
    words: Integers, below: Integers, counts: Integers, length: int, *, prune: bool
) -> tuple[Integers, _Counted]:
    """The n-gram of ``length`` words that ends at each word of the text, and their counts."""
    here = np.full(len(words), NO_NGRAM, np.int32)
    pruned_after, left = np.zeros(len(counts), np.int32), np.zeros(len(counts), np.int32)
    inside = words[1:] != BEGIN_ID
    alone = np.flatnonzero((below[:-1] == PRUNED) & inside) + 1
    here[alone] = PRUNED
    _tally(left, below[alone])
    parts, total, pruned = [], 0, len(alone)
    for first, last in _buckets(counts):
        found = np.flatnonzero((below[:-1] >= first) & (below[:-1] < last) & inside)
        keys = below[found].astype(np.int64) << 32 | words[1:][found]
        found += 1
        keys, places, repeats = np.unique(keys, return_inverse=True, return_counts=True)
        ends = np.empty(len(keys), np.int64)
        ends[places] = found
        suffixes, opens = below[ends], words[ends - length + 1] == BEGIN_ID
        _tally(left, suffixes)
        kept = repeats > 1 if prune else np.full(len(keys), True)
        _tally(pruned_after, (keys[~kept] >> 32).astype(np.int32))
        pruned += int(np.count_nonzero(~kept))
        numbers = np.where(kept, total + np.cumsum(kept) - 1, PRUNED).astype(np.int32)
        here[found] = numbers[places]
        total += int(np.count_nonzero(kept))
        columns = (keys >> 32, keys & 0xFFFFFFFF, suffixes, repeats)
        parts.append([*(one[kept].astype(np.int32) for one in columns), opens[kept]])
    prefixes, ends, suffixes, repeats, opens = map(np.concatenate, zip(*parts, strict=True))
    return here, _Counted(prefixes, ends, suffixes, repeats, opens, pruned_after, left, pruned)


def _tally(counts: Integers, places: Integers) -> None:
    """Count the places that are of an n-gram."""
    counts += np.bincount(places[places >= 0], minlength=len(counts)).astype(np.int32)


def _buckets(counts: Integers) -> Iterator[tuple[int, int]]:
    """Ranges of n-grams that occur about ``AT_ONCE`` times."""
    reached = np.cumsum(counts, dtype=np.int64) // AT_ONCE
    yield from pairwise([0, *(np.flatnonzero(np.diff(reached)) + 1).tolist(), len(counts)])


def _weighted(orders: Iterator[_Counted], *, size: int) -> Iterator[Ngrams]:
    """Log probabilities and backoffs of each order; its backoffs come from the order above."""
    shorter = np.full(1, 1.0 / (size - 1))  # <s> is never predicted
    below, waiting = 0, None  # the first row of the order below; an order without its backoffs
    for one, longer in pairwise(chain(orders, [None])):
        assert one is not None
        probabilities, backoffs = _interpolate(one, longer, shorter)
        if waiting:
            yield waiting._replace(backoffs=np.log(backoffs))
        logs = np.log(probabilities)
        if not waiting:
            logs[BEGIN_ID] = LEAST * log(10)
        rows = (one.prefixes + below, one.words, one.suffixes + below)
        waiting = Ngrams(*rows, logs, np.zeros(len(logs)))
        below, shorter = below + len(shorter), probabilities
    if waiting:
        yield waiting


def _interpolate(one: _Counted, longer: _Counted | None, shorter: Array) -> tuple[Array, Array]:
    """Probabilities of the n-grams, and backoff weights of those one word shorter.

    Below the highest order the number of different words seen to the left takes the count.
    """
    counts = one.counts if longer is None else np.where(one.opens_sentence, one.counts, longer.left)
    counts = np.where(one.words == BEGIN_ID, 0, counts)
    discounts = _discounts(counts, one.pruned)[np.minimum(counts, 3)]
    totals = np.bincount(one.prefixes, weights=counts, minlength=len(shorter)) + one.pruned_after
    freed = np.bincount(one.prefixes, weights=discounts, minlength=len(shorter)) + one.pruned_after
    backoff = np.divide(freed, totals, out=np.ones(len(shorter)), where=totals > 0)
    seen = (counts - discounts) / totals[one.prefixes]
    return seen + backoff[one.prefixes] * shorter[one.suffixes], backoff


def _discounts(counts: Integers, pruned: int) -> Array:
    """What is taken off counts of 0, 1, 2, and 3 or more; pruned n-grams have a count of 1."""
    seen = [int(np.count_nonzero(counts == value)) for value in range(1, 5)]
    seen[0] += pruned
    found = [0.0]
    if min(seen) > 0:
        share = seen[0] / (seen[0] + 2 * seen[1])
        found = [k - (k + 1) * share * seen[k] / seen[k - 1] for k in (1, 2, 3)]
    return np.array([0.0, *(found if min(found) > 0.0 else FALLBACK_DISCOUNTS)])
