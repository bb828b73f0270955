"""The steps that compare systems and test claims, on files as the workflow makes them."""

import csv
import json

import numpy as np
import pytest

from run_step import run_step
from seq2seq.errors import UserError
from seq2seq.evaluation.claim_definitions import read_number
from seq2seq.evaluation.perplexity import (
    LogProbabilities,
    read_log_probabilities,
    write_log_probabilities,
)
from seq2seq.io.files import read_lines, write_json, write_lines
from seq2seq.io.nbest import Hypothesis, read_hypotheses, write_hypotheses

FORWARD, REVERSED = "translations/forward-1.beam12", "translations/reversed-1.beam12"


@pytest.fixture
def results(tmp_path):
    """A test set of 120 sentences, and two systems of which the reversed one is better."""
    generator = np.random.default_rng(1)
    words = [f"w{number}" for number in range(20)]
    references = [" ".join(generator.choice(words, generator.integers(5, 20))) for _ in range(120)]
    write_lines(tmp_path / "source.txt", references)
    write_lines(tmp_path / "reference.txt", references)
    for name, share in (("forward", 0.6), ("reversed", 0.85)):
        rows = [
            Hypothesis(
                sentence,
                1,
                (-1.0,),
                " ".join(word if generator.random() < share else "UNK" for word in line.split(" ")),
            )
            for sentence, line in enumerate(references)
        ]
        write_hypotheses(tmp_path / f"{name}.tsv", ("log_probability",), rows)
    lengths = np.array([len(line.split(" ")) + 1 for line in references])
    scores = {"forward-1": 1.8, "reversed-1": 1.5}
    write_log_probabilities(
        tmp_path / "log_probabilities.tsv",
        {name: LogProbabilities(lengths, -lengths * loss) for name, loss in scores.items()},
    )
    write_json(tmp_path / "phrases.json", {"a": [{"x": 3, "y": 2, "p": 0.02, "none": None}]})
    return tmp_path


def table(path):
    return list(csv.DictReader(read_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE))


def verdicts(repository, results, outputs):
    """Each output serves as two seeds: a claim on recipes with one is not testable."""
    both = [(name.replace("-1", f"-{k}"), outputs[name]) for name in outputs for k in (1, 2)]
    run_step(
        "claims",
        "evaluate-claims",
        *("--claims-file", repository / "config" / "claims.tsv"),
        *("--power", repository / "config" / "power.tsv", "--experiment", "tests"),
        *("--source-tokens", results / "source.txt"),
        *("--reference-tokens", results / "reference.txt"),
        *("--outputs", *(f"{name}={results}/{file}.tsv" for name, file in both)),
        *("--log-probabilities", results / "log_probabilities.tsv"),
        *("--slope-max-length", 35, "--bucket-size", 30),
        *("--seed", 1, "--note", "not the paper's data"),
        *("--output", *(f"{results}/claims.{kind}" for kind in ("tsv", "md", "html"))),
        *("--quoted", "--measurements"),
    )
    return {row["id"]: row for row in table(results / "claims.tsv")}


def test_forward_and_reversed_outputs_swapped_on_purpose_flip_the_verdicts(repository, results):
    right = verdicts(repository, results, {FORWARD: "forward", REVERSED: "reversed"})
    assert right["reversal-bleu"]["verdict"] == "supported"
    assert right["reversal-long"]["verdict"] == "supported"
    assert right["ensemble-5"]["verdict"] == "not tested"
    swapped = verdicts(repository, results, {FORWARD: "reversed", REVERSED: "forward"})
    assert swapped["reversal-bleu"]["verdict"] == "contradicted"
    assert swapped["reversal-long"]["verdict"] == "contradicted"
    assert float(swapped["reversal-bleu"]["value"]) == -float(right["reversal-bleu"]["value"])


def test_claims_are_written_for_people_too(repository, results):
    verdicts(repository, results, {FORWARD: "forward", REVERSED: "reversed"})
    text = (results / "claims.md").read_text(encoding="utf-8")
    assert text.startswith("not the paper's data\n")
    assert "✔ supported" in text and "– not tested" in text
    page = (results / "claims.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "✔ supported" in page


def test_a_run_without_any_output_tests_nothing(repository, results):
    rows = verdicts(repository, results, {})
    tested = {id for id, row in rows.items() if row["verdict"] != "not tested"}
    assert tested == {"reversal-perplexity"}


def test_neighbours_are_compared_and_a_system_is_counted_once(results):
    run_step(
        "evaluate",
        "compare-systems",
        *("--systems", f"bad={results}/forward.tsv", f"good={results}/reversed.tsv"),
        f"again={results}/reversed.tsv",
        *("--reference-tokens", results / "reference.txt"),
        *("--seed", 1, "--title", "table1", "--note", "a note"),
        *("--output", results / "significance.tsv", results / "significance.html"),
    )
    rows = table(results / "significance.tsv")
    assert [(row["system"], row["compared_with"]) for row in rows] == [
        ("good", "bad"),
        ("again", "good"),
    ]
    assert float(rows[0]["low"]) > 0
    assert rows[0]["p_randomization"] == "0.0001"
    assert (rows[1]["bleu_difference"], rows[1]["p_randomization"]) == ("0.00", "1.0000")


def test_a_table_with_one_system_has_no_pairs(results):
    run_step(
        "evaluate",
        "compare-systems",
        *("--systems", f"one={results}/forward.tsv"),
        *("--reference-tokens", results / "reference.txt"),
        *("--seed", 1, "--title", "table1", "--note", "a note"),
        *("--output", results / "significance.tsv", results / "significance.html"),
    )
    assert table(results / "significance.tsv") == []


def test_the_oracle_is_kept_as_translations(tmp_path):
    write_lines(tmp_path / "reference.txt", ["a b c d e", "f g h"])
    rows = [
        Hypothesis(0, 1, (-1.0,), "a b x d e"),
        Hypothesis(0, 2, (-2.0,), "a b c d e"),
        Hypothesis(1, 1, (-1.0,), "f g h"),
    ]
    write_hypotheses(tmp_path / "nbest.tsv.gz", ("total",), rows)
    run_step(
        "evaluate",
        "choose-oracle",
        *("--nbest", tmp_path / "nbest.tsv.gz"),
        *("--reference-tokens", tmp_path / "reference.txt"),
        *("--output", tmp_path / "oracle.tsv.gz"),
    )
    chosen = read_hypotheses(tmp_path / "oracle.tsv.gz")
    assert [(row.tokens, row.scores) for row in chosen.rows] == [
        ("a b c d e", (pytest.approx(100),)),
        ("f g h", (pytest.approx(100),)),
    ]


def test_log_probabilities_are_read_as_written(results):
    scores = read_log_probabilities(results / "log_probabilities.tsv")
    assert list(scores) == ["forward-1", "reversed-1"]
    assert scores["forward-1"].perplexity == pytest.approx(np.exp(1.8), rel=1e-12)
    assert len(scores["reversed-1"].words) == 120


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("m\t1\t3\t-1.0", "line 2: sentence 1 came where 0 was expected"),
        ("m\t0\t3", "line 2: 3 columns, but the header has 4"),
        ("m\t0\tx\t-1.0", "line 2: .*'x'"),
    ],
)
def test_broken_log_probabilities_are_refused(tmp_path, line, message):
    path = tmp_path / "log_probabilities.tsv"
    write_lines(path, ["model\tsentence\twords\tlog_probability", line])
    with pytest.raises(UserError, match=message):
        read_log_probabilities(path)


def test_a_number_is_found_by_its_place(results):
    path = results / "phrases.json"
    assert read_number(path, "a.0.x") == 3
    assert read_number(path, "a.0.none") is None
    assert read_number(path, "a.0.none.p_value") is None
    for place in ("a.1.x", "a.0.z", "b", "a.x"):
        with pytest.raises(UserError, match=f"has no `{place}`"):
            read_number(path, place)
    with pytest.raises(UserError, match="is not a number"):
        read_number(path, "a.0")
    assert json.loads(path.read_text(encoding="utf-8"))["a"]
