"""The n-gram language model: a table that jobs share, from our estimate or a user's ARPA file.

The table is sorted by the row of an n-gram's first n-1 words, then by its last word.  So the words that
follow a context are neighbors, and found by bisection.  Row 0 is the empty context.  Decoding maps the
file into memory, where all processes of a machine have it in common.

The decoder asks word by word; a state is the row of the longest run of the words before that the model
knows as a context, so hypotheses in the same state can be recombined.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines, write_lines, writing

UNKNOWN, BEGIN, END = RESERVED = ("<unk>", "<s>", "</s>")
UNKNOWN_ID, BEGIN_ID, END_ID = range(3)
LEAST = -99.0  # base-10 logarithm of what cannot be
NO_CONTEXT = 0
WORD_BITS = 32  # of the last word in the number of an n-gram
ROW = np.dtype(
    [("word", "<i4"), ("child", "<u4"), ("state", "<u4"), ("shorter", "<u4"),
     ("log_probability", "<f4"), ("backoff", "<f4")]
)  # fmt: skip

Array = NDArray[np.float64]
Integers = NDArray[Any]
Files = tuple[Path, Path]  # the vocabulary, one word a line, and the table


class Ngrams(NamedTuple):
    """The n-grams of one order, sorted by prefix and word; both numbers are natural logarithms.

    ``prefixes`` are the rows of all words but the last, ``suffixes`` those of the longest run of words
    at the end that is an n-gram of a lower order.
    """

    prefixes: Integers
    words: Integers
    suffixes: Integers
    log_probabilities: Array
    backoffs: Array


def write_language_model(files: Files, vocabulary: list[str], orders: Iterable[Ngrams]) -> int:
    """Write both files; returns the number of n-grams."""
    table = make_table(list(orders))
    write_lines(files[0], vocabulary)
    with writing(files[1]) as file:
        np.save(file, table)
    return len(table) - 2


def make_table(orders: Sequence[Ngrams]) -> NDArray[Any]:
    """A row for the empty context, one for each n-gram, and one for the end.

    The words after a context are in the rows from its ``child`` to that of the next row.  ``state`` is
    the state after the n-gram, ``shorter`` the one to back off to.
    """
    prefixes = np.concatenate([one.prefixes for one in orders])
    table = np.zeros(len(prefixes) + 2, ROW)
    children = np.bincount(prefixes, minlength=len(table))
    table["child"] = 1 + np.cumsum(children) - children
    first = 1
    for one in orders:
        last = first + len(one.words)
        rows, shorter = table[first:last], table["state"][one.suffixes]
        rows["word"], rows["shorter"] = one.words, shorter
        rows["log_probability"], rows["backoff"] = one.log_probabilities, one.backoffs
        is_context = (children[first:last] > 0) | (one.backoffs != 0.0)
        rows["state"] = np.where(is_context, np.arange(first, last), shorter)
        first = last
    return table


def read_arpa(path: str | Path) -> tuple[list[str], list[Ngrams]]:
    """The vocabulary, and the n-grams of each order, shorter ones first."""
    ids: dict[str, int] = {}
    sections: list[tuple[array[int], array[float], array[float]]] = []
    orders: list[Ngrams] = []
    lines = enumerate(read_lines(path), start=1)
    for number, line in lines:
        if line == f"\\{len(sections) + 1}-grams:":
            sections.append((array("i"), array("d"), array("d")))
        elif line == "\\end\\" and sections:
            break
        elif sections and line:
            try:
                words, probability, backoff = _parse(line, order=len(sections))
            except ValueError as error:
                raise UserError(
                    f"{location(path, number)}: expected `log-probability<TAB>words[<TAB>backoff]`, "
                    f"found {line[:60]!r}. Make or fetch the model again."
                ) from error
            if len(sections) == 1:
                ids.setdefault(words[0], len(ids))
            try:
                sections[-1][0].extend(ids[word] for word in words)
            except KeyError as error:
                raise _missing(path, error.args[0]) from error
            sections[-1][1].append(probability)
            sections[-1][2].append(backoff)
    else:
        raise UserError(
            f"{path}: no `\\end\\` at the end of the ARPA file. Make or fetch it again."
        )
    if END not in ids:
        raise _missing(path, END)
    if UNKNOWN not in ids:  # a closed vocabulary
        ids[UNKNOWN] = len(ids)
        sections[0][0].append(ids[UNKNOWN])
        sections[0][1].append(LEAST)
        sections[0][2].append(0.0)
    known: list[tuple[int, Integers]] = []
    for order, (words_of, *values) in enumerate(sections, start=1):
        ngrams = np.array(words_of, np.int64).reshape(-1, order)
        orders.append(_sorted(path, list(ids), ngrams, [np.array(one) for one in values], known))
    return list(ids), orders


def _parse(line: str, *, order: int) -> tuple[list[str], float, float]:
    """Words, probability and backoff; a ValueError if it is no n-gram of this order."""
    probability, *words = line.replace("\t", " ").split(" ")
    backoff = words[order:] or ["0"]
    if len(words) < order or len(backoff) > 1 or not float(probability) <= 0.0:
        raise ValueError(line)
    return words[:order], max(float(probability), LEAST), float(backoff[0])


def _missing(path: str | Path, name: str) -> UserError:
    return UserError(
        f"{path}: the n-gram {name!r} is needed but missing. Make or fetch the model again."
    )


def _sorted(
    path: str | Path,
    vocabulary: list[str],
    ngrams: Integers,
    values: list[Array],
    known: list[tuple[int, Integers]],
) -> Ngrams:
    """One order; adds to ``known`` the number of its first row and its n-grams' sorted numbers."""
    prefixes = _rows_of(ngrams[:, :-1], known)
    for bad in np.flatnonzero(prefixes < 0)[:1]:
        raise _missing(path, " ".join(vocabulary[word] for word in ngrams[bad, :-1]))
    keys = prefixes << WORD_BITS | ngrams[:, -1]
    by = np.argsort(keys, kind="stable")
    for bad in by[1:][np.diff(keys[by]) == 0][:1]:
        name = " ".join(vocabulary[word] for word in ngrams[bad])
        raise UserError(f"{path}: has the n-gram {name!r} twice. Make or fetch the model again.")
    ngrams, suffixes = ngrams[by], np.zeros(len(by), np.int64)
    for start in range(1, ngrams.shape[1]):
        open_ones = np.flatnonzero(suffixes <= 0)
        suffixes[open_ones] = _rows_of(ngrams[open_ones, start:], known)
    first = known[-1][0] + len(known[-1][1]) - 1 if known else 1
    known.append((first, np.append(keys[by], np.iinfo(np.int64).max)))
    logs, backoffs = (one[by] * log(10) for one in values)
    return Ngrams(prefixes[by], ngrams[:, -1], suffixes, logs, backoffs)


def _rows_of(ngrams: Integers, known: list[tuple[int, Integers]]) -> Integers:
    """The row of each n-gram, -1 if there is none."""
    rows = np.zeros(len(ngrams), np.int64)
    for column, (first, keys) in zip(ngrams.T, known, strict=False):
        wanted = rows << WORD_BITS | column
        places = np.searchsorted(keys, wanted)
        rows = np.where(keys[places] == wanted, first + places, -1)
    return rows


class Followed(NamedTuple):
    log_probability: float
    state: int


class LanguageModel:
    """States are rows and words are ids; all probabilities are natural logarithms."""

    def __init__(self, vocabulary: Sequence[str], table: NDArray[Any]) -> None:
        self._words = {name: number for number, name in enumerate(vocabulary)}
        columns = [table[name].data for name in ROW.names or ()]
        self._word, self._child, self._state, self._shorter = columns[:4]
        self._log_probability, self._backoff = columns[4:]
        self._unknown, self._end = self._words[UNKNOWN], self._words[END]
        begin = self._words.get(BEGIN)
        self.start = NO_CONTEXT if begin is None else self._state[1 + begin]

    def word(self, text: str) -> int:
        return self._words.get(text, self._unknown)

    def follow(self, state: int, words: Sequence[int]) -> Followed:
        """The probability of the words after ``state``, and the state they lead to."""
        total = 0.0
        for word in words:
            row = 1 + word
            while state != NO_CONTEXT:
                end = self._child[state + 1]
                row = bisect_left(self._word, word, self._child[state], end)
                if row < end and self._word[row] == word:
                    break
                total += self._backoff[state]
                state, row = self._shorter[state], 1 + word
            total += self._log_probability[row]
            state = self._state[row]
        return Followed(total, state)

    def end(self, state: int) -> float:
        return self.follow(state, (self._end,)).log_probability


def read_language_model(files: Files) -> LanguageModel:
    return LanguageModel(list(read_lines(files[0])), np.load(files[1], mmap_mode="r"))
