"""Line search against a fine grid; optimization never makes matters worse."""

import numpy as np
import pytest

from seq2seq.baseline.lattice import FEATURES, START_WEIGHTS, UNKNOWN
from seq2seq.baseline.mert import NbestLists, optimize, search_line
from seq2seq.evaluation.bleu import COLUMNS

TUNED = [place for place in range(len(FEATURES)) if place != UNKNOWN]


def random_lists(seed: int, sentences: int = 12, hypotheses: int = 9) -> NbestLists:
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(sentences, hypotheses, len(FEATURES)))
    features[:, :, UNKNOWN] = 0.0
    counts = np.zeros((sentences, hypotheses, COLUMNS), int)
    counts[:, :, 6:] = [12, 11, 10, 9]
    counts[:, :, 0] = 12
    counts[:, :, 2:6] = chance.integers(0, [13, 10, 7, 4], size=(sentences, hypotheses, 4))
    counts[:, :, 1] = chance.integers(9, 15, size=(sentences, 1))
    return NbestLists(features, counts)


@pytest.mark.parametrize("seed", range(10))
def test_line_search_finds_what_a_fine_grid_finds(seed: int) -> None:
    lists, chance = random_lists(seed), np.random.default_rng(seed + 100)
    weights, direction = chance.normal(size=9), chance.normal(size=9)
    step, bleu = search_line(lists, weights, direction)
    grid = [lists.bleu(weights + far * direction) for far in np.linspace(-20, 20, 8001)]
    assert bleu >= max(grid)
    assert lists.bleu(weights + step * direction) == pytest.approx(bleu, abs=1e-12)


def test_a_line_along_which_nothing_changes_stays_where_it_is() -> None:
    lists = random_lists(0)
    direction = np.eye(9)[UNKNOWN]
    step, bleu = search_line(lists, np.array(START_WEIGHTS), direction)
    assert step == 0.0
    assert bleu == lists.bleu(np.array(START_WEIGHTS))


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


def test_shorter_lists_repeat_their_first_hypothesis_which_changes_no_choice() -> None:
    chance = np.random.default_rng(0)
    sentences = [
        (chance.normal(size=(length, 3)), chance.integers(1, 9, (length, COLUMNS)))
        for length in (1, 4, 2)
    ]
    lists = NbestLists.of(sentences)
    assert lists.features.shape == (3, 4, 3)
    for (one, own), features, counts in zip(sentences, lists.features, lists.counts, strict=True):
        assert features[: len(one)].tolist() == one.tolist()
        assert all(row.tolist() == own[0].tolist() for row in counts[len(own) :])
        assert (features @ [1, 2, 3]).argmax() == (one @ [1, 2, 3]).argmax()
