"""Choosing from n-best lists by the baseline's score and the models' together (section 3.5).

A hypothesis' score is ``(1 - weight) * total + weight * log p``, of several models the mean of their
log p.  The paper takes an even average: a weight of 0.5.  More generally it is a weighted sum of all
scores there are.  Among equals the baseline's order decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.evaluation.counts import COLUMNS, Counts, Reference, sentence_counts
from seq2seq.evaluation.oracle import best_places
from seq2seq.io.nbest import Hypotheses, Hypothesis

TOTAL = "total"  # the baseline's own score
Scores = NDArray[np.float64]
_NO_LIST: tuple[int, list[Hypothesis]] = (-1, [])  # where a file has ended


@dataclass(frozen=True)
class ScoredList:
    """The hypotheses of a sentence in the baseline's order, with every score by its name.

    These are the baseline's total and, where it tells them, its features, and each model's log p.
    """

    sentence: int
    tokens: Sequence[str]
    scores: Mapping[str, Scores]

    def weighted(self, weights: Mapping[str, float]) -> Scores:
        """The sum by which hypotheses are chosen, of the scores named."""
        parts = [weight * self.scores[name] for name, weight in weights.items()]
        result: Scores = np.sum(parts, axis=0)
        return result


def average(models: Sequence[str], weight: float) -> dict[str, float]:
    """The paper's way, as a weight for each score: the share ``weight`` is the models' together."""
    return {TOTAL: 1 - weight, **dict.fromkeys(models, weight / len(models))}


@dataclass(frozen=True)
class Choice:
    """The best by these weights of the first ``hypotheses`` of a list, or of all (None)."""

    weights: Mapping[str, float]
    hypotheses: int | None

    def place(self, scored: ScoredList) -> int:
        """The position of the hypothesis that is chosen."""
        return int(np.argmax(scored.weighted(self.weights)[: self.hypotheses]))


@dataclass(frozen=True)
class Chosen:
    """The counts of what was chosen, [choices, sentences, 10], and the length of the longest list.

    ``oracle`` are those of the nearest to the reference among the first hypotheses, by their number.
    """

    counts: Counts
    oracle: Counts
    longest: int


def scored_lists(nbest: Hypotheses, scores: Sequence[Hypotheses]) -> Iterator[ScoredList]:
    """The baseline's lists beside the models' scores of them, each file read once, as a stream.

    Raises:
        UserError: a file of scores is of other lists.
    """
    lists = (one.by_sentence() for one in (nbest, *scores))
    for (sentence, rows), *scored in zip_longest(*lists, fillvalue=_NO_LIST):
        texts = [row.tokens for row in rows]
        for number, (theirs, own) in enumerate(scored):
            if theirs != sentence or [row.tokens for row in own] != texts:
                raise UserError(
                    f"The scores by {scores[number].score_names[0]} of sentence {sentence} are not "
                    "of these n-best lists. Remove the files of scores to make them anew."
                )
        yield ScoredList(
            sentence=sentence,
            tokens=texts,
            scores={
                **_columns(nbest.score_names, rows),
                **{
                    name: column
                    for file, (_, own) in zip(scores, scored, strict=True)
                    for name, column in _columns(file.score_names, own).items()
                },
            },
        )


def _columns(names: Sequence[str], rows: Sequence[Hypothesis]) -> dict[str, Scores]:
    table = np.array([row.scores for row in rows])
    return dict(zip(names, table.T, strict=True))


def chosen_counts(
    lists: Iterable[ScoredList],
    references: Sequence[str],
    choices: Sequence[Choice],
    *,
    oracle_sizes: Sequence[int] = (),
) -> Chosen:
    """What BLEU needs of every choice; the n-grams of a hypothesis are counted once for all of them.

    Lists are read once, as a stream.  A sentence without a list is an empty translation.

    Args:
        oracle_sizes: of the first so many hypotheses of each list the best is told too.

    Raises:
        UserError: a list whose sentence has no reference.
    """
    counted = [Reference.of(line) for line in references]
    rows = len(choices) + len(oracle_sizes)
    counts = np.zeros((rows, len(references), COLUMNS), dtype=np.int64)
    counts[:, :, 1] = [reference.length for reference in counted]
    longest = 0
    for scored in lists:
        longest = max(longest, len(scored.tokens))
        if not 0 <= scored.sentence < len(references):
            raise UserError(
                f"There is a list of sentence {scored.sentence}, but references of "
                f"{len(references)} sentences, counted from 0: they are of another test set."
            )
        reference = counted[scored.sentence]
        places = [choice.place(scored) for choice in choices]
        places += best_places(scored.tokens, reference, oracle_sizes)
        found = {
            place: sentence_counts(scored.tokens[place], reference) for place in sorted(set(places))
        }
        counts[:, scored.sentence] = [found[place] for place in places]
    return Chosen(counts[: len(choices)], counts[len(choices) :], longest)
