"""The n-gram language model: estimated by interpolated modified Kneser-Ney, kept as an ARPA file.

Estimation (Chen and Goodman 1998) is arithmetic on arrays: an n-gram is known by the number of its
first n-1 words and its last word.  n-grams that open a sentence keep their counts at every order,
for nothing precedes them.  The decoder asks word by word; a state is the longest run of the words
before that the model knows as a context, so hypotheses in the same state can be recombined.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines, write_lines

UNKNOWN, BEGIN, END = RESERVED = ("<unk>", "<s>", "</s>")
UNKNOWN_ID, BEGIN_ID, END_ID = range(3)
IMPOSSIBLE = -99.0
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)  # where a corpus is too small to estimate them
NO_CONTEXT = 0

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


class Ngrams(NamedTuple):
    """The n-grams of one order, words joined by blanks; both numbers are base-10 logarithms."""

    names: list[str]
    probabilities: Array
    backoffs: Array


class _Counted(NamedTuple):
    """N-grams of one order; ``prefixes`` and ``suffixes``, a word shorter, count in the order below."""

    prefixes: Integers
    words: Integers
    suffixes: Integers
    opens_sentence: NDArray[np.bool_]
    counts: Integers


def estimate(sentences: Iterable[list[str]], *, order: int) -> list[Ngrams]:
    """The n-grams of 1 to ``order`` words; in every context probabilities sum to one."""
    vocabulary, words, places = _encode(sentences)
    counted = _count(words, places, order=order, size=len(vocabulary))
    probabilities = np.full(1, 1.0 / (len(vocabulary) - 1))  # <s> is never predicted
    names: list[list[str]] = []
    levels: list[tuple[Array, Array]] = []
    for number, one in enumerate(counted):
        longer = counted[number + 1] if number + 1 < order else None
        probabilities, backoff = _interpolate(one, _adjusted(one, longer), probabilities)
        levels.append((np.log10(probabilities), np.log10(backoff)))
        pairs = zip(one.prefixes.tolist(), one.words.tolist(), strict=True)
        joined = [f"{names[-1][prefix]} {vocabulary[word]}" for prefix, word in pairs if names]
        names.append(joined if names else vocabulary)
    backoffs = [backoff for _, backoff in levels[1:]] + [np.zeros(len(names[-1]))]
    logs = (level for level, _ in levels)
    return [Ngrams(*parts) for parts in zip(names, logs, backoffs, strict=True)]


def _encode(sentences: Iterable[list[str]]) -> tuple[list[str], Integers, Integers]:
    """The vocabulary, all sentences in one row of words, and each word's place in its sentence."""
    ids = {word: number for number, word in enumerate(RESERVED)}
    words, places = array("q"), array("q")
    for tokens in sentences:
        words.append(BEGIN_ID)
        words.extend(
            UNKNOWN_ID if token in RESERVED else ids.setdefault(token, len(ids)) for token in tokens
        )
        words.append(END_ID)
        places.extend(range(len(tokens) + 2))
    return list(ids), np.array(words, np.int64), np.array(places, np.int64)


def _count(words: Integers, places: Integers, *, order: int, size: int) -> list[_Counted]:
    nothing = np.zeros(size, np.int64)
    counts = np.bincount(words, minlength=size)
    orders = [_Counted(nothing, np.arange(size), nothing, nothing > 0, counts)]
    ending = words  # the number of the n-gram of the order below that ends at each word
    for length in range(2, order + 1):
        found = np.flatnonzero(places >= length - 1)
        keys = ending[found - 1] * size + words[found]
        keys, first, numbers, counts = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
        opens = places[found[first]] == length - 1
        orders.append(_Counted(keys // size, keys % size, ending[found[first]], opens, counts))
        ending = np.full(len(words), -1)
        ending[found] = numbers
    return orders


def _adjusted(one: _Counted, longer: _Counted | None) -> Integers:
    """Below the highest order the number of different words seen to the left takes the count."""
    counts = one.counts
    if longer is not None:
        left = np.bincount(longer.suffixes, minlength=len(counts))
        counts = np.where(one.opens_sentence, counts, left)
    return np.where(one.words == BEGIN_ID, 0, counts)


def _interpolate(one: _Counted, counts: Integers, shorter: Array) -> tuple[Array, Array]:
    """Probabilities of the n-grams, and backoff weights of those one word shorter."""
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    totals = np.bincount(one.prefixes, weights=counts, minlength=len(shorter))
    freed = np.bincount(one.prefixes, weights=discounts, minlength=len(shorter))
    backoff = np.divide(freed, totals, out=np.ones(len(shorter)), where=totals > 0)
    seen = (counts - discounts) / totals[one.prefixes]
    return seen + backoff[one.prefixes] * shorter[one.suffixes], backoff


def _discounts(counts: Integers) -> Array:
    """What is taken off counts of 0, 1, 2, and 3 or more."""
    seen = [int((counts == value).sum()) for value in range(1, 5)]
    found = [0.0]
    if min(seen) > 0:
        share = seen[0] / (seen[0] + 2 * seen[1])
        found = [k - (k + 1) * share * seen[k] / seen[k - 1] for k in (1, 2, 3)]
    return np.array([0.0, *(found if min(found) > 0.0 else FALLBACK_DISCOUNTS)])


def write_arpa(path: str | Path, orders: list[Ngrams]) -> int:
    """Write the model; returns the number of n-grams."""
    write_lines(path, _arpa_lines(orders))
    return sum(len(order.names) for order in orders)


def _arpa_lines(orders: list[Ngrams]) -> Iterator[str]:
    yield "\\data\\"
    for number, order in enumerate(orders, start=1):
        yield f"ngram {number}={len(order.names)}"
    for number, order in enumerate(orders, start=1):
        yield ""
        yield f"\\{number}-grams:"
        logs, backoffs = order.probabilities.tolist(), order.backoffs.tolist()
        for name, value, backoff in zip(order.names, logs, backoffs, strict=True):
            shown = f"{IMPOSSIBLE if name == BEGIN else value:.8g}\t{name}"
            yield shown if number == len(orders) else f"{shown}\t{backoff:.8g}"
    yield ""
    yield "\\end\\"


def read_arpa(path: str | Path) -> list[Ngrams]:
    """The n-grams of each order, shorter ones first."""
    sections: list[tuple[list[str], array[float], array[float]]] = []
    for number, line in enumerate(read_lines(path), start=1):
        if line == "\\end\\" and sections:
            return [Ngrams(names, *map(np.array, values)) for names, *values in sections]
        if line.startswith("\\") and line.endswith("-grams:"):
            sections.append(([], array("d"), array("d")))
        elif sections and line:
            try:
                probability, name, *backoff = line.split("\t")
                sections[-1][1].append(float(probability))
                sections[-1][2].append(float(backoff[0]) if backoff else 0.0)
                sections[-1][0].append(name)
            except ValueError as error:
                raise UserError(
                    f"{location(path, number)}: expected `log-probability<TAB>words[<TAB>backoff]`, "
                    f"found {line[:60]!r}. Make or fetch the model again."
                ) from error
    raise UserError(f"{path}: no `\\end\\` at the end of the ARPA file. Make or fetch it again.")


class Followed(NamedTuple):
    log_probability: float
    state: int


class LanguageModel:
    """States and words are numbers; all probabilities are natural logarithms."""

    def __init__(self, orders: list[Ngrams]) -> None:
        states = _contexts(orders)
        self._words = {name: number for number, name in enumerate(orders[0].names)}
        self._size = len(self._words)
        self._backoff = array("d", bytes(8 * len(states)))
        self._shorter = array("q", bytes(8 * len(states)))
        self._arcs: dict[int, int] = {}  # context and word to a place in the next two
        self._log_probabilities, self._next = array("d"), array("q")
        for order in orders:
            self._add(order, states)
        self._unknown, self._end = self._words[UNKNOWN], self._words[END]
        self.start = states.get(BEGIN, NO_CONTEXT)

    def _add(self, order: Ngrams, states: dict[str, int]) -> None:
        self._log_probabilities.extend((order.probabilities * log(10)).tolist())
        for name, backoff in zip(order.names, (order.backoffs * log(10)).tolist(), strict=True):
            if (state := states.get(name)) is not None:
                self._backoff[state] = backoff
                self._shorter[state] = _longest_known(states, name.partition(" ")[2])
            context, _, word = name.rpartition(" ")
            self._arcs[states[context] * self._size + self._words[word]] = len(self._next)
            self._next.append(_longest_known(states, name) if state is None else state)

    def word(self, text: str) -> int:
        return self._words.get(text, self._unknown)

    def follow(self, state: int, words: Sequence[int]) -> Followed:
        """The probability of the words after ``state``, and the state they lead to."""
        total = 0.0
        for word in words:
            while (arc := self._arcs.get(state * self._size + word)) is None:
                total += self._backoff[state]
                state = self._shorter[state]
            total += self._log_probabilities[arc]
            state = self._next[arc]
        return Followed(total, state)

    def end(self, state: int) -> float:
        return self.follow(state, (self._end,)).log_probability


def read_language_model(path: str | Path) -> LanguageModel:
    try:
        return LanguageModel(read_arpa(path))
    except KeyError as error:
        raise UserError(
            f"{path}: the n-gram {error.args[0]!r} is needed but missing. "
            "Make or fetch the model again."
        ) from error


def _contexts(orders: list[Ngrams]) -> dict[str, int]:
    """Ids of all n-gram contexts; the empty context is 0."""
    numbers = {"": NO_CONTEXT}
    for order in orders[1:]:
        for name in order.names:
            numbers.setdefault(name.rpartition(" ")[0], len(numbers))
    return numbers


def _longest_known(states: dict[str, int], words: str) -> int:
    """The state of the longest end of ``words`` that is a context."""
    while (state := states.get(words)) is None:
        words = words.partition(" ")[2]
    return state
