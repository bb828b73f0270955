"""The whole workflow on a corpus of numbers, and what of it runs again after a change or a kill."""

import hashlib
import shutil
import time

import psutil
import pytest
import yaml

from cli_runner import tiny_settings
from compare_results import differences
from seq2seq.config.experiment import Experiment
from seq2seq.config.loading import load_settings
from seq2seq.io.nbest import best_translations, read_hypotheses

pytestmark = pytest.mark.slow

TINY = ("--configfile", "tiny.yaml")
# What tells how a run was made is told again when a setting changes; seconds each, nothing is computed.
EVIDENCE = {
    *("list_deviations", "evaluate_claims", "write_certificate", "list_costs"),
    "write_report",
}


@pytest.fixture
def settings(tiny_run):
    """The small run's settings, to be changed."""
    return tiny_settings(tiny_run)


@pytest.fixture
def planned(tiny_run, tmp_path, settings):
    """What a changed configuration would run, evidence left out."""

    def plan():
        overlay = tmp_path / "changed.yaml"
        overlay.write_text(yaml.safe_dump(settings, sort_keys=False))
        ended = tiny_run.snakemake("-n", "--configfile", str(overlay))
        assert ended.code == 0, ended.errors
        return {rule: count for rule, count in ended.jobs.items() if rule not in EVIDENCE}

    return plan


@pytest.fixture
def spoilable(tiny_run, tmp_path):
    """The finished run, to be changed."""
    return tiny_run.copy(tmp_path / "copy")


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# What a run makes


def test_everything_asked_for_is_made_and_nothing_is_half_written(tiny_run):
    results = tiny_run / "results" / "tiny"
    files = [path for path in results.rglob("*") if path.is_file()]
    assert [path for path in files if path.name.startswith(".")] == []
    for name in ("tables/table1.tsv", "tables/table2.md", "tables/table1.tex", "tables/corpus.tsv",
                 "tables/perplexity.tsv", "tables/ablation.tex", "tables/ablation_effects.html",
                 "figures/lengths.svg", "figures/lengths.png",
                 "figures/learning_curve.svg", "models/reversed-1/model.safetensors"):  # fmt: skip
        assert (results / name).stat().st_size > 0


def test_the_results_page_needs_nothing_more(tiny_run):
    text = (tiny_run / "results/tiny/report.html").read_text("utf-8")
    assert len(text) < 3_000_000
    assert "Not yet" not in text
    assert "Rescoring the baseline 5-best with a single forward LSTM" in text


def test_every_test_sentence_has_a_translation_of_every_system(tiny_run, settings):
    experiment = Experiment(load_settings(settings))
    files = {file for rows in experiment.settings.tables.values()
             for file in experiment.output_files(rows)}  # fmt: skip
    assert len(files) >= 6
    for file in files:
        sentences = {sentence for sentence, _ in read_hypotheses(tiny_run / file).by_sentence()}
        assert sentences == set(range(12)), file
        assert len(best_translations(tiny_run / file, 12)) == 12


def test_a_table_has_a_line_for_every_row_of_the_configuration(tiny_run, settings):
    for table, rows in settings["tables"].items():
        lines = (tiny_run / f"results/tiny/tables/{table}.tsv").read_text("utf-8").split("\n")
        header = lines[0].split("\t")
        assert header[:3] == ["system", "paper_bleu", "bleu"]
        systems = [row["system"].replace("N-best", "5-best") for row in rows]
        assert [line.split("\t")[0] for line in lines[1:] if line] == systems
        for line, row in zip(lines[1:], rows, strict=False):
            quoted = not {"translate", "rescore", "baseline"} & row.keys()
            assert (line.split("\t")[2] == "") == quoted


def test_a_check_of_fp32_beside_fp32_finds_no_difference(tiny_run):
    lines = (tiny_run / "results/tiny/tables/precision.tsv").read_text("utf-8").splitlines()
    _, own, control = (line.split("\t") for line in lines)
    assert [own[1], control[1]] == ["reversed-1", "reversed-1-fp32"]
    assert own[0] == control[0] == "0.5"
    assert own[2:5] == control[2:5]  # device, perplexity, BLEU


def test_the_checkpoints_between_are_gone_and_the_last_is_kept(tiny_run):
    for model in ("forward-1", "reversed-1"):
        kept = sorted(path.name for path in (tiny_run / "results/tiny/train" / model).iterdir())
        assert kept == [
            "001.dev.jsonl", "001.train.jsonl", "002.dev.jsonl", "002.safetensors", "002.train.jsonl",
        ]  # fmt: skip


def test_another_run_on_one_core_with_another_hash_seed_has_the_same_bytes(
    tiny_run, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    again = tiny_run.copy(tmp_path / "again")
    shutil.rmtree(again / "results/tiny")
    ended = again.snakemake(*TINY, "--cores", "1")
    assert ended.code == 0, ended.errors[-6000:]
    assert differences(tiny_run / "results/tiny", again / "results/tiny") == []


# What runs again


def test_a_second_run_does_nothing(tiny_run):
    ended = tiny_run.snakemake("-n", *TINY)
    assert ended.jobs == {}
    assert "Nothing to be done" in ended.output


def test_another_group_size_draws_one_figure_again(settings, planned):
    settings["length_plot"]["bucket_size"] = 6
    assert planned() == {"plot_lengths": 1}


def test_three_lines_more_are_one_row_more(settings, planned):
    row = {"system": "Greedy", "paper_bleu": 1.0, "translate": {"models": ["forward-1"], "beam": 1}}
    settings["tables"]["table1"].append(row)
    jobs = planned()
    assert (jobs["translate_test"], jobs["score_bleu"], jobs["make_table"]) == (1, 1, 1)
    assert jobs.keys() <= {
        *("translate_test", "gather_translations", "write_translations", "score_bleu"),
        *("make_table", "compare_systems", "show_translations"),
    }


def test_a_row_of_what_is_there_already_only_writes_the_table(settings, planned):
    again = {"system": "Again", "translate": {"models": ["forward-1"], "beam": 2}}
    settings["tables"]["table2"].append(again)
    jobs = planned()
    assert jobs["make_table"] == 1
    assert jobs.keys() <= {"make_table", "compare_systems", "show_translations"}


def test_more_epochs_go_on_from_the_last_segment(settings, planned):
    settings["train"]["epochs"] = 1.5
    jobs = planned()
    assert (jobs["train_last_segment"], jobs["validate_segment"], jobs["export_model"]) == (2, 2, 2)
    assert jobs.keys().isdisjoint({"initialize_model", "train_segment", "tokenize_corpus"})


def test_another_seed_of_one_model_trains_that_model_alone(settings, planned):
    settings["models"]["forward-1"]["seed"] = 7
    jobs = planned()
    assert (jobs["initialize_model"], jobs["train_segment"], jobs["train_last_segment"]) == (
        1,
        1,
        1,
    )
    assert jobs.keys().isdisjoint({"tokenize_corpus", "encode_corpus", "decode_baseline"})


def test_another_network_begins_anew_though_its_first_checkpoints_are_gone(settings, planned):
    settings["model"]["hidden_size"] = 9
    jobs = planned()
    assert (jobs["initialize_model"], jobs["train_segment"]) == (3, 3)  # one is the fp32 control
    assert jobs["train_last_segment"] == 2


def test_another_weight_of_the_rescoring_trains_and_scores_nothing(settings, planned):
    settings["rescore"]["weight"] = 0.25
    jobs = planned()
    assert jobs["rescore_nbest"] == 3
    assert jobs.keys().isdisjoint({"train_segment", "score_nbest", "translate_test"})


# Kills and failures


def kill_the_training_of(bench, segment, *arguments):
    """Start Snakemake, and kill the program that makes the segment as soon as it is there."""
    process = bench.start(*arguments)
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        for child in psutil.Process(process.pid).children(recursive=True):
            try:
                command = child.cmdline()
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
            if "train-segment" in command and any(
                argument.endswith(f"/{segment}.safetensors") and command[position - 1] == "--output"
                for position, argument in enumerate(command)
            ):
                child.kill()
                process.communicate()
                return process.returncode
        time.sleep(0.02)
    process.kill()
    pytest.fail(f"segment {segment} was never seen: {process.communicate()}")


def test_a_killed_training_loses_one_segment_and_ends_in_the_same_bytes(spoilable):
    folder = spoilable / "results/tiny/train/reversed-1"
    undisturbed = digests(folder)["002.safetensors"]
    for path in folder.iterdir():
        path.unlink()
    nbest = (f"{folder.relative_to(spoilable.folder)}/002.safetensors", *TINY)
    assert kill_the_training_of(spoilable, "002", *nbest) != 0
    assert sorted(digests(folder)) == ["001.safetensors", "001.train.jsonl"]

    assert spoilable.snakemake("-n", *nbest).jobs == {"train_last_segment": 1}
    assert spoilable.snakemake(*nbest).code == 0
    assert digests(folder)["002.safetensors"] == undisturbed


def test_a_checkpoint_of_other_settings_is_refused_by_what_differs(spoilable, settings):
    """Snakemake would begin anew; told to look at dates alone, it goes on from the wrong one."""
    settings["model"]["hidden_size"] = 9
    settings["train"]["epochs"] = 1.5
    spoilable.write("other.yaml", settings)
    nbest = "results/tiny/train/reversed-1/003.safetensors"
    ended = spoilable.snakemake(nbest, "--configfile", "other.yaml", "--rerun-triggers", "mtime")
    assert ended.code != 0
    log = (spoilable / "results/tiny/logs/train/reversed-1/003.log").read_text(encoding="utf-8")
    assert log == (
        "error: results/tiny/train/reversed-1/002.safetensors: belongs to another training: "
        "model.hidden_size was 8 and is 9. Restore the configuration, or delete the model's folder "
        "under `train/` to retrain it.\n"
    )
    assert not (spoilable / nbest).exists()


def test_a_malformed_list_of_a_user_stops_the_run_with_its_line(spoilable, settings):
    good = "0 ||| un deux ||| d= 0 ||| -1.5\n"
    (spoilable / "list.txt").write_text(good + "1 ||| trois ||| -2\n")
    settings["baseline"]["nbest"] = "list.txt"
    spoilable.write("list.yaml", settings)
    nbest = "results/tiny/baseline/nbest.test.tsv.gz"
    ended = spoilable.snakemake(nbest, "--configfile", "list.yaml", "--quiet", "rules")
    assert ended.code != 0
    sentence = (
        "error: list.txt, line 2: 3 fields between bars, but at least 4 are needed; a Moses n-best "
        "line reads `0 ||| text ||| features ||| total`."
    )
    said = (ended.output + ended.errors).split("\n")
    assert [line for line in said if line.startswith("error: ")] == [sentence]
    log = spoilable / "results/tiny/logs/baseline/import_nbest.test.log"
    assert sentence in log.read_text(encoding="utf-8").split("\n")
    assert "Traceback" not in ended.errors
    assert [path.name for path in (spoilable / nbest).parent.glob("*nbest.test*")] == []
