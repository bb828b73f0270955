"""Counts of BLEU against sacreBLEU."""

import random

import numpy as np
import pytest
import sacrebleu

from seq2seq.smt.bleu import COUNTS, Reference, bleu


@pytest.mark.parametrize("shortest", [2, 12])
def test_bleu_is_that_of_sacrebleu(shortest: int) -> None:
    chance = random.Random(1)
    references = [" ".join(chance.choices("abc", k=chance.randint(8, 15))) for _ in range(20)]
    hypotheses = [
        " ".join(chance.choices("abc", k=chance.randint(shortest, 16))) for _ in range(20)
    ]
    pairs = zip(references, hypotheses, strict=True)
    counts = np.array([Reference(reference).counts(hypothesis) for reference, hypothesis in pairs])
    expected = sacrebleu.corpus_bleu(
        hypotheses, [references], tokenize="none", smooth_method="none", force=True
    )
    assert 100 * float(bleu(counts.sum(axis=0))) == pytest.approx(expected.score, rel=1e-12)


def test_no_match_and_no_word_are_zero() -> None:
    empty, other = Reference("a b c d").counts(""), Reference("a b c d").counts("x")
    assert len(empty) == COUNTS
    assert bleu(np.array([empty, other], float)).tolist() == [0.0, 0.0]
