"""What BLEU is made of: n-gram counts of each sentence, which add up over any set of sentences.

A row has ten numbers: the hypothesis' and the reference's tokens, the n-grams of order 1 to 4 that
match, and those that there are.  Scores of resampled or grouped test sets are scores of sums of
rows, so the text is gone through once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError

ORDER = 4  # the longest n-grams
COLUMNS = 2 + 2 * ORDER

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Reference:
    """A reference sentence, its n-grams of each order counted once for many hypotheses."""

    length: int
    ngrams: tuple[Counter[tuple[str, ...]], ...]

    @classmethod
    def of(cls, line: str) -> "Reference":
        tokens = tokens_of(line)
        return cls(len(tokens), tuple(_ngrams(tokens, order) for order in range(1, ORDER + 1)))


def tokens_of(line: str) -> list[str]:
    """The tokens of a line, parted by ASCII blanks alone (no-break spaces stay inside a token)."""
    return [token for token in line.split(" ") if token]


def sentence_counts(hypothesis: str, reference: Reference) -> list[int]:
    """One row: lengths of both, then matched and possible n-grams of order 1 to 4."""
    tokens = tokens_of(hypothesis)
    matched = []
    for order, expected in enumerate(reference.ngrams, start=1):
        found = _ngrams(tokens, order)
        shared = found.keys() & expected.keys()
        matched.append(sum(min(found[ngram], expected[ngram]) for ngram in shared))
    possible = [max(len(tokens) - order + 1, 0) for order in range(1, ORDER + 1)]
    return [len(tokens), reference.length, *matched, *possible]


def corpus_counts(hypotheses: Sequence[str], references: Sequence[str]) -> Counts:
    """A row for each sentence, [sentences, 10].

    Raises:
        UserError: no sentences, or not as many hypotheses as references.
    """
    if len(hypotheses) != len(references):
        raise UserError(
            f"{len(hypotheses)} hypotheses cannot be scored against {len(references)} references: "
            "line k of one must translate line k of the other."
        )
    if not references:
        raise UserError("There are no sentences to score: the reference is empty.")
    rows = [
        sentence_counts(hypothesis, Reference.of(reference))
        for hypothesis, reference in zip(hypotheses, references, strict=True)
    ]
    return np.array(rows, dtype=np.int64)


def _ngrams(tokens: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(order)), strict=False))
