"""The phrase table as a file and in memory.

A line of the file is ``source ||| target ||| p(s|t) lex(s|t) p(t|s) lex(t|s)``, probabilities in
plain decimals, lines sorted by source phrase and then from the most to the least frequent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines, write_lines
from seq2seq.smt.features import TRANSLATION_SCORES

SEPARATOR = "|||"  # as a token it cannot stand in a phrase of this format


@dataclass(frozen=True)
class PhrasePair:
    """One entry; ``scores`` are four probabilities in the order of the features."""

    source: str
    target: str
    scores: tuple[float, ...]


PhraseTable = dict[str, list[PhrasePair]]


def write_phrase_table(path: str | Path, pairs: Iterable[PhrasePair]) -> int:
    """Write the pairs as they come; the number of pairs is returned."""
    return write_lines(path, map(_line, pairs))


def _line(pair: PhrasePair) -> str:
    scores = " ".join(format(score, ".8g") for score in pair.scores)
    return f"{pair.source} {SEPARATOR} {pair.target} {SEPARATOR} {scores}"


def read_phrase_table(path: str | Path) -> PhraseTable:
    """The entries of each source phrase, in the order of the file.

    Raises:
        UserError: a line that is no phrase pair with four probabilities above zero.
    """
    grouped = groupby(_pairs(path), key=lambda pair: pair.source)
    return {source: list(pairs) for source, pairs in grouped}


def _pairs(path: str | Path) -> Iterator[PhrasePair]:
    for number, line in enumerate(read_lines(path), start=1):
        try:
            source, target, values = line.split(f" {SEPARATOR} ")
            scores = tuple(float(value) for value in values.split(" "))
            if len(scores) != TRANSLATION_SCORES or not all(0.0 < one <= 1.0 for one in scores):
                raise ValueError(values)
        except ValueError as error:
            raise UserError(
                f"{at(path, number)}: a phrase pair looks like `source ||| target ||| .1 .2 .3 .4`, "
                f"found {line[:80]!r}. Extract the phrases anew."
            ) from error
        yield PhrasePair(source, target, scores)
