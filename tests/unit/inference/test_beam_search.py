"""The search against brute force, greedy choice and the scorer, on random networks."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from oracles import probability, score
from seq2seq.config.decoding import PAPER_SEARCH as PAPER
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.scoring import log_probabilities
from seq2seq.special_tokens import EOS_ID
from tiny_models import trained, words

SOURCES = words([3, 4, 5], [2], [4, 4, 2, 6, 7], [8, 8], [])
LIMIT = 4
EVERYTHING = words(
    *(
        list(sentence)
        for length in range(LIMIT + 1)
        for sentence in itertools.product([0, 2, 3, 4], repeat=length)
    )
)


def search(models, sources, beam, limit=LIMIT, nbest=1, options=PAPER):
    limits = [limit] * len(sources)
    return beam_search(models, sources, beam=beam, max_words=limits, nbest=nbest, options=options)


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_wide_enough_finds_what_brute_force_finds(seed):
    model = trained(seed=seed)
    for source, found in zip(SOURCES, search([model], SOURCES, 400, nbest=5), strict=True):
        scores = log_probabilities(
            model, [source], EVERYTHING, np.zeros(len(EVERYTHING), np.int64), batch_size=64
        )
        best = np.argsort(-scores)[:5]
        assert [one.words for one in found[:5]] == [tuple(EVERYTHING[k].tolist()) for k in best]
        assert [one.log_probability for one in found[:5]] == pytest.approx(scores[best])


def test_an_ensemble_is_the_mean_of_probabilities():
    models = [trained(seed=1), trained(seed=2, source_order="forward")]
    few = [one for one in EVERYTHING if len(one) <= 2]
    for source, found in zip(SOURCES, search(models, SOURCES, 100, limit=2), strict=True):
        scores = score(models, source, few)
        assert found[0].words == tuple(few[int(np.argmax(scores))].tolist())
        assert found[0].log_probability == pytest.approx(scores.max())


@pytest.mark.parametrize("min_words", [1, 2])
def test_a_translation_of_too_few_words_is_not_found_however_likely(min_words):
    model = trained(seed=3)
    long_enough = [one for one in EVERYTHING if len(one) >= min_words]
    options = replace(PAPER, min_words=min_words)
    found = search([model], SOURCES, 400, options=options)
    for source, best in zip(SOURCES, found, strict=True):
        source_index = np.zeros(len(long_enough), np.int64)
        scores = log_probabilities(model, [source], long_enough, source_index, batch_size=64)
        assert best[0].words == tuple(long_enough[int(np.argmax(scores))].tolist())
        assert best[0].log_probability == pytest.approx(scores.max())


def greedy(model, source, limit):
    prefix = np.zeros(0, np.int32)
    while len(prefix) < limit:
        word = max(range(5), key=lambda w: probability(model, source, prefix, w))
        if word == EOS_ID:
            return tuple(prefix.tolist()), True
        prefix = np.append(prefix, word)
    return tuple(prefix.tolist()), False


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy_and_a_translation_without_end_is_cut_and_flagged(seed):
    model = trained(seed=seed)
    for source, found in zip(SOURCES, search([model], SOURCES, 1, limit=9), strict=True):
        assert (found[0].words, found[0].complete) == greedy(model, source, 9)


@pytest.mark.parametrize("beam", [1, 2, 3])
def test_batch_size_and_order_change_no_translation(beam):
    models = [trained(seed=3), trained(seed=4)]
    together = search(models, SOURCES, beam, limit=8)
    backwards = search(models, SOURCES[::-1], beam, limit=8)[::-1]
    single_process = [search(models, [source], beam, limit=8)[0] for source in SOURCES]
    for one, other, third in zip(together, backwards, single_process, strict=True):
        assert [t.words for t in one] == [t.words for t in other] == [t.words for t in third]
        assert [t.log_probability for t in one] == pytest.approx(
            [t.log_probability for t in third], rel=1e-12
        )


@pytest.mark.parametrize("seed", range(5))
def test_the_score_of_a_translation_is_the_scorers(seed):
    model = trained(seed=seed)
    found = [best[0] for best in search([model], SOURCES, 4, limit=12)]
    complete = [k for k, one in enumerate(found) if one.complete]
    scores = log_probabilities(
        model,
        SOURCES,
        words(*(list(found[k].words) for k in complete)),
        np.array(complete),
        batch_size=2,
    )
    assert [found[k].log_probability for k in complete] == pytest.approx(scores, rel=1e-12)


def test_a_hypothesis_that_ends_leaves_one_place_less():
    model = trained(seed=1)
    found = search([model], SOURCES, 3, limit=30, nbest=3)
    assert all(sum(one.complete for one in translations) <= 3 for translations in found)
