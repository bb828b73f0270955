"""Asking an n-gram model for probabilities, word by word.

A state stands for the words before: the longest run of them that the model knows as a context.  Two
hypotheses in the same state are treated alike by the model whatever follows, which is what lets
the decoder join them.
"""

from array import array
from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import NamedTuple

from seq2seq.errors import UserError
from seq2seq.smt.arpa import BEGIN, END, UNKNOWN, Ngrams, read_arpa

NO_CONTEXT = 0


class Followed(NamedTuple):
    """What a run of words costs after a state, and the state it leads to."""

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
        self._log_probabilities = array("d")
        self._next = array("q")
        for order in orders:
            self._add(order, states)
        self._unknown = self._words[UNKNOWN]
        self._end = self._words[END]
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

    @property
    def vocabulary(self) -> list[str]:
        """All words that can be asked for, with those that mark unknown words and the ends."""
        return list(self._words)

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
        """The probability that the sentence ends after ``state``."""
        return self.follow(state, (self._end,)).log_probability


def read_language_model(path: str | Path) -> LanguageModel:
    """A model from an ARPA file.

    Raises:
        UserError: not such a file, or a model that lacks ``<unk>``, ``</s>`` or an n-gram's parts.
    """
    try:
        return LanguageModel(read_arpa(path))
    except KeyError as error:
        raise UserError(
            f"{path}: the n-gram {error.args[0]!r} is needed but missing. "
            "Make or fetch the model anew."
        ) from error


def _contexts(orders: list[Ngrams]) -> dict[str, int]:
    """Each run of words that something is known to follow, numbered; the empty one is 0."""
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
