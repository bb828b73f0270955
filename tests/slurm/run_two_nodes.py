"""One model trained by two nodes of a cluster, over gloo: the losses of a training by one process."""

import json

import pytest

RULES = ("train_segment", "train_last_segment")
TWO_NODES = [f"{rule}:{ask}" for rule in RULES for ask in ("gpu=0", "tasks=2", "nodes=2")]


def losses(path):
    lines = path.read_text("utf-8").split("\n")
    return [json.loads(line)["loss_per_word"] for line in lines if line]


def test_two_nodes_train_to_the_losses_of_one_process(
    tmp_path, overlays, results, local, through_slurm
):
    metrics = f"{results}/train/reversed-1/001.train.jsonl"
    bench = local.copy(tmp_path / "bench")
    arguments = ("--forcerun", "train_segment", "--notemp", "--", metrics)
    ended = through_slurm(
        bench.folder, *overlays, "--set-resources", *TWO_NODES, *arguments, seconds=540
    )
    assert ended.returncode == 0, ended.stderr[-6000:]
    assert losses(bench / metrics) == pytest.approx(losses(local / metrics), rel=1e-4)
    log = (bench / f"{results}/logs/train/reversed-1/001.log").read_text("utf-8")
    assert "srun" in log and "--nnodes=2" in log
    for rank in range(2):
        assert f"rank {rank} of 2" in log
