"""The best that a choice from n-best lists could reach: the last row of the paper's Table 2.

BLEU does not add up over sentences, so the best selection is not known; as usual each sentence
takes the hypothesis with the best smoothed BLEU of its own.  Read the outcome as a lower bound.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from sacrebleu.metrics import BLEU

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Bleu, bleu_of_tokens
from seq2seq.evaluation.counts import ORDER, Reference, sentence_counts


def sentence_bleu(hypothesis: str, reference: Reference) -> float:
    """BLEU of one sentence in percent, smoothed as in ``mteval-v13a``, over the orders it has."""
    counts = sentence_counts(hypothesis, reference)
    result = BLEU.compute_bleu(
        correct=counts[2 : 2 + ORDER],
        total=counts[2 + ORDER :],
        sys_len=counts[0],
        ref_len=counts[1],
        smooth_method="exp",
        effective_order=True,
    )
    return float(result.score)


def best_hypothesis(hypotheses: Sequence[str], reference: str) -> str:
    """The hypothesis nearest to the reference; the first of equals, empty if there is none."""
    counted = Reference.of(reference)
    distinct = dict.fromkeys(hypotheses)  # lists hold the same words many times over
    return max(distinct, key=lambda tokens: sentence_bleu(tokens, counted), default="")


def best_places(hypotheses: Sequence[str], reference: Reference, sizes: Sequence[int]) -> list[int]:
    """Where the nearest to the reference stands among the first so many, for each of the sizes."""
    if not sizes:
        return []
    found = np.array([sentence_bleu(tokens, reference) for tokens in hypotheses[: max(sizes)]])
    return [int(found[:size].argmax()) for size in sizes]


def oracle_translations(
    lists: Iterable[tuple[int, Sequence[str]]], references: Sequence[str]
) -> Iterator[str]:
    """The best hypothesis of each reference's list, empty where there is no list.

    ``lists`` are read once, in order: the number of a sentence (from 0) and its hypotheses.

    Raises:
        UserError: a list whose sentence has no reference, or that comes out of order.
    """
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


def oracle_bleu(lists: Iterable[tuple[int, Sequence[str]]], references: Sequence[str]) -> Bleu:
    """Corpus BLEU, as in 2014, of the best hypothesis of each list (see above)."""
    return bleu_of_tokens(list(oracle_translations(lists, references)), references)
