"""``seq2seq plan``: what is made of the jobs that Snakemake tells, without running it."""

import json
import sys
from types import SimpleNamespace

import pytest

from configurations import PAPER, load
from seq2seq.commands import pending, plan
from seq2seq.errors import UserError
from seq2seq.planning.costs import Costs
from seq2seq.planning.devices import CORE
from seq2seq.planning.sizes import Sizes

ROOT = "results/paper"


def told(number, rule, *, needs=(), makes=(), log="train/reversed-1/001.log", **wildcards):
    return {
        "number": number,
        "rule": rule,
        "wildcards": wildcards,
        "inputs": [f"{ROOT}/{name}" for name in needs],
        "outputs": [f"{ROOT}/{name}" for name in makes],
        "log": [f"{ROOT}/logs/{log}"],
        "threads": 1,
        "resources": {"mem_mb": 1000, "runtime": 10},
        "program": True,
    }


JOBS = [
    told(1, "train_segment", makes=["a"], model="reversed-1", segment="001"),
    told(2, "train_last_segment", needs=["a"], makes=["b"], model="reversed-1", segment="002"),
    told(3, "make_table", needs=["b"], makes=["c"], log="report/make_table.table1.log"),
    {**told(4, "all"), "program": False},
]


@pytest.fixture
def planned_run(monkeypatch, capsys):
    """The command's output for these jobs."""

    def run(*arguments):
        monkeypatch.setattr(plan, "pending_jobs", lambda arguments: JOBS)
        monkeypatch.setattr(sys, "argv", ["seq2seq plan", *map(str, arguments)])
        plan.main()
        return capsys.readouterr().out

    return run


def row(output, stage):
    return next(line.split() for line in output.split("\n") if line.startswith(f"{stage} "))


def test_stages_and_all_are_told_with_sources(planned_run):
    output = planned_run("--gpus", 8, "--cores", 16, "--device", "A100")
    assert row(output, "train")[1] == "2" and row(output, "all")[1] == "3"
    assert "On 8 x A100 and 16 cores: " in output
    assert "within a factor of" in output


def test_half_an_epoch_on_an_a100_is_half_an_hour(planned_run):
    """Its products take 0.35 hours at 120 TFLOP/s, the starts of 224 cells an update 0.15; twice."""
    output = planned_run("--gpus", 1, "--device", "A100", "--cores", 4)
    products = 12_075_604 / 2 * 6 * (26.2 * 32e6 + 29.8 * 112e6) / 120e12 / 3600
    cells = 94_341 / 2 * 56 * 4 * 5e-5 / 3600
    assert float(row(output, "train")[2]) == pytest.approx(2 * (products + cells), abs=0.06)


def test_a_limit_that_is_too_short_is_told_with_segments_that_fit(planned_run):
    output = planned_run("--gpus", 1, "--device", "K40", "--time-limit", 1440)
    line = next(line for line in output.split("\n") if line.startswith("train_segment: "))
    assert "over the limit of 24h00m" in line and "`segment_epochs: 0." in line


def test_a_limit_that_is_long_enough_is_told_too(planned_run):
    assert "Every job fits" in planned_run("--gpus", 1, "--device", "H100", "--time-limit", 1440)


def test_the_table_is_written_for_programs_too(planned_run, tmp_path):
    planned_run("--gpus", 1, "--tsv", tmp_path / "plan.tsv")
    header, *rows = (tmp_path / "plan.tsv").read_text("utf-8").strip("\n").split("\n")
    assert header.split("\t")[:3] == ["stage", "jobs", "gpu_hours"]
    assert {len(one.split("\t")) for one in rows} == {len(header.split("\t"))}


def test_a_core_is_no_gpu(planned_run):
    with pytest.raises(UserError, match="core is no GPU"):
        planned_run("--gpus", 1, "--device", "core")


def test_jobs_are_read_from_snakemake_s_events(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Snakefile").touch()
    lines = "\n".join(["host: x", *(json.dumps({"job": job}) for job in JOBS), "Done"])
    ended = SimpleNamespace(returncode=0, stdout=lines, stderr="")
    monkeypatch.setattr(pending.subprocess, "run", lambda *a, **k: ended)
    found = pending.pending_jobs([])
    assert found == JOBS
    costs = Costs(load(PAPER), Sizes({"train": 100, "dev": 10, "test": 10}, 100, 10.0, 10.0))
    jobs = pending.planned(found, costs, core=CORE, device=CORE)
    assert [(job.rule, job.stage, job.gpus) for job in jobs] == [
        ("train_segment", "train", 1),
        ("train_last_segment", "train", 1),
        ("make_table", "report", 0),
    ]


def test_what_snakemake_refuses_is_told_in_its_words(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="there is no Snakefile here"):
        pending.pending_jobs([])
    (tmp_path / "Snakefile").touch()
    ended = SimpleNamespace(returncode=1, stdout="", stderr="error: train.epochs: is 7.3\n")
    monkeypatch.setattr(pending.subprocess, "run", lambda *a, **k: ended)
    with pytest.raises(UserError, match=r"It says: error: train\.epochs: is 7\.3"):
        pending.pending_jobs([])
