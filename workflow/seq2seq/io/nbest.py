"""Translations and n-best lists: one columnar format for ours, the baseline's and a user's.

A tab-separated file with a header: ``sentence`` (from 0), ``rank`` (from 1), one column for each
score, and last ``hypothesis``, its tokens joined by spaces.  Rows are sorted by sentence, then rank.
Moses lists (``0 ||| text ||| F= 1 2 ||| total``) are converted to this format first.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from seq2seq.errors import UserError, location
from seq2seq.io.files import parse_number, read_lines, write_lines

T = TypeVar("T")


@dataclass(frozen=True)
class Hypothesis:
    """One translation of one sentence, with the values of the file's score columns."""

    sentence: int
    rank: int
    scores: tuple[float, ...]
    tokens: str


@dataclass(frozen=True)
class Hypotheses:
    """A file of hypotheses as a stream: ``rows`` can be read once."""

    score_names: tuple[str, ...]
    rows: Iterator[Hypothesis]

    def by_sentence(self) -> Iterator[tuple[int, list[Hypothesis]]]:
        """Each sentence that has hypotheses, with all of them, best first."""
        for sentence, rows in groupby(self.rows, key=lambda row: row.sentence):
            yield sentence, list(rows)


def in_blocks(lists: Iterable[Sequence[T]], size: int) -> Iterator[list[T]]:
    """Join whole lists into blocks of at least ``size`` hypotheses, to process them in batches."""
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

    def lines() -> Iterator[str]:
        yield "\t".join(("sentence", "rank", *score_names, "hypothesis"))
        for row in rows:
            if len(row.scores) != len(score_names) or {"\t", "\n"} & set(row.tokens):
                raise UserError(
                    f"{path}: sentence {row.sentence}, rank {row.rank}: a row needs {len(score_names)} "
                    "scores and a text without tabs and newlines. Remake the files it comes from."
                )
            scores = (repr(float(score)) for score in row.scores)
            yield "\t".join((str(row.sentence), str(row.rank), *scores, row.tokens))

    write_lines(path, lines())


def read_hypotheses(path: str | Path) -> Hypotheses:
    """Read the columnar format; the header is checked now, the rows as they are read."""
    lines = read_lines(path)
    names = _columns(path, next(lines, ""))
    return Hypotheses(names[2:-1], _rows(path, enumerate(lines, start=2), len(names)))


def _columns(path: str | Path, header: str) -> tuple[str, ...]:
    names = tuple(header.split("\t"))
    if names[:2] != ("sentence", "rank") or names[-1] != "hypothesis":
        raise UserError(
            f"{location(path, 1)}: the header must be `sentence rank SCORE... hypothesis`, separated "
            "by tabs. Give a Moses list as `baseline: nbest:` in the configuration instead."
        )
    if len(set(names)) < len(names) or "" in names:
        raise UserError(f"{location(path, 1)}: each column needs a name of its own. Correct it.")
    return names


def read_parts(paths: Sequence[str | Path]) -> list[Hypotheses]:
    """Group files by their score columns, and join the files of each group in order."""
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
                    f"{begin}. Give each part once, in order."
                )
            reached = row.sentence
            yield row


def _rows(path: str | Path, lines: Iterable[tuple[int, str]], columns: int) -> Iterator[Hypothesis]:
    """Parse numbered lines.  Ranks count from 1 in each sentence, and sentences ascend."""
    sentence, rank = -1, 1
    for number, line in lines:
        fields = line.split("\t")
        try:
            if len(fields) != columns:
                raise ValueError(f"{len(fields)} columns, but the header has {columns}")
            scores = tuple(parse_number(field, float) for field in fields[2:-1])
            if any(math.isnan(score) for score in scores):
                raise ValueError("a score is not a number")
            new_sentence, new_rank = (parse_number(field, int) for field in fields[:2])
            row = Hypothesis(new_sentence, new_rank, scores, fields[-1])
            follows = (row.sentence, row.rank) == (sentence, rank + 1)
            if not follows and not (row.sentence > sentence and row.rank == 1):
                raise ValueError(
                    f"rank {row.rank} of sentence {row.sentence} cannot follow rank {rank} of "
                    f"sentence {sentence}"
                )
        except ValueError as error:
            raise UserError(f"{location(path, number)}: {error}. Make the file again.") from error
        sentence, rank = row.sentence, row.rank
        yield row


def best_translations(path: str | Path, sentences: int) -> list[str]:
    """The first hypothesis of each sentence, else empty; of other rows only the rank is parsed."""
    best = [""] * sentences
    lines = read_lines(path)
    columns = _columns(path, next(lines, ""))
    numbered = enumerate(lines, start=2)
    first = ((n, line) for n, line in numbered if line.split("\t", 2)[1:2] in (["1"], []))
    for row in _rows(path, first, len(columns)):
        if not 0 <= row.sentence < sentences:
            raise UserError(
                f"{path}: has a hypothesis for sentence {row.sentence}, but the test set ends at "
                f"{sentences - 1} (counted from 0). Give the file of this test set."
            )
        best[row.sentence] = row.tokens
    return best
