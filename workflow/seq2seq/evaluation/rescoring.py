"""Choosing from n-best lists by the baseline's score and the models' log p (section 3.5).

The score of a hypothesis is ``(1 - weight) * total + weight * log p``, where several models give the
mean of their log p.  The paper's average is even: a weight of 0.5.  More generally it is a weighted
sum of all available scores.  Ties go to the baseline's order.

The oracle takes the hypothesis with the best smoothed sentence BLEU from each list (the last row of
Table 2).  BLEU does not add up over sentences, so this is a lower bound of the best choice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import COLUMNS, Counts, Reference, sentence_bleu, sentence_counts
from seq2seq.io.nbest import Hypotheses, Hypothesis

TOTAL = "total"  # the baseline's own score
Scores = NDArray[np.float64]
_NO_LIST: tuple[int, list[Hypothesis]] = (-1, [])  # where a file has ended


@dataclass(frozen=True)
class ScoredList:
    """A sentence's hypotheses in the baseline's order; scores are total, features, models' log p."""

    sentence: int
    tokens: Sequence[str]
    scores: Mapping[str, Scores]

    def weighted(self, weights: Mapping[str, float]) -> Scores:
        """The weighted sum of the named scores, by which hypotheses are ranked."""
        parts = [weight * self.scores[name] for name, weight in weights.items()]
        result: Scores = np.sum(parts, axis=0)
        return result


@dataclass(frozen=True)
class NbestChoice:
    """Take the best by these weights of a list's first ``hypotheses``, or of all (None).

    Without weights the oracle chooses.  The other fields say what the choice is in a sweep.
    """

    weights: Mapping[str, float] | None
    hypotheses: int | None
    models: str = ""
    choice: str = ""
    weight: float | None = None


def average(models: Sequence[str], weight: float) -> dict[str, float]:
    """The paper's average as a weight for each score; the models share ``weight``."""
    return {TOTAL: 1 - weight, **dict.fromkeys(models, weight / len(models))}


def scored_lists(nbest: Hypotheses, scores: Sequence[Hypotheses]) -> Iterator[ScoredList]:
    """Join the baseline's lists with the models' scores; streams, reading each file once."""
    lists = (one.by_sentence() for one in (nbest, *scores))
    for (sentence, rows), *scored in zip_longest(*lists, fillvalue=_NO_LIST):
        texts = [row.tokens for row in rows]
        columns = _columns(nbest.score_names, rows)
        for file, (theirs, own) in zip(scores, scored, strict=True):
            if theirs != sentence or [row.tokens for row in own] != texts:
                raise UserError(
                    f"The scores by {file.score_names[0]} of sentence {sentence} are not of these "
                    "n-best lists. Remove the files of scores and rerun."
                )
            columns |= _columns(file.score_names, own)
        yield ScoredList(sentence, texts, columns)


def _columns(names: Sequence[str], rows: Sequence[Hypothesis]) -> dict[str, Scores]:
    table = np.array([row.scores for row in rows])
    return dict(zip(names, table.T, strict=True))


def chosen_counts(
    lists: Iterable[ScoredList], references: Sequence[str], choices: Sequence[NbestChoice]
) -> tuple[Counts, int]:
    """BLEU counts of every choice, [choices, sentences, 10], and the length of the longest list.

    Lists are streamed, and n-grams of a hypothesis are counted once for all choices.  A sentence
    without a list gets an empty translation.
    """
    counted = [Reference.of(line) for line in references]
    counts = np.zeros((len(choices), len(references), COLUMNS), dtype=np.int64)
    counts[:, :, 1] = [reference.length for reference in counted]
    oracle = any(choice.weights is None for choice in choices)
    longest = 0
    for scored in lists:
        longest = max(longest, len(scored.tokens))
        if not 0 <= scored.sentence < len(references):
            raise UserError(
                f"There is a list of sentence {scored.sentence}, but references of only "
                f"{len(references)} sentences, counted from 0: they are of another test set."
            )
        reference = counted[scored.sentence]
        bleu = np.array([sentence_bleu(t, reference) for t in scored.tokens] if oracle else [])
        positions = []
        for choice in choices:
            score = bleu if choice.weights is None else scored.weighted(choice.weights)
            positions.append(int(np.argmax(score[: choice.hypotheses])))
        found = {k: sentence_counts(scored.tokens[k], reference) for k in set(positions)}
        counts[:, scored.sentence] = [found[k] for k in positions]
    return counts, longest


def best_hypothesis(hypotheses: Sequence[str], reference: str) -> str:
    """The hypothesis with the best sentence BLEU; the first of equals, empty if there is none."""
    counted = Reference.of(reference)
    distinct = dict.fromkeys(hypotheses)  # lists repeat the same words many times
    return max(distinct, key=lambda tokens: sentence_bleu(tokens, counted), default="")


def oracle_translations(
    lists: Iterable[tuple[int, Sequence[str]]], references: Sequence[str]
) -> Iterator[str]:
    """The oracle's choice for each reference; ``lists`` are streamed, by sentence (from 0)."""
    following = 0
    for sentence, hypotheses in lists:
        if not following <= sentence < len(references):
            raise UserError(
                f"The list of sentence {sentence} came where {following} to {len(references) - 1} "
                "was expected: sort the n-best lists, and give those of this test set."
            )
        yield from [""] * (sentence - following)
        yield best_hypothesis(hypotheses, references[sentence])
        following = sentence + 1
    yield from [""] * (len(references) - following)
