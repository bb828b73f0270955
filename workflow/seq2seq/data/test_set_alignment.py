"""Are the sentences of a user's n-best lists numbered as the test set is?

Two orders of newstest2014 circulate, with the same sentences.  A list carries numbers and no source,
so a wrong order would ruin every score without a word.  Where the source text of the list is given,
it is aligned with the test set by its text; where it is not, the lengths of the translations must at
least go with those of the sentences.
"""

import html
import pickle
import re
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from statistics import StatisticsError, correlation

from seq2seq.errors import UserError
from seq2seq.io.nbest import Hypothesis

_LEAST_SENTENCES = 100  # for their lengths to say something
_LEAST_CORRELATION = 0.5  # translations have 0.8 and more, other sentences about 0


def align(theirs: Sequence[str], ours: Sequence[str], *, name: object) -> list[int]:
    """For each of their sentences the position of the same one among ours.

    Sentences are the same if they are the same but for blanks and entities, so that raw text and
    tokens match.  Of sentences that recur, the first is matched with the first.

    Raises:
        UserError: some of theirs is not among ours; with counts and the first such line.
    """
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, sentence in enumerate(ours):
        places[_key(sentence)].append(place)
    found = [queue.popleft() if (queue := places.get(_key(one))) else -1 for one in theirs]
    if missing := found.count(-1):
        raise UserError(
            f"{name}: {missing:,} of its {len(theirs):,} sentences are not among the "
            f"{len(ours):,} of the test set, the first in line {found.index(-1) + 1}. Give the "
            "source text of the n-best list, and a list of this test set."
        )
    return found


def _key(sentence: str) -> str:
    return re.sub(r"\s+", "", html.unescape(sentence))


def renumber(rows: Iterable[Hypothesis], places: Sequence[int]) -> Iterator[Hypothesis]:
    """The lists with sentence k as sentence ``places[k]``, in the new order.

    They are kept in a temporary file meanwhile: 1000-best lists may be larger than the memory.
    """
    with tempfile.TemporaryFile() as file:
        starts: dict[int, int] = {}
        for sentence, group in groupby(rows, key=lambda row: row.sentence):
            starts[places[sentence]] = file.tell()
            pickle.dump([(row.rank, row.scores, row.tokens) for row in group], file)
        for sentence in sorted(starts):
            file.seek(starts[sentence])
            for rank, scores, tokens in pickle.load(file):
                yield Hypothesis(sentence, rank, scores, tokens)


def check_lengths(
    rows: Iterable[Hypothesis], source_lengths: Sequence[int], *, name: object
) -> Iterator[Hypothesis]:
    """The rows as they are; at their end, lists that cannot be of the test set are refused.

    Raises:
        UserError: the lengths of best translations and source sentences have little to do with
            each other.
    """
    pairs: list[tuple[int, int]] = []
    for row in rows:
        if row.rank == 1:
            pairs.append((source_lengths[row.sentence], row.tokens.count(" ") + 1))
        yield row
    found = _agreement(pairs)
    if found < _LEAST_CORRELATION:
        raise UserError(
            f"{name}: the lengths of its translations do not go with those of the test set's "
            f"sentences (correlation {found:.2f}): it numbers them in another order, or is of "
            "another text. Give its source text as baseline.nbest_source to have it aligned."
        )


def check_sides(pairs: Iterable[tuple[str, str]], *, name: object) -> None:
    """Refuse a dev or test set whose translations stand in another order than its sources.

    Raises:
        UserError: the lengths of the two sides have little to do with each other.
    """
    found = _agreement([(source.count(" ") + 1, target.count(" ") + 1) for source, target in pairs])
    if found < _LEAST_CORRELATION:
        raise UserError(
            f"{name}: the lengths of its two sides do not go together (correlation {found:.2f}): "
            "one of them is in another order, or of another text. Two orders of newstest2014 "
            "circulate; take both sides from one archive."
        )


def _agreement(lengths: Sequence[tuple[int, int]]) -> float:
    """The correlation of lengths; 1 where too few, or all of one length, say nothing."""
    if len(lengths) < _LEAST_SENTENCES:
        return 1.0
    try:
        return correlation(*zip(*lengths, strict=True))
    except StatisticsError:  # all of one length
        return 1.0
