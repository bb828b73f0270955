"""The history of a beam search, and the backtrace that reads the translations from it.

A hypothesis is a row of the step that created it, and each row points to its parent row in the previous
step.  So each word is stored once and never moved during the search.

Shapes: S sentences, R rows of a step, F finished hypotheses, T steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from torch import Tensor

Length = TypeVar("Length", float, Tensor)


@dataclass(frozen=True)
class Translation:
    """Token ids without ``<EOS>``; ``complete`` is false if the length limit cut it."""

    words: tuple[int, ...]
    log_probability: float
    complete: bool


@dataclass(frozen=True)
class BeamStep:
    """The rows of a step: the word each appends, and its parent row in the previous step."""

    word_R: Tensor
    parent_R: Tensor


@dataclass(frozen=True)
class Finished:
    """Hypotheses of ``length`` words that left the beam, as rows of that step."""

    length: int
    sentence_F: Tensor
    row_F: Tensor
    log_p_F: Tensor
    complete: bool


def length_divisor(words: Length, penalty: float) -> Length:
    """Return ((5 + words) / 6) ^ penalty, by which Wu et al. (2016, eq. 14) divide log p.

    ``words`` includes ``<EOS>``.  The paper has no such penalty: with 0 the divisor is 1.
    """
    divisor: Length = ((5.0 + words) / 6.0) ** penalty
    return divisor


def backtrace(
    finished: Sequence[Finished], history: Sequence[BeamStep], sentences: int, length_penalty: float
) -> list[list[Translation]]:
    """Follow all finished hypotheses back to the start, one step at a time for all of them.

    Returns:
        The translations of each sentence, best first; complete ones before cut ones.
    """
    length_F = np.concatenate([np.full(len(group.row_F), group.length) for group in finished])
    row_F = np.concatenate([group.row_F.cpu().numpy() for group in finished])
    words_FT = np.zeros((len(row_F), len(history)), dtype=np.int64)
    for step in reversed(range(len(history))):
        written = np.flatnonzero(length_F > step)
        rows = row_F[written]
        words_FT[written, step] = history[step].word_R.cpu().numpy()[rows]
        row_F[written] = history[step].parent_R.cpu().numpy()[rows]
    translations: list[list[Translation]] = [[] for _ in range(sentences)]
    number = 0
    for group in finished:
        for sentence, log_p in zip(group.sentence_F.tolist(), group.log_p_F.tolist(), strict=True):
            words = tuple(words_FT[number, : group.length].tolist())
            translations[sentence].append(Translation(words, log_p, group.complete))
            number += 1

    def rank(one: Translation) -> tuple[bool, float, tuple[int, ...]]:
        divisor = length_divisor(float(len(one.words) + one.complete), length_penalty)
        return not one.complete, -one.log_probability / float(divisor), one.words

    for found in translations:
        found.sort(key=rank)
    return translations
