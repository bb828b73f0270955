"""Estimation of a language model: interpolated modified Kneser-Ney (Chen and Goodman 1998).

Every n-gram is a number; an n-gram of order n is known by the number of its first n-1 words and its
last word, so counting is sorting and everything else is arithmetic on arrays.  n-grams that open a
sentence keep their counts at every order, for nothing stands to their left.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.smt.arpa import BEGIN, END, UNKNOWN, Ngrams

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

RESERVED = (UNKNOWN, BEGIN, END)
UNKNOWN_ID, BEGIN_ID, END_ID = range(3)
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)  # where a corpus is too small to estimate them


@dataclass(frozen=True)
class _Text:
    """All sentences in one row of words, with the place of each word in its sentence."""

    vocabulary: list[str]
    words: Integers
    places: Integers


@dataclass(frozen=True)
class _Counted:
    """The n-grams of one order, their parts given by number.

    ``prefixes`` lack the last word, ``suffixes`` the first one; both count in the order below.
    """

    prefixes: Integers
    words: Integers
    suffixes: Integers
    opens_sentence: NDArray[np.bool_]
    counts: Integers


@dataclass(frozen=True)
class _Level:
    """Probabilities of the n-grams of one order, and backoff weights of those one word shorter."""

    probabilities: Array
    backoff: Array


def estimate(sentences: Iterable[list[str]], *, order: int) -> list[Ngrams]:
    """The n-grams of 1 to ``order`` words; in every context probabilities sum to one."""
    text = _number(sentences)
    counted = _count(text, order)
    names = text.vocabulary
    uniform = np.full(1, 1.0 / (len(names) - 1))  # <s> is never predicted
    level = _Level(uniform, np.ones(1))
    result: list[Ngrams] = []
    for number, one in enumerate(counted):
        longer = counted[number + 1] if number + 1 < order else None
        level = _interpolate(one, _adjusted(one, longer), level.probabilities)
        if number > 0:
            result[-1] = result[-1].with_backoffs(np.log10(level.backoff))
            names = [
                f"{names[prefix]} {text.vocabulary[word]}"
                for prefix, word in zip(one.prefixes.tolist(), one.words.tolist(), strict=True)
            ]
        result.append(Ngrams(names, np.log10(level.probabilities), np.zeros(len(names))))
    return result


def _number(sentences: Iterable[list[str]]) -> _Text:
    numbers = {word: number for number, word in enumerate(RESERVED)}
    words: list[int] = []
    places: list[int] = []
    for tokens in sentences:
        words.append(BEGIN_ID)
        for token in tokens:
            known = UNKNOWN_ID if token in RESERVED else numbers.setdefault(token, len(numbers))
            words.append(known)
        words.append(END_ID)
        places.extend(range(len(tokens) + 2))
    return _Text(list(numbers), np.array(words, np.int64), np.array(places, np.int64))


def _count(text: _Text, order: int) -> list[_Counted]:
    size = len(text.vocabulary)
    nothing = np.zeros(size, np.int64)
    counts = np.bincount(text.words, minlength=size)
    orders = [_Counted(nothing, np.arange(size), nothing, nothing > 0, counts)]
    ending = text.words  # the number of the n-gram of the order below that ends at each word
    for length in range(2, order + 1):
        at = np.flatnonzero(text.places >= length - 1)
        keys = ending[at - 1] * size + text.words[at]
        keys, first, numbers, counts = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
        opens = text.places[at[first]] == length - 1
        orders.append(_Counted(keys // size, keys % size, ending[at[first]], opens, counts))
        ending = np.full(len(text.words), -1)
        ending[at] = numbers
    return orders


def _adjusted(one: _Counted, longer: _Counted | None) -> Integers:
    """Below the highest order the number of different words seen to the left takes the count."""
    if longer is None:
        counts = one.counts
    else:
        left = np.bincount(longer.suffixes, minlength=len(one.counts))
        counts = np.where(one.opens_sentence, one.counts, left)
    return np.where(one.words == BEGIN_ID, 0, counts)


def _interpolate(one: _Counted, counts: Integers, shorter: Array) -> _Level:
    """Discounted relative frequencies plus what that leaves, shared out as one order below."""
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    totals = np.bincount(one.prefixes, weights=counts, minlength=len(shorter))
    freed = np.bincount(one.prefixes, weights=discounts, minlength=len(shorter))
    backoff = np.divide(freed, totals, out=np.ones(len(shorter)), where=totals > 0)
    seen = (counts - discounts) / totals[one.prefixes]
    return _Level(seen + backoff[one.prefixes] * shorter[one.suffixes], backoff)


def _discounts(counts: Integers) -> Array:
    """What is taken off counts of 0, 1, 2, and 3 or more."""
    ones, twos, threes, fours = (int((counts == value).sum()) for value in range(1, 5))
    found = (0.0, 0.0, 0.0)
    if min(ones, twos, threes, fours) > 0:
        share = ones / (ones + 2 * twos)
        found = (
            1 - 2 * share * twos / ones,
            2 - 3 * share * threes / twos,
            3 - 4 * share * fours / threes,
        )
    return np.array([0.0, *(found if min(found) > 0.0 else FALLBACK_DISCOUNTS)])
