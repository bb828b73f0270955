"""Log probabilities of the references by sentence, from which perplexity is computed.

The file has the columns ``model sentence words log_probability``.  Sentences count from 0, ``words``
include ``<EOS>``, logarithms are natural.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.io.files import read_table, write_lines

_COLUMNS = ("model", "sentence", "words", "log_probability")


@dataclass(frozen=True)
class LogProbabilities:
    """A model's log probability of each reference, and its number of words with ``<EOS>``."""

    words: NDArray[np.int64]
    log_probability: NDArray[np.float64]

    @property
    def perplexity(self) -> float:
        """On the whole test set: exp of minus the mean log probability of a word."""
        return float(np.exp(-self.log_probability.sum() / self.words.sum()))

    def perplexity_on(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """On resampled test sets, given how often each contains each sentence."""
        mean = (samples @ self.log_probability) / (samples @ self.words)
        perplexity: NDArray[np.float64] = np.exp(-mean)
        return perplexity


def write_log_probabilities(path: str | Path, models: Mapping[str, LogProbabilities]) -> None:
    lines = ["\t".join(_COLUMNS)]
    for model, scores in models.items():
        rows = zip(scores.words.tolist(), scores.log_probability.tolist(), strict=True)
        lines += [f"{model}\t{k}\t{words}\t{value:.17g}" for k, (words, value) in enumerate(rows)]
    write_lines(path, lines)


def read_log_probabilities(path: str | Path) -> dict[str, LogProbabilities]:
    """The scores of each model in the file, by name."""
    rows: dict[str, tuple[list[int], list[float]]] = {}
    for place, (model, sentence, words, value) in read_table(path, _COLUMNS):
        known_words, values = rows.setdefault(model, ([], []))
        try:
            if int(sentence) != len(values):
                raise ValueError(f"sentence {sentence} came where {len(values)} was expected")
            known_words.append(int(words))
            values.append(float(value))
        except ValueError as error:
            raise UserError(f"{place}: {error}. Delete the file and rerun.") from error
    return {
        model: LogProbabilities(np.array(words, dtype=np.int64), np.array(values))
        for model, (words, values) in rows.items()
    }
