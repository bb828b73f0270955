"""Translations and n-best lists: one columnar format for ours, the baseline's and a user's.

A tab-separated file with a header: ``sentence`` (from 0), ``rank`` (from 1), one column for each
score, and last ``hypothesis``, the tokens joined by blanks.  Rows come by sentence, then rank.
Moses lists (``0 ||| text ||| F= 1 2 ||| total``) are turned into this format at the door.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines, write_lines

T = TypeVar("T")


@dataclass(frozen=True)
class Hypothesis:
    """One translation of one sentence, with a score for each of the file's score columns."""

    sentence: int
    rank: int
    scores: tuple[float, ...]
    tokens: str


@dataclass(frozen=True)
class Hypotheses:
    """A file of hypotheses, read as a stream: ``rows`` can be gone through once."""

    score_names: tuple[str, ...]
    rows: Iterator[Hypothesis]

    def by_sentence(self) -> Iterator[tuple[int, list[Hypothesis]]]:
        """Each sentence that has hypotheses, with all of them, best rank first."""
        for sentence, rows in groupby(self.rows, key=lambda row: row.sentence):
            yield sentence, list(rows)


def in_blocks(lists: Iterable[Sequence[T]], size: int) -> Iterator[list[T]]:
    """Whole lists joined until they hold ``size`` hypotheses or more, for work done in batches."""
    block: list[T] = []
    for rows in lists:
        block.extend(rows)
        if len(block) >= size:
            yield block
            block = []
    if block:
        yield block


def write_hypotheses(
    path: str | Path, score_names: tuple[str, ...], rows: Iterable[Hypothesis]
) -> None:
    """Write the columnar format, gzipped if the name ends in ``.gz``."""
    write_lines(path, _lines(score_names, rows))


def _lines(score_names: tuple[str, ...], rows: Iterable[Hypothesis]) -> Iterator[str]:
    yield "\t".join(("sentence", "rank", *score_names, "hypothesis"))
    for row in rows:
        assert len(row.scores) == len(score_names), (row, score_names)
        assert "\t" not in row.tokens and "\n" not in row.tokens, row
        scores = (repr(float(score)) for score in row.scores)
        yield "\t".join((str(row.sentence), str(row.rank), *scores, row.tokens))


def read_hypotheses(path: str | Path) -> Hypotheses:
    """Read the columnar format.

    Raises:
        UserError: not this format, at once for the header, later for a line.
    """
    lines = read_lines(path)
    names = _columns(path, next(lines, ""))
    return Hypotheses(names[2:-1], _rows(path, enumerate(lines, start=2), columns=len(names)))


def _columns(path: str | Path, header: str) -> tuple[str, ...]:
    names = tuple(header.split("\t"))
    if names[:2] != ("sentence", "rank") or names[-1] != "hypothesis":
        raise UserError(
            f"{at(path, 1)}: the header must be `sentence rank SCORE... hypothesis`, separated by "
            "tabs. A Moses list is given as `baseline: nbest:` in the config instead."
        )
    return names


def read_parts(paths: Sequence[str | Path]) -> list[Hypotheses]:
    """Each table of scores once, of files that may be parts of it; parts come in their order.

    Raises:
        UserError: as ``read_hypotheses``, or parts that come in another order.
    """
    parts: dict[tuple[str, ...], list[tuple[str | Path, Iterator[Hypothesis]]]] = {}
    for path in paths:
        one = read_hypotheses(path)
        parts.setdefault(one.score_names, []).append((path, one.rows))
    return [Hypotheses(names, _joined(files)) for names, files in parts.items()]


def _joined(files: Iterable[tuple[str | Path, Iterator[Hypothesis]]]) -> Iterator[Hypothesis]:
    reached = -1
    for path, rows in files:
        begin = reached
        for row in rows:
            if row.sentence <= begin:
                raise UserError(
                    f"{path}: has sentence {row.sentence}, but the parts before it reach sentence "
                    f"{begin}. Give the parts in their order, each once."
                )
            reached = row.sentence
            yield row


def _rows(
    path: str | Path, lines: Iterable[tuple[int, str]], *, columns: int
) -> Iterator[Hypothesis]:
    """The rows of numbered lines, each checked to follow the one before."""
    previous = Hypothesis(-1, 1, (), "")
    for number, line in lines:
        fields = line.split("\t")
        try:
            if len(fields) != columns:
                raise ValueError(f"{len(fields)} columns, the header has {columns}")
            scores = tuple(float(field) for field in fields[2:-1])
            if any(math.isnan(score) for score in scores):
                raise ValueError("a score is not a number")
            row = Hypothesis(int(fields[0]), int(fields[1]), scores, fields[-1])
            _check_order(previous, row)
        except ValueError as error:
            raise UserError(f"{at(path, number)}: {error}. Make the file anew.") from error
        previous = row
        yield row


def _check_order(previous: Hypothesis, row: Hypothesis) -> None:
    """Ranks count from 1 within a sentence, sentences rise; a reader takes the first for the best."""
    follows = (row.sentence, row.rank) == (previous.sentence, previous.rank + 1)
    begins = row.sentence > previous.sentence and row.rank == 1
    if not (follows or begins):
        raise ValueError(
            f"rank {row.rank} of sentence {row.sentence} cannot follow rank {previous.rank} of "
            f"sentence {previous.sentence}"
        )


def best_translations(path: str | Path, sentences: int) -> list[str]:
    """The first-ranked hypothesis of each of ``sentences`` sentences; empty where there is none.

    Of long lists no other row is looked at more closely than it takes to see its rank.
    """
    best = [""] * sentences
    lines = read_lines(path)
    columns = _columns(path, next(lines, ""))
    numbered = enumerate(lines, start=2)
    first = ((n, line) for n, line in numbered if line.split("\t", 2)[1:2] in (["1"], []))
    for row in _rows(path, first, columns=len(columns)):
        if not 0 <= row.sentence < sentences:
            raise UserError(
                f"{path}: has a hypothesis for sentence {row.sentence}, but the test set ends at "
                f"{sentences - 1} (counted from 0). It belongs to another test set."
            )
        best[row.sentence] = row.tokens
    return best
