"""BLEU as in 2014 against numbers that ``multi-bleu.perl`` and sacreBLEU's program printed."""

import os
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from sacrebleu.metrics import BLEU

from seq2seq.data.tokenizer import tokenize
from seq2seq.evaluation.bleu import (
    Counts,
    Lines,
    bleu_2014,
    bleu_of_tokens,
    chrf,
    corpus_counts,
    sacrebleu,
    scores_of,
    signature_2014,
)
from seq2seq.evaluation.bootstrap import bootstrap_interval
from seq2seq.io.files import read_lines

REFERENCES = [
    "le chat est sur le tapis .",
    "il y a un chat sur le tapis rouge .",
    "la maison est grande",
    "oui .",
]
HYPOTHESES = [
    "le chat UNK sur le tapis .",
    "il y a un chat chat sur le tapis .",
    "la maison est petite",
    "non",
]
NEWSTEST = "wmt-newstest/derived/newstest2014.eval.fr"


def test_multi_bleu_prints_the_same() -> None:
    bleu = bleu_of_tokens(HYPOTHESES, REFERENCES)
    assert f"{bleu.score:.2f}" == "54.40"
    assert [f"{precision:.1f}" for precision in bleu.precisions] == ["81.8", "72.2", "53.3", "33.3"]
    assert f"{bleu.bp:.3f}" == "0.956"
    assert (bleu.sys_len, bleu.ref_len) == (22, 23)


def test_the_signature_is_what_sacrebleu_would_print() -> None:
    metric = BLEU(tokenize="none", smooth_method="none", force=True)
    metric.corpus_score(HYPOTHESES, [REFERENCES])
    signature = signature_2014()
    assert signature == metric.get_signature().format()
    assert signature.startswith("nrefs:1|case:mixed|eff:no|tok:none|smooth:none|version:")


def test_multi_bleu_and_sacrebleu_print_the_same_for_news(shared_data: Path) -> None:
    text = list(read_lines(shared_data / NEWSTEST))[:300]
    changed = [line.replace(" de ", " du ").replace("é", "e") for line in text]
    bleu = bleu_of_tokens(*([tokenize(line, "fr") for line in side] for side in (changed, text)))
    assert f"{bleu.score:.2f}" == "63.83"
    assert [f"{precision:.1f}" for precision in bleu.precisions] == ["84.6", "70.4", "58.2", "47.9"]
    assert bleu.sys_len == bleu.ref_len == 8780
    sides = Lines([], changed), Lines([], text, "fr")
    assert f"{sacrebleu(*sides).score:.4f}" == "62.4309"
    assert f"{chrf(*sides).score:.4f}" == "87.2962"


def test_a_no_break_space_does_not_part_a_token_as_in_multi_bleu() -> None:
    bleu = bleu_of_tokens(["le chat\u00a0noir dort bien ici"], ["le chat\u00a0noir dort bien là"])
    assert f"{bleu.score:.2f}" == "66.87"


def test_an_unknown_word_counts_as_wrong_but_counts() -> None:
    with_it = bleu_of_tokens(["a b c d UNK"], ["a b c d e"])
    assert with_it.precisions[0] == pytest.approx(80)
    assert with_it.sys_len == 5


def test_scores_are_cased() -> None:
    assert bleu_of_tokens(["le chat dort ici"], ["Le chat dort ici"]).score < 100


@pytest.mark.parametrize("hypothesis", ["", "x y z v", "a b"])
def test_a_corpus_without_a_match_of_four_words_has_no_bleu(hypothesis: str) -> None:
    assert bleu_of_tokens([hypothesis], ["a b c d e"]).score == 0


def test_many_scores_at_once_are_the_scores_one_by_one() -> None:
    counts = _random_test_set(np.random.default_rng(5), sentences=40)
    expected = [bleu_2014(row[None]).score for row in counts]
    assert scores_of(counts) == pytest.approx(expected, abs=1e-9)
    assert 0 < np.count_nonzero(expected) < 40  # the zeros are compared, too


def test_the_interval_is_that_of_sacrebleu(shared_data: Path) -> None:
    references = [tokenize(line, "fr") for line in list(read_lines(shared_data / NEWSTEST))[:500]]
    hypotheses = [line.replace(" de ", " UNK ") for line in references]
    metric = BLEU(tokenize="none", smooth_method="none", force=True)
    with mock.patch.dict(os.environ, {"SACREBLEU_SEED": "1"}):
        expected = metric.corpus_score(hypotheses, [references], n_bootstrap=1000)
    interval = bootstrap_interval(corpus_counts(hypotheses, references), seed=1)
    half = (interval.high - interval.low) / 2
    assert half == pytest.approx(expected._ci, rel=0.08)
    assert (interval.high + interval.low) / 2 == pytest.approx(expected._mean, abs=0.1)


def test_the_interval_covers_the_truth_in_about_95_of_100_test_sets() -> None:
    generator = np.random.default_rng(7)
    population = _random_test_set(generator, sentences=50_000)
    truth = bleu_2014(population).score
    covered = 0
    for trial in range(200):
        sample = population[generator.integers(len(population), size=200)]
        interval = bootstrap_interval(sample, seed=trial, resamples=200)
        covered += interval.low <= truth <= interval.high
    assert 0.90 <= covered / 200 <= 0.985


def test_the_seed_alone_makes_the_interval() -> None:
    counts = corpus_counts(HYPOTHESES * 5, REFERENCES * 5)
    first, again, other = (bootstrap_interval(counts, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first.low <= bleu_2014(counts).score <= first.high


def _random_test_set(generator: np.random.Generator, *, sentences: int) -> Counts:
    """Counts of sentences of 1 to 40 tokens whose quality differs, [sentences, 10]."""
    length = generator.integers(1, 41, size=sentences)
    reference = np.maximum(length + generator.integers(-2, 4, size=sentences), 1)
    quality = generator.uniform(0.4, 0.9, size=sentences)
    possible = np.maximum(length[:, None] - np.arange(4), 0)
    matched = generator.binomial(possible, quality[:, None] ** np.arange(1, 5))
    return np.column_stack([length, reference, matched, possible]).astype(np.int64)
