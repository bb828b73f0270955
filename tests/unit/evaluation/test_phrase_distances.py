"""Distances between phrases, and the test that meanings lie apart."""

import itertools

import numpy as np
import pytest

from seq2seq.evaluation.phrases import (
    RESAMPLES,
    EncodedPhrases,
    PanelFinding,
    PlotPhrase,
    arrangements,
    compare_panels,
    distance_matrix,
    joint_numbers,
    mean_distances,
    permutation_test,
    separation,
    voice_test,
)

TWO_BY_THREE = (0, 0, 0, 1, 1, 1)


def test_each_mean_is_over_the_pairs_that_its_name_says() -> None:
    points = {(0, 0): 0.0, (0, 1): 1.0, (1, 0): 10.0, (1, 1): 12.0}
    phrases = [
        PlotPhrase("p", meaning, construction, ["passive", "active"][construction], "x", ())
        for meaning, construction in points
    ]
    found = mean_distances(
        phrases,
        [m for m, _ in points],
        distance_matrix(np.array([[x, 0] for x in points.values()])),
    )
    assert found.across_meanings == pytest.approx((10 + 12 + 9 + 11) / 4)
    assert found.within_meaning == pytest.approx((1 + 2) / 2)
    assert found.word_order == pytest.approx((10 + 11) / 2)
    assert found.voice == pytest.approx((1 + 2) / 2)


def test_where_no_pair_is_of_a_kind_there_is_no_mean() -> None:
    phrases = [PlotPhrase("p", meaning, 0, "active", "x", ()) for meaning in (0, 1)]
    found = mean_distances(phrases, [0, 1], distance_matrix(np.eye(2)))
    assert (found.within_meaning, found.voice) == (None, None)


@pytest.mark.parametrize("labels", [(), (3,), (0, 0, 1), (0, 1, 2, 1), TWO_BY_THREE])
def test_every_different_order_comes_once(labels: tuple[int, ...]) -> None:
    assert sorted(arrangements(labels)) == sorted(set(itertools.permutations(labels)))


def test_the_exact_p_value_is_that_of_all_permutations_one_by_one() -> None:
    states = np.random.default_rng(5).normal(size=(6, 4))
    distances = distance_matrix(states)
    observed = separation(distances, TWO_BY_THREE)
    reached = [
        separation(distances, labels) >= observed - 1e-9
        for labels in itertools.permutations(TWO_BY_THREE)
    ]
    found = permutation_test([(distances, TWO_BY_THREE)], seed=1)
    assert found.exact and found.relabellings == 20
    assert found.p_value == pytest.approx(np.mean(reached))


def test_two_panels_reach_a_hundredth_where_one_reaches_a_tenth() -> None:
    places = np.array([[0], [0.1], [0.2], [5], [5.1], [5.3]])
    apart = (distance_matrix(places), TWO_BY_THREE)
    assert permutation_test([apart], seed=1).p_value == pytest.approx(0.1)
    assert permutation_test([apart, apart], seed=1).p_value == pytest.approx(0.01)


def test_a_drawn_p_value_is_near_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    states = np.random.default_rng(8).normal(size=(6, 3))
    panels = [(distance_matrix(states), TWO_BY_THREE)] * 2
    exact = permutation_test(panels, seed=1)
    monkeypatch.setattr("seq2seq.evaluation.phrases._EXACT", 10)
    monkeypatch.setattr("seq2seq.evaluation.phrases.RESAMPLES", 2000)
    drawn = permutation_test(panels, seed=1)
    assert not drawn.exact and drawn.relabellings == 2000 < RESAMPLES
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.04)
    assert drawn == permutation_test(panels, seed=1)


def test_chance_alone_is_called_significant_no_more_often_than_it_says() -> None:
    generator = np.random.default_rng(11)
    values = np.array(
        [
            permutation_test(
                [(distance_matrix(generator.normal(size=(6, 5))), TWO_BY_THREE)], seed=1
            ).p_value
            for _ in range(300)
        ]
    )
    for level in (0.1, 0.3, 0.5):
        assert np.mean(values <= level + 1e-9) == pytest.approx(level, abs=0.07)


def test_meanings_that_lie_apart_are_found_and_those_mixed_up_are_not() -> None:
    apart, mixed = _encoded(spread=0.1), _encoded(spread=30.0)
    found = compare_panels(apart, seed=1)
    assert [finding.panel for finding in found] == ["left", "right"]
    assert all(finding.ratio and finding.ratio > 5 for finding in found)
    assert _joint_p(found) == pytest.approx(0.01)
    assert "p = 0.1" in found[0].in_words()
    assert _joint_p(compare_panels(mixed, seed=1)) > 0.05


def test_phrases_that_the_model_cannot_tell_apart_give_no_ratio() -> None:
    same = _encoded(spread=0.0)
    flat = EncodedPhrases("m", same.phrases, np.ones((12, 3), dtype=np.float32))
    finding = compare_panels(flat, seed=1)[0]
    assert finding.ratio is None
    assert finding.in_words() == "distances cannot be compared"
    assert finding.test.p_value == 1
    assert finding.as_numbers()["unknown_words"] == ["garden"]


def _joint_p(findings: list[PanelFinding]) -> float:
    return permutation_test([(one.matrix, one.meanings) for one in findings], seed=1).p_value


def _encoded(*, spread: float) -> EncodedPhrases:
    generator = np.random.default_rng(4)
    meanings = generator.normal(size=(2, 3)) * 5
    phrases, states = [], []
    for panel, unknown in (("left", ("garden",)), ("right", ())):
        for meaning, construction in itertools.product((0, 1), (0, 1, 2)):
            voice = "active" if construction else "passive"
            phrases.append(PlotPhrase(panel, meaning, construction, voice, "a b", unknown))
            states.append(meanings[meaning] + spread * generator.normal(size=3))
    return EncodedPhrases("m", tuple(phrases), np.array(states, dtype=np.float32))


def _two_voices(shift: float) -> list[float]:
    """Places on a line: passive, active, active of one meaning, then of another ``shift`` away."""
    return [0.0, 1.0, 0.5, shift, shift + 1.0, shift + 0.5]


VOICES = [
    PlotPhrase("p", meaning, construction, voice, "x", ())
    for meaning in (0, 1)
    for construction, voice in enumerate(["passive", "active", "active"])
]


@pytest.mark.parametrize("shift, p_value", [(20.0, 0.1), (0.1, 1.0)])
def test_voice_is_told_from_word_order_as_clearly_as_six_phrases_allow(shift, p_value) -> None:
    places = np.array([[place] for place in _two_voices(shift)])
    found = voice_test([(VOICES, distance_matrix(places))], seed=1)
    assert found is not None and found.relabellings == 20
    assert (found.p_value <= 0.1 + 1e-9) == (p_value == 0.1)


def test_further_panels_of_the_kind_make_a_small_p_value_possible() -> None:
    near, far = ([[place] for place in _two_voices(shift)] for shift in (0.1, 20.0))
    panels = [(VOICES, distance_matrix(np.array(far)))] * 4
    found = voice_test(panels, seed=1)
    assert found is not None and found.exact and found.p_value == pytest.approx(16 / 20**4)
    mixed = voice_test([*panels[:2], (VOICES, distance_matrix(np.array(near)))], seed=1)
    assert mixed is not None and mixed.p_value > found.p_value


def test_the_joint_numbers_are_means_of_relative_distances_with_their_p_values() -> None:
    encoded = _encoded(spread=0.1)
    findings = compare_panels(encoded, seed=1)
    found = joint_numbers(encoded, findings, seed=1)
    across = [one.distances.across_meanings / one.matrix.mean() for one in findings]
    assert found["all_panels"]["across_meanings"] == pytest.approx(np.mean(across))
    assert found["all_panels"]["p_value"] == pytest.approx(0.01)
    order = [one.distances.word_order / one.matrix.mean() for one in findings]
    assert found["voice"]["word_order"] == pytest.approx(np.mean(order))
    assert found["voice"]["relabellings"] == 400


def test_the_voice_test_goes_through_every_way_to_deal_the_meanings_out() -> None:
    distances = distance_matrix(np.random.default_rng(4).normal(size=(6, 3)))

    def excess(meanings: tuple[int, ...]) -> float:
        orders = [
            distances[i, j] for i, j in ((0, 3), (1, 4), (2, 5)) if meanings[i] != meanings[j]
        ]
        voices = [
            distances[i, j]
            for i, j in itertools.combinations(range(6), 2)
            if meanings[i] == meanings[j] and (i in (0, 3)) != (j in (0, 3))
        ]
        return float(np.mean(orders) - np.mean(voices))

    reached = [
        excess(labels) >= excess(TWO_BY_THREE) - 1e-9
        for labels in itertools.permutations(TWO_BY_THREE)
    ]
    found = voice_test([(VOICES, distances)], seed=1)
    assert found is not None and found.p_value == pytest.approx(np.mean(reached))


def test_a_panel_of_one_voice_has_no_test_of_voice() -> None:
    phrases = [PlotPhrase("p", meaning, 0, "active", "x", ()) for meaning in (0, 1)]
    assert voice_test([(phrases, distance_matrix(np.eye(2)))], seed=1) is None
