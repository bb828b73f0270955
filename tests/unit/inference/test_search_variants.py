"""What the paper leaves open about its search, against searches that are written plainly."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from oracles import score
from plain_search import plain_search
from seq2seq.config.decoding import PAPER_SEARCH as PAPER
from seq2seq.inference.beam_search import beam_search
from tiny_models import trained, words

SOURCES = words([3, 4, 5], [2], [4, 4, 2, 6, 7])
LIMIT = 6
VARIANTS = {
    "the paper's": PAPER,
    "refilled": replace(PAPER, finished="keep_width"),
    "log probabilities": replace(PAPER, ensemble_mean="geometric"),
    "length penalty": replace(PAPER, length_penalty=1.0),
    "no unknown words": replace(PAPER, unknown_words="forbidden"),
    "all of them": replace(
        PAPER,
        finished="keep_width",
        ensemble_mean="geometric",
        length_penalty=0.6,
        unknown_words="forbidden",
        min_words=1,
    ),
}
MODELS = [trained(seed=1), trained(seed=2, source_order="forward")]


@pytest.mark.parametrize("beam", [1, 2, 3])
@pytest.mark.parametrize("name", VARIANTS)
def test_a_narrow_beam_finds_what_the_plain_search_finds(name, beam):
    limits = [LIMIT] * len(SOURCES)
    found = beam_search(MODELS, SOURCES, beam=beam, max_words=limits, options=VARIANTS[name])
    for source, translations in zip(SOURCES, found, strict=True):
        best = plain_search(MODELS, source, beam=beam, limit=LIMIT, options=VARIANTS[name])[0]
        assert (translations[0].words, translations[0].complete) == (best.words, best.complete)
        assert translations[0].log_probability == pytest.approx(best.log_probability, rel=1e-12)


@pytest.mark.parametrize("finished", ["shrink_beam", "keep_width"])
def test_as_many_are_surely_the_best_as_are_wanted(finished):
    options = replace(PAPER, finished=finished, length_penalty=0.8)
    limits = [9] * len(SOURCES)
    found = beam_search(MODELS, SOURCES, beam=4, max_words=limits, nbest=3, options=options)
    for source, translations in zip(SOURCES, found, strict=True):
        best = plain_search(MODELS, source, beam=4, limit=9, options=options)
        complete = [one for one in best if one.complete][:3]
        assert [one.words for one in translations[: len(complete)]] == [b.words for b in complete]


def brute_force(models, source, *, limit, options):
    """The best of all translations of up to ``limit`` words, with its log probability."""
    first = 1 if options.unknown_words == "forbidden" else 0
    every = [
        np.array(one, dtype=np.int32)
        for length in range(options.min_words, limit + 1)
        for one in itertools.product([0, 2, 3, 4][first:], repeat=length)
    ]
    if options.ensemble_mean == "arithmetic":
        log_p = score(models, source, every)
    else:
        log_p = np.mean([score([model], source, every) for model in models], axis=0)
    divisors = np.array([((5 + len(one) + 1) / 6) ** options.length_penalty for one in every])
    best = int(np.argmax(log_p / divisors))
    return tuple(every[best].tolist()), log_p[best]


@pytest.mark.parametrize("name", VARIANTS)
def test_a_beam_wide_enough_finds_what_brute_force_finds(name):
    source = SOURCES[0]
    best, log_p = brute_force(MODELS, source, limit=3, options=VARIANTS[name])
    (found,) = beam_search(MODELS, [source], beam=120, max_words=[3], options=VARIANTS[name])
    assert found[0].words == best
    assert found[0].log_probability == pytest.approx(log_p, rel=1e-12)


@pytest.mark.parametrize("name", VARIANTS)
def test_batch_size_and_order_change_nothing(name):
    limits = [LIMIT] * len(SOURCES)

    def search(sources):
        return beam_search(MODELS, sources, beam=3, max_words=limits, options=VARIANTS[name])

    together, backwards = search(SOURCES), search(SOURCES[::-1])[::-1]
    single_process = [
        beam_search(MODELS, [one], beam=3, max_words=[LIMIT], options=VARIANTS[name])[0]
        for one in SOURCES
    ]
    for one, other, third in zip(together, backwards, single_process, strict=True):
        assert [t.words for t in one] == [t.words for t in other] == [t.words for t in third]
        for a, b, c in zip(one, other, third, strict=True):
            assert a.log_probability == pytest.approx(b.log_probability, rel=1e-12)
            assert a.log_probability == pytest.approx(c.log_probability, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_translations_hold_words_alone_no_padding_no_end(seed):
    found = beam_search([trained(seed=seed)], SOURCES, beam=5, max_words=[9] * 3, nbest=5)
    numbers = {word for several in found for one in several for word in one.words}
    assert numbers <= {0, 2, 3, 4}


def test_a_length_penalty_prefers_longer_translations():
    limits = [LIMIT] * len(SOURCES)
    lengths = []
    for penalty in (0.0, 3.0):
        options = replace(PAPER, length_penalty=penalty)
        found = [
            beam_search([trained(seed=seed)], SOURCES, beam=9, max_words=limits, options=options)
            for seed in range(6)
        ]
        lengths.append([len(several[0].words) for one in found for several in one])
    assert all(short <= long for short, long in zip(*lengths, strict=True))
    assert lengths[0] != lengths[1]
