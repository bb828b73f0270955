"""Log probabilities of the references, sentence by sentence: what perplexity is made of.

A tab-separated table, ``model  sentence  words  log_probability``; sentences count from 0, ``words``
include ``<EOS>``, logarithms are natural.  Perplexities of resampled test sets come from its sums.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines, write_lines

_HEADER = "model\tsentence\twords\tlog_probability"


@dataclass(frozen=True)
class LogProbabilities:
    """A model's log probability of each reference, and the words (with ``<EOS>``) it is of."""

    words: NDArray[np.int64]
    log_probability: NDArray[np.float64]

    @property
    def perplexity(self) -> float:
        """Of the whole test set: exp of minus the mean log probability of a word."""
        return float(np.exp(-self.log_probability.sum() / self.words.sum()))

    def perplexity_on(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """On each of the test sets that hold each sentence so often, [test sets, sentences]."""
        mean = (samples @ self.log_probability) / (samples @ self.words)
        perplexity: NDArray[np.float64] = np.exp(-mean)
        return perplexity


def write_log_probabilities(path: str | Path, models: Mapping[str, LogProbabilities]) -> None:
    write_lines(path, _lines(models))


def _lines(models: Mapping[str, LogProbabilities]) -> Iterator[str]:
    yield _HEADER
    for model, scores in models.items():
        rows = zip(scores.words.tolist(), scores.log_probability.tolist(), strict=True)
        for sentence, (words, value) in enumerate(rows):
            yield f"{model}\t{sentence}\t{words}\t{value:.17g}"


def read_log_probabilities(path: str | Path) -> dict[str, LogProbabilities]:
    """The scores of each model of the file, by its name.

    Raises:
        UserError: not this format, with the line; sentences out of order.
    """
    lines = read_lines(path)
    if next(lines, "") != _HEADER:
        names = _HEADER.replace("\t", " ")
        raise UserError(f"{location(path, 1)}: the header must be `{names}`, separated by tabs.")
    words: dict[str, list[int]] = {}
    values: dict[str, list[float]] = {}
    for number, line in enumerate(lines, start=2):
        try:
            model, sentence, count, value = line.split("\t")
            known = words.setdefault(model, [])
            if int(sentence) != len(known):
                raise ValueError(f"sentence {sentence} came where {len(known)} was expected")
            known.append(int(count))
            values.setdefault(model, []).append(float(value))
        except ValueError as error:
            raise UserError(f"{location(path, number)}: {error}. Make the file anew.") from error
    return {
        model: LogProbabilities(np.array(counts, dtype=np.int64), np.array(values[model]))
        for model, counts in words.items()
    }
