"""BLEU of a tokenized corpus from counts that can be added up (Papineni and others 2002).

A hypothesis is nine numbers: matching and possible n-grams for n = 1 to 4, and the length of its
reference.  One reference, no smoothing.  Tuning needs nothing else of a hypothesis.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from seq2seq.smt.sentences import split

LONGEST = 4
COUNTS = 2 * LONGEST + 1

Array = NDArray[np.float64]


class Reference:
    """One reference translation, its n-grams counted once for all hypotheses."""

    def __init__(self, line: str) -> None:
        tokens = split(line)
        self._length = len(tokens)
        self._ngrams = [Counter(_runs(tokens, size)) for size in range(1, LONGEST + 1)]

    def counts(self, hypothesis: str) -> tuple[int, ...]:
        """``COUNTS`` numbers: matches by n, n-grams by n, reference length."""
        tokens = split(hypothesis)
        matches = [
            sum(min(count, wanted[ngram]) for ngram, count in Counter(_runs(tokens, size)).items())
            for size, wanted in enumerate(self._ngrams, start=1)
        ]
        possible = [max(len(tokens) - size + 1, 0) for size in range(1, LONGEST + 1)]
        return (*matches, *possible, self._length)


def _runs(tokens: list[str], size: int) -> list[tuple[str, ...]]:
    return list(zip(*(tokens[shift:] for shift in range(size)), strict=False))


def bleu(counts: Array) -> Array:
    """BLEU between 0 and 1 of sums of counts, (..., ``COUNTS``) to (...)."""
    matches, possible = counts[..., :LONGEST], counts[..., LONGEST:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(matches) - np.log(possible)
        brevity = np.minimum(0.0, 1.0 - counts[..., -1] / possible[..., 0])
    score = np.exp(logs.mean(axis=-1) + brevity)
    return np.where((matches > 0).all(axis=-1), score, 0.0)
