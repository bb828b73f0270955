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

UNKNOWN, BEGIN, END = "<unk>", "<s>", "</s>"
LEAST = -99.0  # base-10 logarithm of what cannot be
NO_CONTEXT = 0
WORD_BITS = 32  # of the last word in the number of an n-gram
LARGEST = np.iinfo(np.int64).max  # follows the numbers of all n-grams
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
    sections: list[list[Any]] = []  # of each order its words, and base-10 logarithms
    for number, line in enumerate(read_lines(path), start=1):
        try:
            if line == f"\\{len(sections) + 1}-grams:":
                sections.append([array("i"), array("d"), array("d")])
            elif line == "\\end\\" and sections:
                return _sort(ids, sections)
            elif sections and line:
                _add(line, ids, *sections[-1], order=len(sections))
        except KeyError as error:
            needed = f"needs the n-gram {error.args[0]!r} exactly once"
            raise UserError(f"{path}: {needed}. Make or fetch the model again.") from error
        except ValueError as error:
            raise UserError(
                f"{location(path, number)}: expected `log-probability<TAB>words[<TAB>backoff]`, "
                f"found {line[:60]!r}. Make or fetch the model again."
            ) from error
    raise UserError(f"{path}: no `\\end\\` at the end of the ARPA file. Make or fetch it again.")


def _add(
    line: str, ids: dict[str, int], words: Any, logs: Any, backoffs: Any, *, order: int
) -> None:
    """Add an n-gram; a ValueError if the line has none of this order, a KeyError for a new word."""
    probability, *tokens = line.replace("\t", " ").split(" ")
    backoff = tokens[order:] or ["0"]
    if len(tokens) < order or len(backoff) > 1 or not float(probability) <= 0.0:
        raise ValueError(line)
    if order == 1:
        ids.setdefault(tokens[0], len(ids))
    words.extend(ids[token] for token in tokens[:order])
    logs.append(max(float(probability), LEAST))
    backoffs.append(float(backoff[0]))


def _sort(ids: dict[str, int], sections: list[list[Any]]) -> tuple[list[str], list[Ngrams]]:
    """Both as in the table; a KeyError for an n-gram that others need, or that is there twice."""
    if END not in ids:
        raise KeyError(END)
    if UNKNOWN not in ids:  # a closed vocabulary
        _add(f"{LEAST} {UNKNOWN}", ids, *sections[0], order=1)
    vocabulary, orders = list(ids), []
    known: list[tuple[int, Integers]] = []  # of each order its first row and the n-grams' numbers
    first = 1
    for order, (words, *values) in enumerate(sections, start=1):
        ngrams = np.array(words, np.int64).reshape(-1, order)
        keys = _rows_of(ngrams[:, :-1], known) << WORD_BITS | ngrams[:, -1]
        by = np.argsort(keys, kind="stable")
        ngrams, keys = ngrams[by], np.append(keys[by], LARGEST)
        missing, twice = np.flatnonzero(keys < 0), np.flatnonzero(np.diff(keys) == 0)
        for bad, length in [*((k, order - 1) for k in missing), *((k, order) for k in twice)]:
            raise KeyError(" ".join(vocabulary[word] for word in ngrams[bad, :length]))
        suffixes = np.zeros(len(by), np.int64)
        for start in range(1, order):
            left = np.flatnonzero(suffixes <= 0)
            suffixes[left] = _rows_of(ngrams[left, start:], known)
        logs, backoffs = (np.array(one)[by] * log(10) for one in values)
        orders.append(Ngrams(keys[:-1] >> WORD_BITS, ngrams[:, -1], suffixes, logs, backoffs))
        known.append((first, keys))
        first += len(by)
    return vocabulary, orders


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

    @classmethod
    def read(cls, files: Files) -> "LanguageModel":
        return cls(list(read_lines(files[0])), np.load(files[1], mmap_mode="r"))

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
