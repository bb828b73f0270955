"""What Snakemake plans for the paper, and what it says when it cannot; nothing is run."""

import re
from collections import Counter

import pytest
import yaml

from seq2seq.config.experiment import Experiment
from seq2seq.config.loading import load_settings
from seq2seq.data.catalogue import read_catalogue

MODELS = [*(f"forward-{k}" for k in (1, 2, 3)), *(f"reversed-{k}" for k in range(1, 6))]


@pytest.fixture(scope="module")
def plan(checkout):
    """A dry run of the paper's configuration, without any data."""
    ended = checkout.snakemake("-n")
    assert ended.code == 0, ended.errors
    return ended


@pytest.fixture(scope="module")
def paper(checkout):
    return Experiment(
        load_settings(yaml.safe_load((checkout / "config/config.yaml").read_text(encoding="utf-8")))
    )


def test_the_paper_is_planned_without_data_and_leaves_nothing_behind(checkout, plan):
    assert "This was a dry-run" in plan.output
    assert not (checkout / "results").exists()


def test_eight_models_are_trained_in_fifteen_segments_each(plan):
    trained = re.findall(r"results/paper/train/([^/]+)/(\d{3})\.train\.jsonl", "\n".join(plan.made))
    assert sorted(trained) == sorted((m, f"{k:03d}") for m in MODELS for k in range(1, 16))
    assert plan.jobs["initialize_model"] == plan.jobs["export_model"] == 8
    assert (plan.jobs["train_segment"], plan.jobs["train_last_segment"]) == (8 * 14, 8)
    assert plan.jobs["validate_segment"] == 8 * 15


def test_every_row_of_every_table_has_its_score_planned(plan, paper):
    nbest = [path for rows in paper.settings.tables.values() for path in paper.scores_of(rows)]
    assert len(nbest) == 12
    assert set(nbest) <= set(plan.made)
    for table in ("table1", "table2"):
        for suffix in ("tsv", "md", "tex", "html"):
            assert f"results/paper/tables/{table}.{suffix}" in plan.made


def test_no_file_is_made_twice(plan):
    assert [file for file, count in Counter(plan.made).items() if count > 1] == []


def test_the_paper_s_corpora_are_fetched_once_each(checkout, plan, paper):
    catalogue = read_catalogue(checkout / "config/corpora.tsv")
    data = paper.settings.data
    files = catalogue.files_of([*data.train, *data.dev, *data.test])
    assert sorted(file for file in plan.made if file.startswith("results/downloads/")) == sorted(
        path
        for file in files
        for path in (f"results/downloads/{file}", f"results/downloads/checksums/{file}.sha256")
    )


def test_everything_else_is_made_in_the_experiment_s_folder(plan):
    made = [file for file in plan.made if not file.startswith("results/downloads/")]
    assert {file.rpartition("results/paper/")[0] for file in made} == {""}


@pytest.mark.parametrize("name", ["config", "demo", "multi30k"])
def test_every_corpus_of_a_configuration_is_in_the_catalogue(repository, name):
    config = yaml.safe_load((repository / f"config/{name}.yaml").read_text(encoding="utf-8"))
    catalogue = read_catalogue(repository / "config/corpora.tsv")
    for split in ("train", "dev", "test"):
        for corpus in config["data"].get(split, []):
            assert catalogue.corpus(corpus).files


@pytest.mark.parametrize("name", ["demo", "multi30k", "ablation"])
def test_the_other_experiments_are_planned_too(checkout, name):
    ended = checkout.snakemake("-n", "--quiet", "rules", "--configfile", f"config/{name}.yaml")
    assert ended.code == 0, ended.errors


BAD = {
    "an unknown key": (
        "train:\n  batchsize: 3\n",
        "{overlay}, line 2: train.batchsize: unknown key (did you mean `batch_size`?).",
    ),
    "a corpus that the catalogue has not": (
        "data:\n  test: [newstest2041]\n",
        "{folder}/config/corpora.tsv: column `corpus` has no `newstest2041` (did you mean "
        "`newstest2014`?).",
    ),
    "an n-best list that is not there": (
        "baseline:\n  nbest: lists/schwenk.gz\n",
        "lists/schwenk.gz: no such file. Correct `baseline.nbest`.",
    ),
    "alignments beside a part of the pairs": (
        "baseline:\n  alignments: links.gz\n  training_pairs: 9\n",
        "{overlay}, line 2: baseline.alignments: is of all training pairs. Set `training_pairs` to "
        "null.",
    ),
    "a language model that is not there": (
        "baseline:\n  arpa: news.arpa\n",
        "news.arpa: no such file. Correct `baseline.arpa`.",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_configuration_stops_before_any_job_with_one_sentence(
    checkout, tmp_path, text, sentence
):
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(text)
    ended = checkout.snakemake("--configfile", str(overlay))
    expected = sentence.format(overlay=overlay, folder=checkout.folder)
    assert ended.code != 0
    said = [
        line for line in ended.errors.split("\n") if line and not line.startswith("Config file")
    ]
    assert said == [f"error: {expected}"]
    assert not (checkout / "results").exists()


def test_a_broken_catalogue_stops_before_any_job_with_its_line(checkout, tmp_path):
    spoilt = checkout.copy(tmp_path / "spoilt")
    catalogue = spoilt / "config/corpora.tsv"
    lines = catalogue.read_text(encoding="utf-8").split("\n")
    lines[2] = lines[2].replace("\t", " ")
    catalogue.write_text("\n".join(lines), encoding="utf-8")
    ended = spoilt.snakemake("-n")
    assert ended.code != 0
    assert f"error: {catalogue}, line 3: " in ended.errors
    assert "Traceback" not in ended.errors
