"""From statistics to verdicts: seeds, power, and the correction for several claims."""

import math
from dataclasses import replace

import numpy as np
import pytest

from claim_evidence import (
    BEST,
    FORWARD,
    REVERSED,
    SENTENCES,
    claim,
    noisy_translations,
    result_of,
    table_of,
)
from seq2seq.evaluation.bleu import bleu_2014, corpus_counts
from seq2seq.evaluation.bootstrap import Interval, bleu_on, student
from seq2seq.evaluation.bootstrap import test_sets as drawn_test_sets
from seq2seq.evaluation.claim_definitions import PRIMARY, read_claims
from seq2seq.evaluation.claims import Evidence, Finding, evaluate_claims, holm
from seq2seq.evaluation.power import Pilot
from seq2seq.report.claims_table import claims_table


def test_holm_s_correction_is_that_worked_out_by_hand():
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03}, family=3)
    assert found == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})
    untested = holm({"a": 0.01, "b": 0.02}, family=4)  # two of the four are not part of the run
    assert untested == pytest.approx({"a": 0.04, "b": 0.06})
    interval = Interval(0.1, 2.0)  # a primary claim needs a corrected p value below 5 %
    assert Finding(1.0, interval, 0.03, p_holm=0.04).verdict(0) == "supported"
    assert Finding(1.0, interval, 0.03, p_holm=0.06).verdict(0) == "inconclusive"


def test_the_p_value_agrees_with_the_interval_and_only_that_of_a_primary_claim_is_corrected(
    evidence,
):
    found = result_of(evidence, claim("bleu_difference", REVERSED, FORWARD, family=PRIMARY)).found
    assert found.p_value == pytest.approx(2 / 1001)  # no resampled difference is below 0
    assert found.p_holm == found.p_value
    other = result_of(evidence, claim("bleu_difference", REVERSED, FORWARD, sides=1)).found
    assert (other.p_value, other.p_holm) == (pytest.approx(1 / 1001), None)
    assert other.interval.low > found.interval.low and other.interval.high < found.interval.high


SEEDS = "translations/reversed-[1-9].beam12"


@pytest.fixture(scope="module")
def seeds(evidence, references) -> Evidence:
    """Three reversed models and two forward ones."""
    made = {
        f"translations/{order}-{seed}.beam12": corpus_counts(
            noisy_translations(quality, references, seed=10 * seed + len(order)), references
        )
        for order, qualities in (("reversed", (0.84, 0.85, 0.86)), ("forward", (0.68, 0.70)))
        for seed, quality in enumerate(qualities, start=1)
    }
    counts = {**made, "baseline/best": evidence.counts[BEST]}
    return Evidence(**{**vars(evidence), "counts": counts})


def test_an_operand_with_a_place_for_seeds_is_the_mean_of_those_that_the_run_has(seeds):
    found = result_of(seeds, claim("bleu_difference", SEEDS, "translations/forward-[1-9].beam12"))
    assert found.seeds == (3, 2) and found.on_trainings
    bleu = [bleu_2014(seeds.counts[f"translations/reversed-{k}.beam12"]).score for k in (1, 2, 3)]
    assert found.scores[0] == pytest.approx(np.mean(bleu))
    assert found.found.value == pytest.approx(found.scores[0] - found.scores[1])
    one = result_of(seeds, claim("bleu_difference", REVERSED, FORWARD))
    assert one.seeds == (1, 1) and not one.on_trainings and one.found.welch is None
    assert table_of(found).rows[0][1].endswith("(3 against 2 seeds)")
    alone = {name: counts for name, counts in seeds.counts.items() if "forward-2" not in name}
    few = result_of(replace(seeds, counts=alone), found.claim)
    assert few.seeds == (3, 1) and few.found.interval and few.power is None
    assert few.verdict == "not testable at this size"


def test_the_interval_spans_the_bootstrap_s_and_welch_s_over_seeds_and_sentences(seeds):
    made = claim("bleu_difference", SEEDS, "baseline/best")
    found = result_of(seeds, made).found
    bleu = [bleu_2014(seeds.counts[f"translations/reversed-{k}.beam12"]).score for k in (1, 2, 3)]
    samples = drawn_test_sets(SENTENCES, seed=1)
    names = [f"translations/reversed-{k}.beam12" for k in (1, 2, 3)]
    mean = np.mean([bleu_on(samples, seeds.counts[name]) for name in names], axis=0)
    sentences = (mean - bleu_on(samples, seeds.counts["baseline/best"]))[1:].var()
    part = np.var(bleu, ddof=1) / 3
    half = student(2) * math.sqrt(part + sentences)  # three seeds
    assert found.welch.low == pytest.approx(found.value - half)
    assert found.welch.high == pytest.approx(found.value + half)
    assert found.interval.low <= found.welch.low and found.interval.high >= found.welch.high
    assert result_of(seeds, made).seeds == (3, 0)


def test_an_ensemble_is_one_system_so_the_verdict_is_on_these_models(seeds):
    counts = {**seeds.counts, BEST: seeds.counts["baseline/best"]}
    found = result_of(
        Evidence(**{**vars(seeds), "counts": counts}), claim("bleu_difference", BEST, SEEDS)
    )
    assert found.seeds == (1, 3) and not found.on_trainings


def test_without_the_power_to_find_the_effect_the_outcome_decides_nothing(evidence):
    made = claim("bleu_difference", REVERSED, FORWARD, paper=4.42)
    for spread, verdict in ((1.0, "supported"), (300.0, "not testable at this size")):
        pilots = {made.id: Pilot(4.42, "the paper's", spread, 0, "2026-11-24")}
        found = result_of(Evidence(**{**vars(evidence), "pilots": pilots}), made)
        assert found.verdict == verdict
        assert (found.power >= 0.8) == (verdict == "supported")
        row = claims_table([found], pilots, note="", paper_data=False).data[0]
        assert row[-1] == "2026-11-24"
        assert found.found.value == pytest.approx(result_of(evidence, made).found.value)


def test_a_claim_without_power_is_no_part_of_holm_s_order_but_of_the_family(evidence):
    one, other = (
        claim("bleu_difference", REVERSED, name, family=PRIMARY) for name in (FORWARD, BEST)
    )
    pilots = {other.id: Pilot(1, "the paper's", 1000, 0)}
    gated = Evidence(**{**vars(evidence), "pilots": pilots})
    found = evaluate_claims([one, other], gated, seed=1)
    assert [each.found.p_holm for each in found] == [pytest.approx(4 / 1001), None]


def test_a_claim_against_a_weak_baseline_is_not_testable(seeds):
    against = claim("bleu_difference", BEST, "baseline/best")
    alone = claim("bleu_slope", "baseline/best")
    counts = {**seeds.counts, BEST: seeds.counts[SEEDS.replace("[1-9]", "1")]}
    reached = result_of(Evidence(**{**vars(seeds), "counts": counts}), against).scores[1]
    for floor, gated in ((0.0, False), (reached - 0.1, False), (reached + 0.1, True)):
        held = Evidence(**{**vars(seeds), "counts": counts, "baseline_floor": floor})
        found = result_of(held, against)
        assert (found.verdict == "not testable at this size") == gated
        assert found.found.value == pytest.approx(found.scores[0] - reached)
        assert result_of(held, alone).verdict != "not testable at this size"


def test_four_claims_of_ours_are_primary(repository):
    claims = read_claims(repository / "config" / "claims.tsv")
    assert {made.id for made in claims if made.family == PRIMARY} == {
        "reversal-bleu", "ensemble-5", "rescoring-ensemble", "direct-beats-baseline",
    }  # fmt: skip
