"""Trainings by several processes, started by the workflow as a profile asks for them."""

import json

import pytest

pytestmark = pytest.mark.slow

METRICS = "results/tiny/train/reversed-1/002.train.jsonl"
TINY = ("--configfile", "tiny.yaml", "--set-resources")
TWO = tuple(f"{rule}:gpu=2" for rule in ("train_segment", "train_last_segment"))


def losses(bench):
    lines = (bench / METRICS).read_text(encoding="utf-8").split("\n")
    return [json.loads(line)["loss_per_word"] for line in lines if line]


@pytest.fixture(scope="module")
def two_processes(tiny_run, tmp_path_factory):
    """The small run, its trainings done again by two processes each."""
    bench = tiny_run.copy(tmp_path_factory.mktemp("several") / "bench")
    again = ("--forcerun", "initialize_model", "--notemp", "--", METRICS)
    ended = bench.snakemake(*TINY, *TWO, *again)
    assert ended.code == 0, ended.errors[-6000:]
    return bench


def test_two_processes_train_to_the_losses_of_one(tiny_run, two_processes):
    assert losses(two_processes) == pytest.approx(losses(tiny_run), rel=1e-4)


def test_the_log_tells_each_process_s_command(two_processes):
    log = (two_processes / "results/tiny/logs/train/reversed-1/002.log").read_text("utf-8")
    for rank in range(2):
        (line,) = (line for line in log.split("\n") if line.startswith(f"rank {rank} of 2"))
        assert "-m seq2seq.steps.train train-segment --settings" in line


def test_the_number_of_processes_is_no_part_of_a_result(two_processes):
    ended = two_processes.snakemake(*TINY, "train_segment:gpu=1", "-n", "--", METRICS)
    assert ended.code == 0, ended.errors
    assert ended.jobs == {}


def test_the_error_of_one_process_ends_the_job_and_is_in_its_log(two_processes, tmp_path):
    bench = two_processes.copy(tmp_path / "bench")
    broken = bench / "results/tiny/train/reversed-1/001.safetensors"
    broken.write_bytes(broken.read_bytes()[:-100])
    ended = bench.snakemake(*TINY, *TWO, "--forcerun", "train_last_segment", "--", METRICS)
    assert ended.code != 0
    log = (bench / "results/tiny/logs/train/reversed-1/002.log").read_text("utf-8")
    assert "error: results/tiny/train/reversed-1/001.safetensors: damaged checkpoint" in log
