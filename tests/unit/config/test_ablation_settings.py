"""An ablation's models, and an experiment that has few results."""

import dataclasses
import json

import pytest

from configurations import OVERLAYS, PAPER, REPOSITORY, load
from seq2seq.config.experiment import Experiment
from seq2seq.config.loading import build
from seq2seq.config.outputs import AblationSettings
from seq2seq.config.training import ModelVariantSettings
from seq2seq.config.validators import SettingError
from seq2seq.evaluation.claim_definitions import read_claims

CONFIG = REPOSITORY / "config"
SMALL = (PAPER, CONFIG / "ablation.yaml")
REAL = (*SMALL, CONFIG / "multi30k.yaml", CONFIG / "ablation-multi30k.yaml")


@pytest.fixture(scope="module", params=[SMALL, REAL], ids=["small corpus", "Multi30k"])
def ablation(request):
    return Experiment(load(*request.param))


def test_a_model_without_changes_has_the_experiment_s_network():
    settings = load(PAPER)
    for model in settings.models.values():
        assert model.network(settings.model) == settings.model


def test_a_model_s_own_cell_depth_and_size_take_the_place_of_the_experiment_s():
    network = load(PAPER).model
    member = ModelVariantSettings(1, "forward", cell="rnn", layers=1, hidden_size=7)
    assert member.network(network) == dataclasses.replace(
        network, cell="rnn", layers=1, hidden_size=7
    )


def test_a_model_of_no_layers_is_refused():
    with pytest.raises(SettingError, match="layers: must be > 0, got 0"):
        build(ModelVariantSettings, {"seed": 1, "source_order": "forward", "layers": 0})


@pytest.mark.parametrize(
    ("models", "groups", "sentence"),
    [
        (("a", "a"), 3, "models: lists `a` twice. Keep one."),
        (("a",), 1, "length_buckets: must be >= 2, got 1."),
    ],
)
def test_an_ablation_that_says_nothing_is_refused(models, groups, sentence):
    with pytest.raises(SettingError, match=sentence):
        build(AblationSettings, {"models": models, "beam": 1, "length_buckets": groups})


def test_an_ablation_s_unknown_model_is_refused_with_the_one_that_is_meant():
    settings = load(PAPER)
    wrong = dataclasses.replace(settings.ablation, models=("revesed-1",))
    with pytest.raises(SettingError, match=r"ablation\.models\.0: .*did you mean `reversed-1`"):
        dataclasses.replace(settings, ablation=wrong)


def test_the_grid_of_cells_depths_and_orders_is_whole_and_differs_in_nothing_else(ablation):
    networks = {}
    for name in ablation.settings.ablation.models:
        network = json.loads(ablation.model_settings(name))
        member = ablation.settings.models[name]
        key = (network.pop("cell"), network.pop("layers"), member.source_order)
        networks.setdefault((network.pop("hidden_size"), member.seed, str(network)), []).append(key)
    grid, *others = sorted(networks.values(), key=len, reverse=True)
    assert sorted(grid) == sorted(
        (cell, layers, order)
        for cell in ("lstm", "gru", "rnn")
        for layers in (1, ablation.settings.model.layers)
        for order in ("forward", "reversed")
    )
    assert others == [[("rnn", ablation.settings.model.layers, "reversed")]]


def test_the_claims_on_depth_and_on_long_sentences_are_tested(ablation):
    claims = {claim.id: claim.operands for claim in read_claims(CONFIG / "claims.tsv")}
    for name in ("depth", "lstm-long", "reversal-bleu", "reversal-perplexity", "reversal-long"):
        found = ablation.claim_inputs([claims[name]])
        assert found.files, name


def test_an_ablation_trains_its_models_alone_and_needs_no_baseline(ablation):
    assert set(ablation.trained_models) == set(ablation.settings.ablation.models)
    assert {name.partition("/")[0] for name in ablation.made} == {"translations"}
    assert ablation.tables == []
    made = ("figures/phrases.svg", "tables/ablation.tsv")
    assert ablation.optional_results == [f"{ablation.results}/{file}" for file in made]


def test_the_paper_has_everything_but_an_ablation():
    paper = Experiment(load(PAPER))
    assert paper.tables == ["table1", "table2"]
    assert paper.optional_results == [
        f"results/paper/{file}"
        for file in (
            *("figures/phrases.svg", "figures/lengths.svg", "figures/rarity.svg"),
            *("tables/bleu_variants.tsv", "tables/table3.md", "tables/rescoring.tsv"),
        )
    ]


def test_every_overlay_says_for_which_data_it_is():
    assert {path.stem for path in OVERLAYS} >= {"ablation", "ablation-multi30k"}
    assert load(*SMALL).data.demo_corpus is not None
    assert load(*REAL).data.demo_corpus is None
