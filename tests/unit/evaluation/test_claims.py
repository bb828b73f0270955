"""Every statistic of a claim against a plain computation, and what a swap does."""

import math
import re
from dataclasses import replace

import pytest
from sacrebleu.metrics import BLEU

from claim_evidence import BEST, FORWARD, REVERSED, SENTENCES, claim, result_of, table_of
from seq2seq.evaluation.bleu import corpus_counts
from seq2seq.evaluation.bootstrap import Interval
from seq2seq.evaluation.buckets import length_slope, shorter_than
from seq2seq.evaluation.claim_definitions import read_claims
from seq2seq.evaluation.claims import Evidence, Finding, effect_share, evaluate_claims
from seq2seq.report.claims_table import count_verdicts


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
