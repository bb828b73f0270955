"""Asking an n-gram model for probabilities, word by word.

A state stands for the words before: the longest run of them that the model knows as a context.  Two
hypotheses in the same state are treated alike by the model whatever follows, which is what lets
the decoder join them.
"""

from array import array
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path
from typing import NamedTuple

from seq2seq.errors import UserError
from seq2seq.smt.arpa import BEGIN, END, UNKNOWN, ArpaEntry, read_arpa

NO_CONTEXT = 0


class Followed(NamedTuple):
    """What a run of words costs after a state, and the state it leads to."""

    log_probability: float
    state: int


class LanguageModel:
    """States and words are numbers; all probabilities are natural logarithms."""

    def __init__(self, entries: Iterable[ArpaEntry]) -> None:
        ngrams = list(entries)
        states = _contexts(ngrams)
        self._words = {one.name: number for number, one in enumerate(ngrams) if one.order == 1}
        self._size = len(self._words)
        self._backoff = array("d", bytes(8 * len(states)))
        self._shorter = array("q", bytes(8 * len(states)))
        self._arcs: dict[int, int] = {}
        self._log_probabilities = array("d")
        self._next = array("q")
        for one in ngrams:
            if (state := states.get(one.name)) is not None:
                self._backoff[state] = one.log_backoff * log(10)
                self._shorter[state] = _longest_known(states, one.name.partition(" ")[2])
            context, _, word = one.name.rpartition(" ")
            self._arcs[states[context] * self._size + self._words[word]] = len(self._next)
            self._log_probabilities.append(one.log_probability * log(10))
            self._next.append(_longest_known(states, one.name))
        self._unknown = self._words.get(UNKNOWN, -1)
        self._end = self._words[END]
        self.start = states.get(BEGIN, NO_CONTEXT)

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
        UserError: not such a file, or a model without ``<unk>``, ``</s>`` or an n-gram's parts.
    """
    try:
        model = LanguageModel(read_arpa(path))
    except KeyError as error:
        raise UserError(
            f"{path}: has an n-gram with {error.args[0]!r} but lacks that itself. "
            "Make or fetch the model anew."
        ) from error
    if model.word("") < 0:
        raise UserError(f"{path}: has no {UNKNOWN}. Make the model anew with one.")
    return model


def _contexts(ngrams: Iterable[ArpaEntry]) -> dict[str, int]:
    """Each run of words that something is known to follow, numbered; the empty one is 0."""
    numbers = {"": NO_CONTEXT}
    for one in ngrams:
        if one.order > 1:
            numbers.setdefault(one.name.rpartition(" ")[0], len(numbers))
    return numbers


def _longest_known(states: dict[str, int], words: str) -> int:
    """The state of the longest end of ``words`` that is a context."""
    while (state := states.get(words)) is None:
        words = words.partition(" ")[2]
    return state
