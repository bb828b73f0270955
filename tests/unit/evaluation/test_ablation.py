"""What order, depth and cell are worth: pairs, effects, intervals, and the two tables."""

import csv
import itertools
import math

import numpy as np
import pytest

from run_step import run_step
from seq2seq.evaluation.ablation import METRICS, compare_designs, contrast_of
from seq2seq.evaluation.bleu import bleu_2014, corpus_counts
from seq2seq.evaluation.bootstrap import compare
from seq2seq.evaluation.perplexity import LogProbabilities, write_log_probabilities
from seq2seq.io.files import read_lines, write_json, write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.report.ablation_table import designs_table, effects_table

DEEP = {"cell": "lstm", "layers": 4, "hidden_size": 1000, "source_order": "reversed", "seed": 1}
WORDS = [f"w{number}" for number in range(9)]
LENGTHS = [4 + number % 12 for number in range(96)]  # sorted, 32 each: up to 7, up to 11, up to 15


def references():
    chance = np.random.default_rng(5)
    return [" ".join(chance.choice(WORDS, length)) for length in LENGTHS]


def translated(*, right, seed):
    """The references, with that share of the words of short and of long sentences kept."""
    chance = np.random.default_rng(seed)
    return [
        " ".join(w if chance.random() < right[length > 11] else "UNK" for w in line.split(" "))
        for length, line in zip(LENGTHS, references(), strict=True)
    ]


def changed(**changes):
    return DEEP | changes


def measured(*, right=(0.8, 0.8), loss=1.5, seed=3):
    noise = np.random.default_rng(seed).normal(1, 0.1, len(LENGTHS))
    words = np.array(LENGTHS) + 1
    counts = corpus_counts(translated(right=right, seed=seed), references())
    return counts, LogProbabilities(words, -words * loss * noise)


def model(name, design):
    return {"model": name, **design, "parameters": 1234567, "dev_perplexity": 4.5, "dev_bleu": 20.0}


def compared(models, scores):
    counts, log_probabilities = ({name: one[k] for name, one in scores.items()} for k in (0, 1))
    return compare_designs(models, counts, log_probabilities, LENGTHS, buckets=3, seed=1)


MODELS = [
    model("deep", DEEP),
    model("forward", changed(source_order="forward")),
    model("plain", changed(cell="rnn")),
    model("plain-forward", changed(cell="rnn", source_order="forward")),
]
SCORES = {
    "deep": measured(right=(0.9, 0.9), loss=1.2, seed=1),
    "forward": measured(right=(0.8, 0.8), loss=1.4, seed=2),
    "plain": measured(right=(0.9, 0.6), loss=1.6, seed=3),
    "plain-forward": measured(right=(0.8, 0.5), loss=1.9),
}
COUNTS = {name: counts for name, (counts, _) in SCORES.items()}
PERPLEXITIES = {name: scores.perplexity for name, (_, scores) in SCORES.items()}


@pytest.fixture(scope="module")
def ablation():
    return compared(MODELS, SCORES)


def effect(ablation, factor, held=None):
    (found,) = [e for e in ablation.effects if (e["factor"], e["held"]) == (factor, held)]
    return found


# Pairs


@pytest.mark.parametrize(
    ("change", "contrast"),
    [
        ({"source_order": "forward"}, ("source_order", "forward", "reversed")),
        ({"layers": 1}, ("layers", 1, 4)),
        ({"cell": "rnn"}, ("cell", "rnn", "lstm")),
        ({"cell": "gru"}, ("cell", "gru", "lstm")),
    ],
)
def test_a_contrast_leads_from_what_the_paper_leaves_to_what_it_takes(change, contrast):
    assert contrast_of(changed(**change), DEEP) == contrast
    assert contrast_of(DEEP, changed(**change)) is None


@pytest.mark.parametrize(
    "change", [{}, {"layers": 1, "cell": "rnn"}, {"hidden_size": 9}, {"seed": 2}]
)
def test_models_that_differ_in_more_or_in_another_thing_are_no_pair(change):
    assert contrast_of(changed(**change), DEEP) is None


def test_a_grid_of_twelve_models_has_all_its_pairs_each_once():
    grid = [
        changed(cell=cell, layers=layers, source_order=order)
        for cell, layers, order in itertools.product(
            ("lstm", "gru", "rnn"), (4, 1), ("reversed", "forward")
        )
    ]
    scores = dict.fromkeys(map(str, grid), measured())
    found = compared([model(str(design), design) for design in grid], scores).effects
    assert [(e["before"], e["after"], e["pairs"]) for e in found if e["held"] is None] == [
        ("rnn", "lstm", 4),
        ("gru", "lstm", 4),
        ("rnn", "gru", 4),
        (1, 4, 6),
        ("forward", "reversed", 6),
    ]
    assert sum(e["held"] is not None for e in found) == 4 + 4 + 4 + 6 + 6


# Values and intervals


def test_a_model_s_values_are_its_scores_on_the_whole_test_set(ablation):
    for row in ablation.models:
        name = row["model"]
        assert row["bleu"] == pytest.approx(bleu_2014(COUNTS[name]).score)
        assert row["perplexity"] == pytest.approx(PERPLEXITIES[name])
        for metric in METRICS:
            assert row[f"{metric}_low"] < row[metric] < row[f"{metric}_high"]


def test_short_and_long_are_the_ends_of_the_test_set_by_length(ablation):
    plain = ablation.models[2]
    ends = {
        "bleu_short": [k for k, length in enumerate(LENGTHS) if length <= 7],
        "bleu_long": [k for k, length in enumerate(LENGTHS) if length > 11],
    }
    for name, sentences in ends.items():
        assert plain[name] == pytest.approx(bleu_2014(COUNTS["plain"][sentences]).score)
    assert plain["bleu_short"] > plain["bleu_long"] + 20


def test_an_effect_s_interval_is_that_of_the_paired_bootstrap(ablation):
    expected = compare(COUNTS["deep"], COUNTS["forward"], seed=1)
    found = effect(ablation, "source_order", MODELS[0])
    assert found["bleu"] == pytest.approx(expected.difference)
    assert (found["bleu_low"], found["bleu_high"]) == pytest.approx(
        (expected.interval.low, expected.interval.high)
    )


def test_perplexities_are_compared_as_the_one_before_over_the_one_after(ablation):
    found = effect(ablation, "source_order", MODELS[0])["perplexity"]
    assert found == pytest.approx(PERPLEXITIES["forward"] / PERPLEXITIES["deep"]) and found > 1


def test_the_mean_of_the_pairs_is_arithmetic_for_bleu_and_geometric_for_ratios(ablation):
    pairs = [effect(ablation, "source_order", MODELS[k]) for k in (0, 2)]
    mean = effect(ablation, "source_order")
    assert mean["pairs"] == 2
    for name in ("bleu", "bleu_short", "bleu_long"):
        assert mean[name] == pytest.approx(sum(pair[name] for pair in pairs) / 2)
    product = math.prod(pair["perplexity"] for pair in pairs)
    assert mean["perplexity"] == pytest.approx(math.sqrt(product))


def test_the_same_seed_draws_the_same_and_the_order_of_the_models_changes_no_number(ablation):
    assert compared(MODELS[::-1], SCORES).models[::-1] == ablation.models


# Tables


def test_the_tables_have_a_row_for_each_model_and_each_change(ablation):
    designs, effects = (make(ablation, note="") for make in (designs_table, effects_table))
    assert [row[:2] for row in designs.rows] == [
        ["deep", "LSTM, 4 x 1000, reversed"],
        ["forward", "LSTM, 4 x 1000, forward"],
        ["plain", "plain RNN, 4 x 1000, reversed"],
        ["plain-forward", "plain RNN, 4 x 1000, forward"],
    ]
    assert [row[:2] for row in effects.rows] == [
        ["LSTM in place of plain RNN", "mean of 2 pairs"],
        ["LSTM in place of plain RNN", "4 layers, reversed"],
        ["LSTM in place of plain RNN", "4 layers, forward"],
        ["reversed in place of forward", "mean of 2 pairs"],
        ["reversed in place of forward", "LSTM, 4 layers"],
        ["reversed in place of forward", "plain RNN, 4 layers"],
    ]
    for table in (designs, effects):
        assert {len(row) for row in table.rows} == {len(table.header)}
        assert {len(row) for row in table.data} == {len(table.columns)}


def test_the_program_writes_both_tables_in_four_formats(tmp_path):
    write_lines(tmp_path / "reference.txt", references())
    for one in MODELS[:2]:
        network = {name: one[name] for name in ("cell", "layers", "hidden_size")}
        rest = {"source_order": one["source_order"], "seed": one["seed"]}
        write_json(
            tmp_path / one["model"] / "model.json",
            {
                "fingerprint": {"model": {**network, "embedding_size": 3}, **rest},
                "parameters": {"total": one["parameters"]},
                "provenance": {"dev_perplexity": 4.5, "dev_bleu": 20.0},
            },
        )
        lines = translated(right=(0.9, 0.5), seed=len(one["model"]))
        rows = [Hypothesis(k, 1, (-1.0,), line) for k, line in enumerate(lines)]
        write_hypotheses(tmp_path / f"{one['model']}.tsv", ("log_probability",), rows)
    scores = {name: log_probabilities for name, (_, log_probabilities) in SCORES.items()}
    write_log_probabilities(tmp_path / "scores.tsv", scores)
    written = {
        kind: [tmp_path / f"{kind}.{suffix}" for suffix in ("tsv", "md", "tex", "html")]
        for kind in ("designs", "effects")
    }
    arguments = [
        *("--models", *(tmp_path / name / "model.json" for name in ("deep", "forward"))),
        *("--hypotheses", tmp_path / "deep.tsv", tmp_path / "forward.tsv"),
        *("--log-probabilities", tmp_path / "scores.tsv"),
        *("--source-tokens", tmp_path / "reference.txt"),
        *("--reference-tokens", tmp_path / "reference.txt"),
        *("--length-buckets", 3, "--seed", 1, "--note", "not the paper's data"),
        *("--designs", *written["designs"], "--effects", *written["effects"]),
    ]
    run_step("evaluate", "tabulate-ablation", *map(str, arguments))
    designs = list(csv.DictReader(read_lines(tmp_path / "designs.tsv"), delimiter="\t"))
    assert [row["model"] for row in designs] == ["deep", "forward"]
    (change,) = csv.DictReader(read_lines(tmp_path / "effects.tsv"), delimiter="\t")
    assert (change["factor"], change["before"], change["after"]) == (
        *("source_order", "forward", "reversed"),
    )
    gap = float(designs[1]["perplexity"]) / float(designs[0]["perplexity"])
    assert float(change["perplexity_ratio"]) == pytest.approx(gap, rel=1e-3)
    for paths in written.values():
        for path in paths[1:]:
            assert "not the paper's data" in path.read_text(encoding="utf-8").replace("&#x27;", "'")
