"""The files that an experiment's rows ask for."""

import dataclasses
import json

import pytest
import yaml

from seq2seq.config.experiment import Experiment, output_name
from seq2seq.config.loading import load_settings
from seq2seq.config.outputs import RescoringChoice, SystemRow, TranslationChoice
from seq2seq.config.validators import SettingError

CHOICE = TranslationChoice(("b", "a"), 3)
MODEL = "reversed-1"
FIVE = "reversed-1+reversed-2+reversed-3+reversed-4+reversed-5"


@pytest.fixture(scope="module")
def paper(repository):
    config = yaml.safe_load((repository / "config" / "config.yaml").read_text(encoding="utf-8"))
    return Experiment(load_settings(config))


def with_row(experiment, table, row):
    tables = {**experiment.settings.tables}
    tables[table] = (*tables[table], row)
    return Experiment(dataclasses.replace(experiment.settings, tables=tables))


def with_train(experiment, **changes):
    train = dataclasses.replace(experiment.settings.train, **changes)
    return Experiment(dataclasses.replace(experiment.settings, train=train))


def scores(experiment, table):
    return experiment.scores_of(experiment.settings.tables[table])


def test_a_control_training_in_fp32_differs_in_nothing_else(paper):
    check = dataclasses.replace(paper.settings.precision_check, epochs=1.0)
    experiment = Experiment(dataclasses.replace(paper.settings, precision_check=check))
    assert experiment.first_segments(check.epochs) == ["001", "002"]
    assert "reversed-1-fp32" not in experiment.trained_models
    own, control = (
        json.loads(experiment.segment_settings(model, "001"))
        for model in ("reversed-1", "reversed-1-fp32")
    )
    assert own | {"precision": "fp32"} == control
    variants = experiment.variants
    assert (
        dataclasses.replace(variants["reversed-1-fp32"], precision=None) == variants["reversed-1"]
    )


def test_the_rows_of_table_1_are_scored_in_files_of_their_own(paper):
    assert scores(paper, "table1") == [
        "results/paper/evaluate/baseline/best.json",
        "results/paper/evaluate/translations/forward-1.beam12.json",
        "results/paper/evaluate/translations/reversed-1.beam12.json",
        f"results/paper/evaluate/translations/{FIVE}.beam1.json",
        "results/paper/evaluate/translations/reversed-1+reversed-2.beam12.json",
        f"results/paper/evaluate/translations/{FIVE}.beam2.json",
        f"results/paper/evaluate/translations/{FIVE}.beam12.json",
    ]


def test_the_rows_of_table_2_are_scored_in_files_of_their_own(paper):
    assert scores(paper, "table2") == [
        "results/paper/evaluate/baseline/best.json",
        "results/paper/evaluate/rescore/forward-1.json",
        "results/paper/evaluate/rescore/reversed-1.json",
        f"results/paper/evaluate/rescore/{FIVE}.json",
        "results/paper/evaluate/baseline/oracle.json",
    ]


@pytest.mark.parametrize(
    ("choice", "name", "file"),
    [
        ({"translate": CHOICE}, "translations/b+a.beam3", "translations/b+a.beam3.tsv"),
        ({"rescore": RescoringChoice(("b", "a"))}, "rescore/b+a", "rescore/b+a.tsv.gz"),
        ({"baseline": "best"}, "baseline/best", "baseline/nbest.test.tsv.gz"),
        ({"baseline": "oracle"}, "baseline/oracle", "baseline/oracle.test.tsv.gz"),
    ],
)
def test_a_row_s_hypotheses_lie_where_its_kind_is_made(paper, choice, name, file):
    row = SystemRow("x", **choice)
    assert output_name(row) == name
    assert paper.hypotheses(name) == f"results/paper/{file}"
    assert paper.score_of(row) == f"results/paper/evaluate/{name}.json"


def test_a_quoted_row_asks_for_nothing_but_stands_in_the_table(paper):
    assert output_name(SystemRow("quoted", paper_bleu=28.45)) is None
    assert json.loads(paper.table_rows("table1"))[0] == {
        "system": "Bahdanau et al. [2]",
        "paper_bleu": 28.45,
        "score": None,
        "seeds": [],
    }


def test_a_table_s_rows_come_in_the_order_of_the_configuration(paper):
    rows = json.loads(paper.table_rows("table2"))
    systems = [row.system for row in paper.settings.tables["table2"]]
    assert "Oracle rescoring of the baseline N-best lists" in systems
    labels = [system.replace("N-best", "1000-best") for system in systems]
    assert [row["system"] for row in rows] == labels
    assert [row["score"] for row in rows if row["score"]] == scores(paper, "table2")


def test_a_new_row_asks_for_its_own_score_and_no_new_model(paper):
    row = SystemRow("Greedy", translate=TranslationChoice(("forward-1",), 1))
    more = with_row(paper, "table1", row)
    assert [path for path in scores(more, "table1") if path not in scores(paper, "table1")] == [
        "results/paper/evaluate/translations/forward-1.beam1.json"
    ]
    assert more.trained_models == paper.trained_models


def test_only_models_that_something_needs_are_trained_in_the_configuration_s_order(paper):
    single_process = Experiment(
        dataclasses.replace(
            paper.settings,
            tables={"t": (SystemRow("x", rescore=RescoringChoice(("reversed-3", "forward-1"))),)},
            length_plot=dataclasses.replace(paper.settings.length_plot, curves=()),
            rarity_plot=dataclasses.replace(paper.settings.rarity_plot, curves=()),
            phrase_plot=dataclasses.replace(paper.settings.phrase_plot, model="reversed-3"),
            bleu_variants=dataclasses.replace(paper.settings.bleu_variants, systems=()),
            examples=dataclasses.replace(paper.settings.examples, systems=()),
        )
    )
    assert single_process.trained_models == ["forward-1", "reversed-3"]


def test_the_paper_trains_its_six_models_and_two_forward_ones_for_their_spread(paper):
    forward = [f"forward-{k}" for k in range(1, 4)]
    assert paper.trained_models == [*forward, *(f"reversed-{k}" for k in range(1, 6))]


def test_a_training_s_segments_are_numbered_in_three_digits(paper):
    assert paper.segments() == [f"{number:03d}" for number in range(1, 16)]
    assert [paper.epochs_at(segment) for segment in ("001", "010", "015")] == [0.5, 5.0, 7.5]


def test_epochs_are_told_without_the_dust_of_binary_fractions(paper):
    tenths = with_train(
        paper, epochs=0.3, segment_epochs=0.1, halve_from_epoch=0.1, halve_every_epochs=0.1
    )
    assert [tenths.epochs_at(segment) for segment in tenths.segments()] == [0.1, 0.2, 0.3]


def test_more_epochs_leave_the_settings_of_the_segments_before_the_same_text(paper):
    longer = with_train(paper, epochs=10.0)
    assert longer.segments()[:15] == paper.segments()
    for segment in paper.segments():
        assert longer.segment_settings(MODEL, segment) == paper.segment_settings(MODEL, segment)


def test_another_rate_of_halving_changes_only_the_segments_after_the_first_halving(paper):
    later = with_train(paper, halve_from_epoch=5.5)
    changed = [
        segment
        for segment in paper.segments()
        if later.segment_settings(MODEL, segment) != paper.segment_settings(MODEL, segment)
    ]
    assert changed == ["011", "012", "013", "014", "015"]


def test_results_of_experiments_lie_side_by_side(paper):
    other = Experiment(dataclasses.replace(paper.settings, experiment="mine"))
    assert (paper.results, other.results) == ("results/paper", "results/mine")


def test_outputs_are_labelled_as_the_configuration_labels_them(paper):
    rows = paper.settings.length_plot.curves
    assert paper.outputs(rows) == [
        f"LSTM, ensemble of 5=results/paper/translations/{FIVE}.beam12.tsv",
        "baseline=results/paper/baseline/nbest.test.tsv.gz",
    ]
    assert paper.output_files(rows) == [
        f"results/paper/translations/{FIVE}.beam12.tsv",
        "results/paper/baseline/nbest.test.tsv.gz",
    ]


def test_the_seeds_of_a_row_are_decoded_scored_and_trained_as_the_row_is(paper):
    row = SystemRow("ours", translate=TranslationChoice(("forward-1",), 3), seeds=("reversed-5",))
    experiment = with_row(paper, "table1", row)
    made = ["translations/forward-1.beam3", "translations/reversed-5.beam3"]
    assert [output_name(again) for again in row.repetitions] == made
    assert set(made) <= set(experiment.made)
    assert row.models == ("forward-1", "reversed-5")
    scores_of_seeds = json.loads(experiment.table_rows("table1"))[-1]["seeds"]
    assert scores_of_seeds == [f"results/paper/evaluate/{name}.json" for name in made]


def test_a_row_may_have_another_decoder_which_is_another_output(paper):
    choice = TranslationChoice(("forward-1",), 12, min_words=1)
    row = SystemRow("no empty translations", translate=choice, seeds=("forward-2",))
    assert [output_name(each) for each in row.repetitions] == [
        f"translations/forward-{k}.beam12-min1" for k in (1, 2)
    ]
    experiment = with_row(paper, "table1", row)
    assert output_name(row) in experiment.made
    assert not experiment.claim_inputs([("translations/forward-[1-9].beam12-min0",)]).outputs


def test_rescoring_has_seeds_too_which_are_neither_tuned_nor_swept(paper):
    listed = ["forward-1", "reversed-1", FIVE]
    assert paper.rescorings == listed
    added = [f"forward-{k}" for k in (2, 3)] + [f"reversed-{k}" for k in (2, 3, 4, 5)]
    made = {name for name in paper.made if name.startswith("rescore/")}
    assert made == {f"rescore/{name}" for name in (*listed, *added)}


def test_the_paper_s_rows_do_not_depend_on_the_seeds_that_we_add(paper):
    tables = {
        name: tuple(dataclasses.replace(row, seeds=()) for row in rows)
        for name, rows in paper.settings.tables.items()
    }
    without = Experiment(dataclasses.replace(paper.settings, tables=tables))
    for name, rows in paper.settings.tables.items():
        assert without.scores_of(tables[name]) == paper.scores_of(rows)
    assert set(paper.trained_models) - set(without.trained_models) == {"forward-2", "forward-3"}
    assert not {name for row in without.rows for name in row.models} & {"forward-2", "forward-3"}


def test_seeds_go_with_one_model_alone():
    two = TranslationChoice(("reversed-1", "reversed-2"), 3)
    for choice in ({"translate": two}, {"baseline": "best"}, {}):
        with pytest.raises(SettingError, match="single model"):
            SystemRow("ours", seeds=("reversed-5",), **choice)


def with_lists(experiment, **lists):
    baseline = dataclasses.replace(experiment.settings.baseline, **lists)
    return Experiment(dataclasses.replace(experiment.settings, baseline=baseline))


def test_weights_are_tuned_where_there_are_lists_of_dev(paper):
    assert paper.tuning_splits == ["dev"]
    assert with_lists(paper, nbest="test.gz").tuning_splits == []
    assert with_lists(paper, nbest="test.gz", nbest_dev="dev.gz").tuning_splits == ["dev"]
    with pytest.raises(SettingError, match="without `nbest`"):
        with_lists(paper, nbest_dev="dev.gz")
