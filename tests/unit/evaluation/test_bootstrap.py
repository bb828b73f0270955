"""Paired tests against sacreBLEU's own, and against what chance is known to do."""

import os
from unittest import mock

import numpy as np
import pytest
from sacrebleu.metrics import BLEU
from sacrebleu.significance import PairedTest

from seq2seq.evaluation.bleu import Counts, corpus_counts
from seq2seq.evaluation.bootstrap import bleu_on, compare, interval_of, randomization_p
from seq2seq.evaluation.bootstrap import test_sets as drawn_test_sets

WORDS = [f"w{number}" for number in range(30)]


def _references(generator: np.random.Generator, sentences: int) -> list[str]:
    return [" ".join(generator.choice(WORDS, generator.integers(3, 25))) for _ in range(sentences)]


def _system(generator: np.random.Generator, references: list[str], quality: float) -> list[str]:
    return [
        " ".join(word if generator.random() < quality else "UNK" for word in line.split(" "))
        for line in references
    ]


@pytest.fixture(scope="module")
def systems() -> dict[str, list[str]]:
    generator = np.random.default_rng(3)
    references = _references(generator, 301)
    made = {str(quality): _system(generator, references, quality) for quality in (0.8, 0.83)}
    return {"references": references, **made}


def _sacrebleu_p(systems: dict[str, list[str]], test: str) -> float:
    metric = BLEU(tokenize="none", smooth_method="none", force=True)
    named = [("other", systems["0.83"]), ("one", systems["0.8"])]
    with mock.patch.dict(os.environ, {"SACREBLEU_SEED": "7"}):
        _, results = PairedTest(named, {"BLEU": metric}, [systems["references"]], test)()
    return results["BLEU"][1].p_value


def test_both_p_values_are_sacrebleu_s_own(systems: dict[str, list[str]]) -> None:
    one, other = (corpus_counts(systems[name], systems["references"]) for name in ("0.8", "0.83"))
    found = compare(one, other, seed=7)
    assert found.bootstrap_p == _sacrebleu_p(systems, "bs")
    assert found.randomization_p == _sacrebleu_p(systems, "ar")
    assert 0.001 < found.randomization_p < 0.5  # neither end, where many seeds would agree


def test_the_difference_is_that_of_sacrebleu_s_scores(systems: dict[str, list[str]]) -> None:
    metric = BLEU(tokenize="none", smooth_method="none", force=True)
    one, other = (
        metric.corpus_score(systems[name], [systems["references"]]).score
        for name in ("0.8", "0.83")
    )
    counts = (corpus_counts(systems[name], systems["references"]) for name in ("0.8", "0.83"))
    found = compare(*counts, seed=1)
    assert found.difference == pytest.approx(one - other, abs=1e-9)
    assert found.interval.low < found.difference < found.interval.high


def test_the_two_systems_changing_places_change_the_sign_alone(systems):
    one, other = (corpus_counts(systems[name], systems["references"]) for name in ("0.8", "0.83"))
    found, swapped = compare(one, other, seed=2), compare(other, one, seed=2)
    assert swapped.difference == -found.difference
    assert (swapped.interval.low, swapped.interval.high) == pytest.approx(
        (-found.interval.high, -found.interval.low)
    )
    assert swapped.bootstrap_p == found.bootstrap_p
    assert swapped.randomization_p == found.randomization_p


def test_a_system_does_not_differ_from_itself(systems: dict[str, list[str]]) -> None:
    counts = corpus_counts(systems["0.8"], systems["references"])
    found = compare(counts, counts, seed=1)
    assert (found.difference, found.interval.low, found.interval.high) == (0, 0, 0)
    assert found.bootstrap_p == found.randomization_p == 1


def test_systems_without_any_score_do_not_differ() -> None:
    references = ["a b c d e"] * 20
    one, other = (corpus_counts([line] * 20, references) for line in ("x y z", "a"))
    found = compare(one, other, seed=1)
    assert (found.difference, found.bootstrap_p, found.randomization_p) == (0, 1, 1)


def test_a_paired_interval_is_narrower_than_the_systems_own(systems: dict[str, list[str]]) -> None:
    """Nearly equal systems: each BLEU varies with the test set, their difference hardly does."""
    references = systems["references"]
    changed = [line.replace("w3 ", "UNK ") for line in systems["0.83"]]
    one, other = corpus_counts(systems["0.83"], references), corpus_counts(changed, references)
    found = compare(one, other, seed=1)
    own = interval_of(bleu_on(drawn_test_sets(len(one), seed=1), one)[1:])
    assert found.interval.high - found.interval.low < 0.6 * (own.high - own.low)
    assert found.interval.low > 0


def test_the_first_test_set_is_the_real_one_and_all_have_its_size() -> None:
    samples = drawn_test_sets(50, seed=1, resamples=20)
    assert samples.shape == (21, 50)
    assert (samples[0] == 1).all()
    assert (samples.sum(axis=1) == 50).all()


def _equal_systems(seed: int) -> list[Counts]:
    """Two systems whose sentences have changed sides by the toss of a coin: no one is better."""
    generator = np.random.default_rng(seed)
    length = generator.integers(4, 30, size=120)
    possible = np.maximum(length[:, None] - np.arange(4), 0)
    sides = []
    for _ in range(2):
        quality = generator.uniform(0.4, 0.9, size=120)
        matched = generator.binomial(possible, quality[:, None] ** np.arange(1, 5))
        sides.append(np.column_stack([length, length, matched, possible]).astype(np.int64))
    return sides


def test_equal_systems_look_different_as_often_as_a_p_value_says() -> None:
    trials = 300
    p_values = [
        randomization_p(*_equal_systems(seed), seed=seed, trials=300) for seed in range(trials)
    ]
    assert 0.02 <= np.mean(np.array(p_values) < 0.05) <= 0.085
    assert 0.42 <= np.mean(np.array(p_values) < 0.5) <= 0.58


def test_the_interval_of_equal_systems_leaves_zero_out_in_about_5_of_100() -> None:
    out = 0
    for seed in range(300):
        one, other = _equal_systems(seed)
        samples = drawn_test_sets(len(one), seed=seed, resamples=200)
        interval = interval_of((bleu_on(samples, one) - bleu_on(samples, other))[1:])
        out += not interval.low <= 0 <= interval.high
    assert 0.02 <= out / 300 <= 0.09
