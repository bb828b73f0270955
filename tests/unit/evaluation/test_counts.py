"""Counts of n-grams: what BLEU adds up."""

import random

import numpy as np
import pytest
from sacrebleu.metrics import BLEU

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Reference, corpus_counts, sentence_counts, tokens_of


def test_counts_are_those_of_sacrebleu_for_any_sentences() -> None:
    generator = random.Random(1)
    metric = BLEU(tokenize="none", smooth_method="none", force=True, effective_order=True)
    for _ in range(200):
        hypothesis, reference = (
            " ".join(generator.choices("abcde", k=generator.randrange(1, 12))) for _ in range(2)
        )
        expected = metric.sentence_score(hypothesis, [reference])
        found = sentence_counts(hypothesis, Reference.of(reference))
        assert found[:2] == [expected.sys_len, expected.ref_len]
        assert found[2:] == [*expected.counts, *expected.totals]


def test_only_blanks_part_tokens() -> None:
    assert tokens_of("vols\u00a0longs  et\u2028courts ") == ["vols\u00a0longs", "et\u2028courts"]
    assert tokens_of("") == []


def test_a_row_stands_for_each_sentence_also_for_an_empty_one() -> None:
    counts = corpus_counts(["a b", ""], ["a b c", "d"])
    assert counts.tolist() == [[2, 3, 2, 1, 0, 0, 2, 1, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]]
    assert counts.dtype == np.int64


def test_unequal_numbers_of_sentences_are_refused() -> None:
    with pytest.raises(UserError, match="1 hypotheses cannot be scored against 2 references"):
        corpus_counts(["a"], ["a", "b"])


def test_an_empty_reference_is_refused() -> None:
    with pytest.raises(UserError, match="no sentences to score"):
        corpus_counts([], [])
