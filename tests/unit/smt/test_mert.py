"""Line search against a fine grid; optimization and tuning never make matters worse."""

import numpy as np
import pytest

from seq2seq.smt.bleu import COUNTS
from seq2seq.smt.features import FEATURES, START_WEIGHTS, TUNED, UNKNOWN
from seq2seq.smt.line_search import NbestLists, Sentence, search_line
from seq2seq.smt.mert import optimize
from seq2seq.smt.translator import Translation, weighted
from seq2seq.smt.tuning import TuningSettings, best_round, tune


def random_lists(seed: int, sentences: int = 12, hypotheses: int = 9) -> NbestLists:
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(sentences, hypotheses, len(FEATURES)))
    features[:, :, UNKNOWN] = 0.0
    counts = np.zeros((sentences, hypotheses, COUNTS))
    counts[:, :, 4:8] = [12, 11, 10, 9]
    counts[:, :, :4] = chance.integers(0, [13, 10, 7, 4], size=(sentences, hypotheses, 4))
    counts[:, :, 8] = chance.integers(9, 15, size=(sentences, 1))
    return NbestLists(features, counts)


@pytest.mark.parametrize("seed", range(10))
def test_line_search_finds_what_a_fine_grid_finds(seed: int) -> None:
    lists, chance = random_lists(seed), np.random.default_rng(seed + 100)
    weights, direction = chance.normal(size=9), chance.normal(size=9)
    point = search_line(lists, weights, direction)
    grid = [lists.bleu(weights + step * direction) for step in np.linspace(-20, 20, 8001)]
    assert point.bleu >= max(grid)
    assert lists.bleu(weights + point.step * direction) == pytest.approx(point.bleu, abs=1e-12)


def test_a_line_along_which_nothing_changes_stays_where_it_is() -> None:
    lists = random_lists(0)
    direction = np.eye(9)[UNKNOWN]
    point = search_line(lists, np.array(START_WEIGHTS), direction)
    assert point.step == 0.0
    assert point.bleu == lists.bleu(np.array(START_WEIGHTS))


def test_parallel_and_equal_lines_are_no_corners() -> None:
    lists = random_lists(1)
    features = np.repeat(lists.features, 2, axis=1)
    doubled = NbestLists(features, np.repeat(lists.counts, 2, axis=1))
    weights, direction = np.array(START_WEIGHTS), np.eye(9)[0] + np.eye(9)[5]
    assert search_line(doubled, weights, direction) == search_line(lists, weights, direction)


@pytest.mark.parametrize("seed", range(5))
def test_optimization_never_lowers_bleu(seed: int) -> None:
    lists, weights = random_lists(seed), np.array(START_WEIGHTS)
    found = optimize(lists, weights, tuned=TUNED, starts=1, generator=np.random.default_rng(seed))
    assert lists.bleu(found) > lists.bleu(weights)
    assert found[UNKNOWN] == weights[UNKNOWN]
    assert np.abs(found).sum() == pytest.approx(np.abs(weights).sum())


def test_optimization_depends_on_its_seed_alone() -> None:
    lists, weights = random_lists(3), np.array(START_WEIGHTS)
    first, second = (
        optimize(lists, weights, tuned=TUNED, starts=2, generator=np.random.default_rng(8))
        for _ in range(2)
    )
    assert first.tolist() == second.tolist()


def candidates(count: int) -> list[list[Translation]]:
    """Two sentences with ``count`` translations each, the better ones disliked at the start."""
    lists = []
    for sentence in ("a b c d e f", "f e d c b a"):
        translations = []
        for keep in range(2, count + 2):
            tokens = " ".join(sentence.split(" ")[:keep])
            features = [0.0] * len(FEATURES)
            features[0], features[5] = -float(keep), float(keep % 3)
            translations.append(Translation(tokens, tuple(features), 0.0))
        lists.append(translations)
    return lists


def test_tuning_never_lowers_bleu_and_stops_when_nothing_is_new() -> None:
    everything = candidates(5)

    def decode(weights: tuple[float, ...]) -> list[list[Translation]]:
        return [
            sorted(one, key=lambda each: -weighted(weights, each.features)) for one in everything
        ]

    settings = TuningSettings(rounds=9, starts=2, seed=1)
    rounds = tune(decode, ["a b c d e f", "f e d c b a"], settings)
    assert len(rounds) == 2
    assert rounds[0].weights == START_WEIGHTS
    assert best_round(rounds).bleu == pytest.approx(1.0)


def test_the_start_is_kept_if_tuning_finds_worse() -> None:
    answers = iter([candidates(5)[:1], [candidates(1)[0]], [candidates(1)[0]]])

    def decode(_: tuple[float, ...]) -> list[list[Translation]]:
        lists = next(answers)
        return [list(reversed(one)) for one in lists]

    rounds = tune(decode, ["a b c d e f"], TuningSettings(rounds=3, starts=0, seed=1))
    assert best_round(rounds).weights == START_WEIGHTS


def test_shorter_lists_repeat_their_first_hypothesis_which_changes_no_choice() -> None:
    chance = np.random.default_rng(0)
    sentences = [
        Sentence(chance.normal(size=(length, 3)), chance.integers(1, 9, (length, COUNTS)) * 1.0)
        for length in (1, 4, 2)
    ]
    lists = NbestLists.of(sentences)
    assert lists.features.shape == (3, 4, 3)
    for one, features, counts in zip(sentences, lists.features, lists.counts, strict=True):
        assert features[: len(one.features)].tolist() == one.features.tolist()
        assert all(row.tolist() == one.counts[0].tolist() for row in counts[len(one.counts) :])
        assert (features @ [1, 2, 3]).argmax() == (one.features @ [1, 2, 3]).argmax()
