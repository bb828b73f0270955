"""Check that a user's n-best lists number their sentences as the test set does.

Two orders of newstest2014 circulate, with the same sentences.  A list has numbers but no source, so
the wrong order would silently ruin every score.  If the source text of the list is given, it is
aligned with the test set; if not, translation lengths must at least correlate with source lengths.
"""

import html
import pickle
import re
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from statistics import StatisticsError, correlation
from typing import TypeVar

from seq2seq.errors import UserError
from seq2seq.io.moses_nbest import MosesLine
from seq2seq.io.nbest import Hypothesis

Row = TypeVar("Row", Hypothesis, MosesLine)
_MIN_SENTENCES = 100  # below, lengths say nothing
_MIN_CORRELATION = 0.5  # translations have 0.8 and more, unrelated sentences about 0


def align(theirs: Sequence[str], ours: Sequence[str], *, name: object) -> list[int]:
    """For each of their sentences, its position among ours; spaces and entities are ignored."""
    positions: dict[str, deque[int]] = defaultdict(deque)
    for position, sentence in enumerate(ours):
        positions[_key(sentence)].append(position)
    found = [queue.popleft() if (queue := positions.get(_key(one))) else -1 for one in theirs]
    if missing := found.count(-1):
        raise UserError(
            f"{name}: {missing:,} of its {len(theirs):,} sentences are not among the "
            f"{len(ours):,} of the test set, the first in line {found.index(-1) + 1}. Give the "
            "source text of the n-best list, and a list of this test set."
        )
    return found


def _key(sentence: str) -> str:
    return re.sub(r"\s+", "", html.unescape(sentence))


def renumber(rows: Iterable[Hypothesis], positions: Sequence[int]) -> Iterator[Hypothesis]:
    """Yield the lists by ``positions``, through a temporary file: they may not fit in memory."""
    with tempfile.TemporaryFile() as file:
        starts: dict[int, int] = {}
        for sentence, group in groupby(rows, key=lambda row: row.sentence):
            starts[positions[sentence]] = file.tell()
            pickle.dump([(row.rank, row.scores, row.tokens) for row in group], file)
        for sentence in sorted(starts):
            file.seek(starts[sentence])
            for rank, scores, tokens in pickle.load(file):
                yield Hypothesis(sentence, rank, scores, tokens)


def check_lengths(
    rows: Iterable[Row], source_lengths: Sequence[int], *, name: object, advice: str
) -> Iterator[Row]:
    """Pass the rows through; at the end, refuse lists whose lengths do not fit the test set's."""
    pairs: list[tuple[int, int]] = []
    reached = -1
    for row in rows:
        if row.sentence != reached:
            reached = row.sentence
            pairs.append((source_lengths[reached], row.tokens.count(" ") + 1))
        yield row
    if (found := _length_correlation(pairs)) < _MIN_CORRELATION:
        raise UserError(
            f"{name}: the lengths of its translations do not fit those of the source's sentences "
            f"(correlation {found:.2f}). It has another order or another text. {advice}"
        )


def check_sides(pairs: Iterable[tuple[str, str]], *, name: object) -> None:
    """Refuse a dev or test set whose two sides are in different orders, by their lengths."""
    lengths = [(source.count(" ") + 1, target.count(" ") + 1) for source, target in pairs]
    if (found := _length_correlation(lengths)) < _MIN_CORRELATION:
        raise UserError(
            f"{name}: the lengths of its two sides do not fit each other (correlation {found:.2f}). "
            "One side has another order or another text. Two orders of newstest2014 circulate; take "
            "both sides from one archive."
        )


def _length_correlation(lengths: Sequence[tuple[int, int]]) -> float:
    """1 if there are too few lengths, or all are equal."""
    if len(lengths) < _MIN_SENTENCES:
        return 1.0
    try:
        return correlation(*zip(*lengths, strict=True))
    except StatisticsError:
        return 1.0
