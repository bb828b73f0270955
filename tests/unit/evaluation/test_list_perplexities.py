"""The table of perplexities, by its program."""

import csv
import math

import numpy as np
import pytest

from configurations import REPOSITORY
from run_step import run_step
from seq2seq.evaluation.perplexity import LogProbabilities, write_log_probabilities
from seq2seq.io.files import read_lines


def test_each_model_has_the_paper_s_of_its_order_and_an_interval(tmp_path):
    generator = np.random.default_rng(3)
    words = generator.integers(3, 30, size=200)
    models = {
        name: LogProbabilities(words, -words * generator.normal(math.log(base), 0.3, size=200))
        for name, base in (("forward-1", 9.0), ("reversed-1", 6.0))
    }
    write_log_probabilities(tmp_path / "scores", models)
    files = ["--output", f"{tmp_path}/table.tsv", f"{tmp_path}/table.html"]
    orders = ["forward-1=forward", "reversed-1=reversed"]
    given = ["--log-probabilities", f"{tmp_path}/scores", "--orders", *orders]
    given += ["--paper-results", REPOSITORY / "config/paper_results.yaml"]
    given += ["--seed", "1", "--note", "made up", *files]
    run_step("evaluate", "tabulate-perplexities", *given)
    forward, backward = csv.DictReader(read_lines(tmp_path / "table.tsv"), delimiter="\t")
    assert (forward["paper_perplexity"], backward["paper_perplexity"]) == ("5.8", "4.7")
    mean = -models["forward-1"].log_probability.sum() / words.sum()
    assert float(forward["perplexity"]) == pytest.approx(math.exp(mean), abs=0.006)
    for row in (forward, backward):
        low, high = float(row["perplexity_low"]), float(row["perplexity_high"])
        assert low < float(row["perplexity"]) < high < 1.2 * low
    assert "made up" in (tmp_path / "table.html").read_text(encoding="utf-8")
