"""Choosing from n-best lists by the baseline's score and the models' together (section 3.5).

A hypothesis' score is ``(1 - weight) * total + weight * log p``, of several models the mean of their
log p.  The paper takes an even average: a weight of 0.5.  Among equals the baseline's order decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.evaluation.counts import COLUMNS, Counts, Reference, sentence_counts
from seq2seq.nbest import Hypotheses, Hypothesis

Scores = NDArray[np.float64]
_NO_LIST: tuple[int, list[Hypothesis]] = (-1, [])  # where a file has ended


@dataclass(frozen=True)
class ScoredList:
    """The hypotheses of a sentence in the baseline's order, with its totals and each model's log p."""

    sentence: int
    tokens: Sequence[str]
    total: Scores
    log_probability: Mapping[str, Scores]

    def mean_log_probability(self, models: Sequence[str]) -> Scores:
        mean: Scores = np.mean([self.log_probability[model] for model in models], axis=0)
        return mean

    def combined(self, models: Sequence[str], weight: float) -> Scores:
        """The score by which hypotheses are chosen."""
        return (1 - weight) * self.total + weight * self.mean_log_probability(models)


@dataclass(frozen=True)
class Choice:
    """The best by these models and weight of the first ``hypotheses`` of a list, or of all (None)."""

    models: tuple[str, ...]
    weight: float
    hypotheses: int | None

    def place(self, scored: ScoredList) -> int:
        """The position of the hypothesis that is chosen."""
        combined = scored.combined(self.models, self.weight)
        return int(np.argmax(combined[: self.hypotheses]))


@dataclass(frozen=True)
class Chosen:
    """The counts of what was chosen, [choices, sentences, 10], and the length of the longest list."""

    counts: Counts
    longest: int


def scored_lists(nbest: Hypotheses, scores: Sequence[Hypotheses]) -> Iterator[ScoredList]:
    """The baseline's lists beside the models' scores of them, each file read once, as a stream.

    Raises:
        UserError: a file of scores is of other lists.
    """
    column = nbest.score_names.index("total")
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
            total=np.array([row.scores[column] for row in rows]),
            log_probability={
                file.score_names[0]: np.array([row.scores[0] for row in own])
                for file, (_, own) in zip(scores, scored, strict=True)
            },
        )


def chosen_counts(
    lists: Iterable[ScoredList], references: Sequence[str], choices: Sequence[Choice]
) -> Chosen:
    """What BLEU needs of every choice; the n-grams of a hypothesis are counted once for all of them.

    Lists are read once, as a stream.  A sentence without a list is an empty translation.

    Raises:
        UserError: a list whose sentence has no reference.
    """
    counted = [Reference.of(line) for line in references]
    counts = np.zeros((len(choices), len(references), COLUMNS), dtype=np.int64)
    counts[:, :, 1] = [reference.length for reference in counted]
    longest = 0
    for scored in lists:
        longest = max(longest, len(scored.tokens))
        if not 0 <= scored.sentence < len(references):
            raise UserError(
                f"There is a list of sentence {scored.sentence}, but references of "
                f"{len(references)} sentences, counted from 0: they are of another test set."
            )
        places = [choice.place(scored) for choice in choices]
        reference = counted[scored.sentence]
        found = {
            place: sentence_counts(scored.tokens[place], reference) for place in sorted(set(places))
        }
        counts[:, scored.sentence] = [found[place] for place in places]
    return Chosen(counts, longest)
