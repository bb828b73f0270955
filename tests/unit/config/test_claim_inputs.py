"""What the ledger of claims asks of an experiment: nothing that no row asks for already."""

import dataclasses

import pytest
import yaml

from seq2seq.config.data import DemoCorpusSettings
from seq2seq.config.experiment import Experiment
from seq2seq.config.loading import load_settings
from seq2seq.evaluation.claim_definitions import read_claims

FORWARD, REVERSED = "translations/forward-1.beam12", "translations/reversed-1.beam12"


@pytest.fixture(scope="module")
def paper(repository):
    config = yaml.safe_load((repository / "config" / "config.yaml").read_text(encoding="utf-8"))
    return Experiment(load_settings(config))


def on_test_set(experiment, *corpora):
    sets = {"test": corpora}
    if not corpora:
        sets |= {"train": (), "dev": (), "demo_corpus": DemoCorpusSettings(1, 10, 1, 1, 9)}
        sets["selection"] = "all"
    data = dataclasses.replace(experiment.settings.data, **sets)
    return Experiment(dataclasses.replace(experiment.settings, data=data))


def test_a_claim_s_files_are_those_of_the_tables(paper):
    inputs = paper.claim_inputs([(REVERSED, FORWARD), (REVERSED, "baseline/best")])
    assert inputs.outputs == [
        f"{REVERSED}=results/paper/{REVERSED}.tsv",
        f"{FORWARD}=results/paper/{FORWARD}.tsv",
        "baseline/best=results/paper/baseline/nbest.test.tsv.gz",
    ]
    assert inputs.files == [output.partition("=")[2] for output in inputs.outputs]


def test_a_claim_with_one_operand_that_is_not_made_asks_for_none(paper):
    inputs = paper.claim_inputs(
        [(REVERSED, "translations/rnn-1.beam12"), ("shallow-1", "forward-1")]
    )
    assert inputs.files == []


def test_models_are_told_by_their_scores_of_the_references(paper):
    inputs = paper.claim_inputs([("forward-1", "reversed-1")])
    assert inputs.files == ["results/paper/evaluate/log_probabilities.tsv"]


def test_a_quoted_number_holds_on_the_paper_s_test_set_alone(paper):
    operands = [("baseline/best", REVERSED, "37.0")]
    assert paper.claim_inputs(operands).quoted == ["37.0"]
    assert on_test_set(paper, "newstest2014-filtered").claim_inputs(operands).quoted == ["37.0"]
    for corpora in ((), ("multi30k-test2016",), ("newstest2014", "newstest2013")):
        assert on_test_set(paper, *corpora).claim_inputs(operands).files == []


def test_numbers_of_a_figure_come_from_its_file(paper):
    inputs = paper.claim_inputs([("figures/phrases.json#a.b", "figures/phrases.json#c")])
    assert inputs.measurements == [
        "figures/phrases.json#a.b=results/paper/figures/phrases.json",
        "figures/phrases.json#c=results/paper/figures/phrases.json",
    ]
    assert inputs.files == ["results/paper/figures/phrases.json"]
    assert paper.claim_inputs([("figures/unknown.json#a",)]).files == []
    plot = dataclasses.replace(paper.settings.phrase_plot, panels=())
    without = Experiment(dataclasses.replace(paper.settings, phrase_plot=plot))
    assert without.claim_inputs([("figures/phrases.json#a.b",)]).files == []


def test_our_claims_need_nothing_that_no_table_or_figure_needs(paper, repository):
    claims = read_claims(repository / "config" / "claims.tsv")
    inputs = paper.claim_inputs(claim.operands for claim in claims)
    known = {
        *(paper.hypotheses(name) for name in paper.made),
        "results/paper/evaluate/log_probabilities.tsv",
        "results/paper/figures/phrases.json",
    }
    assert set(inputs.files) <= known
    assert len(inputs.outputs) == 22


def test_a_place_for_seeds_names_every_seed_that_is_made(paper):
    inputs = paper.claim_inputs([("translations/forward-[1-9].beam12", "rescore/reversed-[1-9]")])
    names = [f"translations/forward-{k}.beam12" for k in (1, 2, 3)]
    names += [f"rescore/reversed-{k}" for k in range(1, 6)]
    assert [one.partition("=")[0] for one in inputs.outputs] == names
    assert paper.claim_inputs([("translations/rnn-[1-9].beam12",)]).files == []
