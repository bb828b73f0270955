"""Verdicts: the rule, every statistic against a plain computation, and what a swap does."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from sacrebleu.metrics import BLEU

from seq2seq.evaluation.bleu import bleu_2014, corpus_counts
from seq2seq.evaluation.bootstrap import Interval, bleu_on, student
from seq2seq.evaluation.bootstrap import test_sets as drawn_test_sets
from seq2seq.evaluation.buckets import length_slope, shorter_than
from seq2seq.evaluation.claim_definitions import PRIMARY, Claim, read_claims
from seq2seq.evaluation.claims import (
    ClaimResult,
    Evidence,
    Finding,
    effect_share,
    evaluate_claims,
    holm,
)
from seq2seq.evaluation.perplexity import LogProbabilities
from seq2seq.evaluation.power import Pilot
from seq2seq.report.claims_table import claims_table, count_verdicts
from seq2seq.report.table import Table

WORDS = [f"w{number}" for number in range(40)]
FORWARD, REVERSED = "translations/forward-1.beam12", "translations/reversed-1.beam12"
BEST = "translations/reversed-1+reversed-2.beam12"
SENTENCES = 240


def _translations(quality: float, references: list[str], *, seed: int) -> list[str]:
    generator = np.random.default_rng(seed)
    return [
        " ".join(word if generator.random() < quality else "UNK" for word in line.split(" "))
        for line in references
    ]


@pytest.fixture(scope="module")
def references() -> list[str]:
    generator = np.random.default_rng(1)
    return [" ".join(generator.choice(WORDS, generator.integers(4, 30))) for _ in range(SENTENCES)]


@pytest.fixture(scope="module")
def outputs(references: list[str]) -> dict[str, list[str]]:
    return {
        FORWARD: _translations(0.7, references, seed=2),
        REVERSED: _translations(0.85, references, seed=3),
        BEST: _translations(0.9, references, seed=4),
    }


@pytest.fixture(scope="module")
def evidence(references: list[str], outputs: dict[str, list[str]]) -> Evidence:
    words = np.array([len(line.split(" ")) + 1 for line in references])
    noise = np.random.default_rng(5).normal(0, 0.3, size=SENTENCES)
    lengths = [len(line.split(" ")) for line in references]
    return Evidence(
        source_lengths=lengths,
        short=shorter_than(35, lengths, bucket_size=40),
        counts={name: corpus_counts(lines, references) for name, lines in outputs.items()},
        log_probabilities={
            "forward-1": LogProbabilities(words, -words * (math.log(5.8) + noise)),
            "reversed-1": LogProbabilities(words, -words * (math.log(4.7) + noise)),
        },
        quoted=frozenset({"37.0"}),
        measured={"x.json#a": 3.0, "x.json#b": 2.0, "x.json#small": 0.01, "x.json#large": 0.1},
    )


def claim(
    statistic: str,
    *operands: str,
    threshold: float = 0,
    paper: float | None = None,
    family: str = "exploratory",
    sides: int = 2,
) -> Claim:
    id = " ".join((statistic, *operands))
    rest = (statistic, operands, paper, threshold, sides, "a test")
    return Claim(id, "3.3", family, "a claim", *rest)


def table_of(*results: ClaimResult) -> Table:
    return claims_table(results, {}, note="", paper_data=False)


def result_of(evidence: Evidence, made: Claim) -> ClaimResult:
    return evaluate_claims([made], evidence, seed=1)[0]


@pytest.mark.parametrize(
    ("value", "low", "high", "threshold", "expected"),
    [
        (4.4, 3.0, 6.0, 0, "supported"),
        (4.4, -0.1, 9.0, 0, "inconclusive"),
        (4.4, 0.0, 9.0, 0, "inconclusive"),
        (-0.5, -2.0, 1.0, 0, "inconclusive"),
        (-0.5, -2.0, -0.1, 0, "contradicted"),
        (0.0, 0.0, 0.0, 0, "inconclusive"),
        (-0.5, -0.9, 0.1, -1, "supported"),
        (1.2, 1.1, 1.3, 1, "supported"),
        (0.9, 0.8, 0.95, 1, "contradicted"),
    ],
)
def test_the_whole_interval_decides(value, low, high, threshold, expected):
    finding = Finding(value, interval=Interval(low, high))
    assert finding.verdict(threshold) == expected


@pytest.mark.parametrize(
    ("value", "p_value", "expected"),
    [
        (1.5, 0.01, "supported"),
        (1.5, 0.1, "inconclusive"),
        (0.9, 0.5, "inconclusive"),
        (0.9, 1.0, "inconclusive"),
    ],
)
def test_without_an_interval_the_p_value_decides(value, p_value, expected):
    assert Finding(value, p_value=p_value).verdict(1) == expected


def _sacrebleu(hypotheses: list[str], references: list[str]) -> float:
    metric = BLEU(tokenize="none", smooth_method="none", force=True)
    return metric.corpus_score(hypotheses, [references]).score


def test_a_difference_is_that_of_sacrebleu_s_scores(evidence, outputs, references):
    found = result_of(evidence, claim("bleu_difference", REVERSED, FORWARD, paper=4.42))
    scores = [_sacrebleu(outputs[name], references) for name in (REVERSED, FORWARD)]
    assert found.scores == pytest.approx(scores)
    assert found.found.value == pytest.approx(scores[0] - scores[1])
    assert found.verdict == "supported"
    assert found.effect[0] == pytest.approx((scores[0] - scores[1]) / 4.42)
    assert found.effect[1] < found.effect[0] < found.effect[2]


def test_forward_and_reversed_changing_places_flip_the_verdicts(evidence):
    claims = [
        claim("bleu_difference", REVERSED, FORWARD),
        claim("bleu_difference_long", REVERSED, FORWARD),
        claim("perplexity_ratio", "forward-1", "reversed-1", threshold=1),
    ]
    counts, scores = evidence.counts, evidence.log_probabilities
    swapped = replace(
        evidence,
        counts={**counts, FORWARD: counts[REVERSED], REVERSED: counts[FORWARD]},
        log_probabilities=dict(zip(scores, reversed(scores.values()), strict=True)),
    )
    before, after = (evaluate_claims(claims, each, seed=1) for each in (evidence, swapped))
    assert [found.verdict for found in before] == ["supported"] * 3
    assert [found.verdict for found in after] == ["contradicted"] * 3
    assert after[0].found.value == -before[0].found.value


def test_long_sentences_are_the_longest_sixth(evidence, outputs, references):
    found = result_of(evidence, claim("bleu_difference_long", REVERSED, FORWARD))
    lengths = [len(line.split(" ")) for line in references]
    order = sorted(range(SENTENCES), key=lambda line: (lengths[line], line))[-SENTENCES // 6 :]
    one, other = (
        _sacrebleu([outputs[name][k] for k in order], [references[k] for k in order])
        for name in (REVERSED, FORWARD)
    )
    assert found.found.value == pytest.approx(one - other)


def test_a_drop_is_from_all_other_sentences_to_the_longest(evidence, outputs, references):
    found = result_of(evidence, claim("bleu_long_drop_difference", REVERSED, FORWARD, sides=1))
    order = sorted(range(SENTENCES), key=lambda line: (len(references[line].split(" ")), line))
    drops = []
    for name in (REVERSED, FORWARD):
        others, long = (
            _sacrebleu([outputs[name][k] for k in part], [references[k] for k in part])
            for part in (order[: -SENTENCES // 6], order[-SENTENCES // 6 :])
        )
        drops.append(long - others)
    assert found.scores == pytest.approx(drops)
    assert found.found.value == pytest.approx(drops[0] - drops[1])


def test_most_of_a_gain_is_more_than_half_of_it(evidence):
    found = result_of(evidence, claim("bleu_above_midpoint", REVERSED, FORWARD, BEST))
    reached, begin, end = found.scores
    assert found.found.value == pytest.approx(reached - (begin + end) / 2)
    assert begin < (begin + end) / 2 < reached < end
    swapped = result_of(evidence, claim("bleu_above_midpoint", FORWARD, REVERSED, BEST))
    assert swapped.verdict == "contradicted"


def test_a_quoted_number_counts_where_it_holds_and_nowhere_else(evidence):
    made = claim("bleu_above_midpoint", BEST, FORWARD, "37.0")
    found = result_of(evidence, made)
    assert found.found.value == pytest.approx(found.scores[0] - (found.scores[1] + 37.0) / 2)
    elsewhere = Evidence(**{**vars(evidence), "quoted": frozenset()})
    assert result_of(elsewhere, made).verdict == "not tested"


def test_the_slope_is_that_of_figure_3(evidence):
    made = result_of(evidence, claim("bleu_slope", REVERSED, threshold=-1, sides=1))
    expected = length_slope(evidence.counts[REVERSED], evidence.short, seed=1)
    assert made.found.value == expected.per_ten_words
    assert made.found.interval == expected.interval
    other = length_slope(evidence.counts[FORWARD], evidence.short, seed=1)
    both = result_of(evidence, claim("bleu_slope_difference", REVERSED, FORWARD, sides=1))
    assert both.found.value == pytest.approx(expected.per_ten_words - other.per_ten_words)
    assert both.scores == pytest.approx((expected.per_ten_words, other.per_ten_words))


def test_a_perplexity_is_over_words_and_its_effect_over_logarithms(evidence):
    found = result_of(
        evidence, claim("perplexity_ratio", "forward-1", "reversed-1", threshold=1, paper=1.23)
    )
    assert found.scores[0] / found.scores[1] == pytest.approx(5.8 / 4.7)
    assert found.found.value == pytest.approx(5.8 / 4.7)
    assert found.effect[0] == pytest.approx(math.log(5.8 / 4.7) / math.log(1.23))
    # the noise is shared by both models, so that a paired interval has no width
    assert found.found.interval.high - found.found.interval.low < 1e-9


def test_the_effect_is_a_share_of_the_paper_s_and_two_equal_systems_are_no_evidence(evidence):
    found = result_of(evidence, claim("bleu_difference", REVERSED, REVERSED))
    assert found.verdict == "inconclusive"
    assert effect_share(2.21, 4.42, neutral=0) == pytest.approx(0.5)
    assert effect_share(-4.42, 4.42, neutral=0) == pytest.approx(-1)
    assert effect_share(1.21, 1.1, neutral=1) == pytest.approx(2)


def test_another_step_s_numbers_are_tested_by_its_p_value(evidence):
    for p_value, expected in (("small", "supported"), ("large", "inconclusive")):
        operands = ("x.json#a", "x.json#b", f"x.json#{p_value}")
        found = result_of(evidence, claim("measured_ratio", *operands, threshold=1, sides=1))
        assert (found.found.value, found.verdict) == (1.5, expected)


@pytest.mark.parametrize(
    "made",
    [
        claim("bleu_difference", REVERSED, "translations/rnn-1.beam12"),
        claim("perplexity_ratio", "shallow-1", "reversed-1", threshold=1),
        claim("measured_ratio", "x.json#a", "x.json#none", "x.json#small", threshold=1),
    ],
)
def test_what_this_run_has_not_made_is_not_tested(evidence, made):
    found = result_of(evidence, made)
    assert (found.verdict, found.found) == ("not tested", None)
    assert table_of(found).rows[0][2:7] == ["–"] * 5


def test_a_system_without_bleu_does_not_show_that_length_does_no_harm(evidence, references):
    nothing = corpus_counts(["UNK"] * SENTENCES, references)
    counts = {**evidence.counts, REVERSED: nothing}
    bad = Evidence(**{**vars(evidence), "counts": counts})
    claims = [
        claim("bleu_slope", REVERSED, threshold=-1),
        claim("bleu_long_drop_difference", REVERSED, BEST, threshold=-1),
    ]
    for found in evaluate_claims(claims, bad, seed=1):
        assert found.verdict == "inconclusive"
        assert found.found.interval.high >= found.found.value


def test_a_handful_of_sentences_is_no_evidence():
    lines = ["a b c d e"] * 9
    few = Evidence(
        source_lengths=[5] * 9,
        short=shorter_than(35, [5] * 9, bucket_size=500),
        counts={REVERSED: corpus_counts(lines, lines), FORWARD: corpus_counts([""] * 9, lines)},
        log_probabilities={},
        quoted=frozenset(),
        measured={},
    )
    claims = [claim("bleu_difference", REVERSED, FORWARD), claim("bleu_slope", REVERSED)]
    assert [found.verdict for found in evaluate_claims(claims, few, seed=1)] == [
        "not testable at this size"
    ] * 2


def test_the_printed_row_has_a_sign_a_unit_and_a_share(evidence):
    found = result_of(evidence, claim("bleu_difference", FORWARD, REVERSED, paper=4.42))
    table = table_of(found)
    row = table.rows[0]
    assert row[1] == "✘ contradicted (these models)"
    assert row[2].startswith("−") and row[2].endswith(" BLEU")
    assert row[4] == "+4.42"
    assert re.fullmatch("−[0-9]+% \\(−[0-9]+% to −[0-9]+%\\)", row[5])
    cells = dict(zip(table.columns, table.data[0], strict=True))
    assert (cells["sign"], cells["level"]) == ("-", "not comparable")
    assert (cells["scope"], row[6]) == ("these models", "not computed")
    assert float(cells["share_low"]) < float(cells["effect_share"]) < float(cells["share_high"])
    assert float(table.data[0][5]) == pytest.approx(found.found.value, abs=1e-4)
    assert count_verdicts([found]) == (
        "0 supported, 1 contradicted, 0 inconclusive, 0 not testable at this size, 0 not tested"
    )


def test_the_paper_s_own_numbers_support_its_claims(repository):
    """With the paper's values and narrow intervals, every claim is supported."""
    for made in read_claims(repository / "config" / "claims.tsv"):
        if made.paper_value is not None:
            narrow = Interval(made.paper_value - 0.01, made.paper_value + 0.01)
            finding = Finding(made.paper_value, interval=narrow)
            assert finding.verdict(made.threshold) == "supported", made.id


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
            _translations(quality, references, seed=10 * seed + len(order)), references
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


def test_four_claims_of_ours_are_primary(repository):
    claims = read_claims(repository / "config" / "claims.tsv")
    assert {made.id for made in claims if made.family == PRIMARY} == {
        "reversal-bleu", "ensemble-5", "rescoring-ensemble", "direct-beats-baseline",
    }  # fmt: skip
