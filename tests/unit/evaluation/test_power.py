"""Power before the outcome: by hand, and the table of effects and pilots."""

from statistics import NormalDist

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.claim_definitions import STATISTICS, read_claims
from seq2seq.evaluation.power import COLUMNS, Pilot, planned_power, power_of, read_pilots

ROW = ["mine", "a b", "4.42", "the paper's", "12.6", "1.2", "2026-11-24", "a run"]
FOUND = (4.42, "the paper's", 12.6, 1.2, "2026-11-24")


@pytest.fixture(scope="module")
def claims(repository):
    return {one.id: one for one in read_claims(repository / "config/claims.tsv")}


def test_of_sentences_alone_it_is_a_normal_tail(claims):
    pilot = Pilot(0.24, "the paper's", 11.0, 0)
    told = power_of(claims["reversal-rescoring"], pilot, sentences=3003, seeds=(), alpha=0.05)
    error = 11.0 / 3003**0.5
    assert told == pytest.approx(NormalDist().cdf(0.24 / error - 1.96), abs=1e-3)


def test_few_seeds_that_estimate_their_own_spread_cost_power(claims):
    """As 20,000 plain draws of Welch's rule gave; a known spread would give 93 % at alpha / 2."""
    pilot, claim = Pilot(4.42, "the paper's", 12.6, 1.21), claims["reversal-bleu"]
    for alpha, drawn in ((0.05, 0.907), (0.025, 0.792)):
        told = power_of(claim, pilot, sentences=3003, seeds=(5, 3), alpha=alpha)
        assert told == pytest.approx(drawn, abs=0.01)


def test_a_one_sided_test_spends_its_alpha_on_one_side_and_a_ratio_is_taken_by_logarithms(claims):
    beam = power_of(
        claims["beam-1"], Pilot(-1.81, "", 12.6, 0), sentences=1000, seeds=(), alpha=0.05
    )
    error = 12.6 / 1000**0.5
    assert beam == pytest.approx(NormalDist().cdf((3 - 1.81) / error - 1.645), abs=1e-3)
    ratio = power_of(claims["depth"], Pilot(1.05, "", 0.5, 0), sentences=400, seeds=(), alpha=0.05)
    assert ratio == pytest.approx(NormalDist().cdf(0.04879 / 0.025 - 1.96), abs=1e-3)


def test_a_primary_claim_is_tested_after_those_with_more_power(claims):
    effects = {"ensemble-5": 9.0, "reversal-bleu": 2.0, "direct-beats-baseline": 0.1}
    pilots = {id: Pilot(effect, "", 20, 0) for id, effect in effects.items()}
    found = planned_power(
        list(claims.values()), pilots, sentences=1000, seeds=dict.fromkeys(claims, ()), alpha=0.05
    )
    error = 20 / 1000**0.5
    for id, left in (("ensemble-5", 4), ("reversal-bleu", 3)):  # the first is found before
        critical = NormalDist().inv_cdf(1 - 0.025 / left)
        expected = NormalDist().cdf(effects[id] / error - critical)
        assert found[id] == pytest.approx(expected, abs=2e-3)
    assert set(found) == set(effects)


@pytest.mark.parametrize("experiment", ["paper", "multi30k", "demo"])
def test_our_table_names_an_effect_beyond_its_threshold_for_every_claim(
    repository, claims, experiment
):
    pilots = read_pilots(repository / "config/power.tsv", experiment)
    assert set(pilots) <= set(claims)
    for id, pilot in pilots.items():
        scale = STATISTICS[claims[id].statistic].scale
        assert scale(pilot.effect) > scale(claims[id].threshold), id
    if experiment == "paper":
        measured = {id for id, one in claims.items() if STATISTICS[one.statistic].score is None}
        assert set(claims) - set(pilots) == {*measured, "depth", "lstm-long"}


def written(tmp_path, **fields):
    row = dict(zip(COLUMNS, ROW, strict=True)) | fields
    path = tmp_path / "power.tsv"
    path.write_text("\t".join(COLUMNS) + "\n" + "\t".join(row.values()) + "\n", encoding="utf-8")
    return path


def test_a_row_is_for_the_experiments_that_it_names(tmp_path):
    path = written(tmp_path, experiments="mine other")
    assert read_pilots(path, "other") == dict.fromkeys("ab", Pilot(*FOUND))
    assert read_pilots(path, "third") == {}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"effect": "large"}, "line 2: `large` is not a number. Correct the table"),
        ({"seed_sd": "-1"}, "line 2: spreads must be >= 0"),
        ({"source": ""}, "line 2: .*`source` not empty"),
        ({"date": "yesterday"}, "line 2: .*yesterday"),
    ],
)
def test_a_wrong_row_is_one_sentence(tmp_path, fields, message):
    with pytest.raises(UserError, match=message):
        read_pilots(written(tmp_path, **fields), "mine")
