"""Deviations from the paper: none is missed, none is invented, all are explained."""

import csv
import json

import pytest
import yaml

from run_step import run_step
from seq2seq.config.loading import as_json, load_settings, merge
from seq2seq.errors import UserError
from seq2seq.evaluation.deviations import (
    LABELS,
    Deviation,
    differences,
    list_deviations,
    read_deviations,
    rendered,
)
from seq2seq.io.files import read_lines


@pytest.fixture(scope="module")
def remarks(repository):
    return read_deviations(repository / "config" / "deviations.tsv")


def settings(repository, overlay="config.yaml", **changes):
    """An experiment's settings as the workflow hands them over."""
    folder = repository / "config"
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    merge(config, yaml.safe_load((folder / overlay).read_text(encoding="utf-8")))
    for section, values in changes.items():
        config[section].update(values)
    return json.loads(as_json(load_settings(config)))


def leaves(value, key=""):
    if not isinstance(value, dict):
        yield key, value
        return
    for name, item in value.items():
        yield from leaves(item, f"{key}.{name}" if key else name)


def test_the_paper_s_own_configuration_has_standing_and_open_ones_alone(repository, remarks):
    paper = settings(repository)
    kinds = [found.kind for found in list_deviations(paper, paper, remarks)]
    assert kinds == sorted(kinds, reverse=True)
    assert set(kinds) == {"standing", "open"}


@pytest.mark.parametrize("overlay", ["demo.yaml", "multi30k.yaml"])
def test_every_setting_of_an_overlay_is_listed_once(repository, remarks, overlay):
    paper, run = settings(repository), settings(repository, overlay)
    found = [one.key for one in list_deviations(paper, run, remarks) if one.kind == "changed"]
    before, after = dict(leaves(paper)), dict(leaves(run))
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    expected = {key for key in changed - LABELS if not key.startswith(("ladder.", "precision"))}
    whole = ("data.demo_corpus", "data.selection", "tables.table1")
    expected = {next((one for one in whole if key.startswith(one)), key) for key in expected}
    found = [next((one for one in whole if key.startswith(one)), key) for key in found]
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_every_setting_that_can_differ_is_explained(repository, remarks):
    """A new setting needs a sentence in config/deviations.tsv, its own or its group's."""
    paper = settings(repository)
    for key, _ in leaves(paper):
        section, _, name = key.partition(".")
        if key in LABELS or section in ("ladder", "models", "precision_check", "tables"):
            continue
        run = json.loads(json.dumps(paper))
        inside = run[section]
        for part in name.split(".")[:-1]:
            inside = inside[part]
        inside[name.split(".")[-1]] = "something else"
        changed = [one for one in list_deviations(paper, run, remarks) if one.kind == "changed"]
        assert [bool(one.meaning) for one in changed] == [True], key


def test_an_open_choice_names_a_setting_or_none_at_all(repository, remarks):
    named = {row.key for row in remarks if row.kind == "open" and "." in row.key}
    assert named - dict(leaves(settings(repository))).keys() == {"rescore.ensemble"}


def test_a_label_is_no_deviation(repository):
    paper = settings(repository)
    other = {**paper, "experiment": "other"}
    assert list(differences(paper, other)) == []


def test_a_standing_deviation_goes_when_its_setting_does(repository, remarks):
    paper = settings(repository)
    run = settings(repository, baseline={"nbest": "lists.gz"}, train={"precision": "fp32"})
    found = {(one.kind, one.key) for one in list_deviations(paper, run, remarks)}
    assert ("standing", "train.precision") not in found
    assert ("standing", "baseline.nbest") not in found
    assert {("changed", "train.precision"), ("changed", "baseline.nbest")} <= found


def test_what_the_paper_does_stands_beside_a_change_even_where_its_configuration_cannot(
    repository, remarks
):
    found = list_deviations(settings(repository), settings(repository, "multi30k.yaml"), remarks)
    (train,) = [one for one in found if (one.kind, one.key) == ("changed", "data.train")]
    assert train.paper.startswith("Schwenk's selection")
    assert train.run == "multi30k-train"
    assert train.effect == "unmeasured"


def test_a_row_that_is_left_out_of_a_table_is_told_by_its_name(repository):
    paper = settings(repository)
    run = {**paper, "tables": {**paper["tables"], "table1": paper["tables"]["table1"][:-1]}}
    ((key, before, after),) = differences(paper, run)
    assert key == "tables.table1.Ensemble of 5 reversed LSTMs, beam size 12"
    assert "reversed-5" in before
    assert after == "absent"


def test_a_model_that_is_left_out_is_told():
    (found,) = differences(
        {"models": {"a": {"seed": 1}, "b": {"seed": 2}}}, {"models": {"a": {"seed": 1}}}
    )
    assert found == ("models.b", "seed: 2", "absent")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), ([], "none"), (0, "0"), (False, "False"), ([1, "a"], "1, a"), (0.7, "0.7")],
)
def test_values_are_rendered_for_readers(value, text):
    assert rendered(value) == text


def test_a_measured_effect_takes_the_place_of_unmeasured(tmp_path):
    path = tmp_path / "deviations.tsv"
    path.write_text(
        "kind\tkey\tpaper\trun\tmeaning\teffect\nchanged\ta\t\t\tall of a\t\n"
        "changed\ta.b\t\t\tb alone\t−0.2 BLEU\n",
        encoding="utf-8",
    )
    found = list_deviations({"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "c": 2}}, read_deviations(path))
    assert found == [
        Deviation("changed", "a.b", "1", "2", "b alone", "−0.2 BLEU"),
        Deviation("changed", "a.c", "1", "2", "all of a", "unmeasured"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [("changed\ta", "line 2: 2 columns"), ("never\ta\t\t\t\t", "line 2: `kind` must be one of")],
)
def test_a_wrong_table_is_refused(tmp_path, line, message):
    path = tmp_path / "deviations.tsv"
    path.write_text(f"kind\tkey\tpaper\trun\tmeaning\teffect\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_deviations(path)


def test_the_program_writes_all_three(repository, tmp_path):
    arguments = [
        *("--paper", json.dumps(settings(repository))),
        *("--settings", json.dumps(settings(repository, "demo.yaml"))),
        *("--remarks", str(repository / "config" / "deviations.tsv")),
        *("--note", "a note"),
        *("--output", *(f"{tmp_path}/d.{kind}" for kind in ("tsv", "md", "html"))),
    ]
    run_step("claims", "list-deviations", *arguments)
    rows = list(csv.DictReader(read_lines(tmp_path / "d.tsv"), delimiter="\t", quoting=3))
    assert {row["kind"] for row in rows} == {"changed", "standing", "open"}
    assert (tmp_path / "d.md").read_text(encoding="utf-8").startswith("a note\n")
    assert "train.optimizer" in (tmp_path / "d.html").read_text(encoding="utf-8")
