"""Several processes are started by torchrun itself; this file is also the program that they run."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.model.device import COMPUTE_TYPES
from seq2seq.runtime.logging import run
from seq2seq.training.checkpoint import read_checkpoint, write_checkpoint
from seq2seq.training.distributed import GradientSum, World, shares, training_world
from seq2seq.training.trainer import train_segment
from tiny_models import beginning, random_corpus, segment_settings

HERE = Path(__file__).resolve()
ALONE = World(torch.device("cpu"))
PAIRS = 41  # batches of 8: the last has one sentence, so that a rank has none


def train(before, *, world, optimizer="sgd", **changed):
    """One segment on a small corpus: the next checkpoint and the measurements."""
    records = []
    settings = replace(segment_settings(optimizer=optimizer, learning_rate=0.1), **changed)
    after = train_segment(
        before, random_corpus(PAIRS), settings, world=world, record=records.append
    )
    return after, records


def program():
    """What each rank runs: ``torchrun test_distributed.py FOLDER CASE``."""
    folder, case = Path(sys.argv[1]), sys.argv[2]
    before = read_checkpoint(folder / "before")
    COMPUTE_TYPES["fp32"] = before.network["output_weight_VH"].dtype
    with training_world() as world:
        if case == "error" and world.rank == 1:
            raise UserError("the disk of this rank is full.")
        if case == "mistake" and world.rank == 1:
            raise ZeroDivisionError("a mistake of ours")
        if case == "kill" and world.rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        optimizer = "adam" if case == "adam" else "sgd"
        changed = {"all_reduce": "bf16"} if case == "bf16" else {}
        after, records = train(before, world=world, optimizer=optimizer, **changed)
    write_checkpoint(folder / f"after.{world.rank}", after)
    (folder / f"records.{world.rank}").write_text(
        "\n".join(str(r["loss_per_word"]) for r in records)
    )


def torchrun(folder, case, *, processes=2):
    """The program's end, as torchrun tells it."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (HERE.parents[3] / "workflow", HERE.parents[2]))),
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.run(
        [
            *(sys.executable, "-m", "seq2seq.training.distributed", "--standalone"),
            *(f"--nproc-per-node={processes}", str(HERE), str(folder), case),
        ],
        env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def begin(folder, dtype=torch.float64, optimizer="sgd"):
    """A checkpoint in a file, in the middle of a training."""
    start = beginning()
    start = replace(start, network={n: 10 * t.to(dtype) for n, t in start.network.items()})
    made, _ = train(start, world=ALONE, optimizer=optimizer)
    write_checkpoint(folder / "before", made)
    return made


def assert_equal(one, other, *, tolerance):
    for tensors, others in ((one.network, other.network), (one.optimizer, other.optimizer)):
        assert tensors.keys() == others.keys()
        for name, tensor in tensors.items():
            torch.testing.assert_close(
                others[name], tensor, rtol=tolerance, atol=tolerance, msg=name
            )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "processes", "dtype", "tolerance"),
    [
        ("sgd", 2, torch.float64, 1e-12),
        ("sgd", 3, torch.float64, 1e-12),
        ("adam", 2, torch.float64, 1e-10),
        ("sgd", 2, torch.float32, 1e-5),
    ],
)
def test_processes_train_as_one_does(tmp_path, monkeypatch, case, processes, dtype, tolerance):
    monkeypatch.setitem(COMPUTE_TYPES, "fp32", dtype)
    before = begin(tmp_path, dtype, optimizer=case)
    expected, records = train(before, world=ALONE, optimizer=case)
    ended = torchrun(tmp_path, case, processes=processes)
    assert ended.returncode == 0, ended.stderr
    first = read_checkpoint(tmp_path / "after.0")
    assert_equal(expected, first, tolerance=tolerance)
    for rank in range(1, processes):
        assert_equal(first, read_checkpoint(tmp_path / f"after.{rank}"), tolerance=0)
        assert (tmp_path / f"records.{rank}").read_text() == ""
    losses = [float(line) for line in (tmp_path / "records.0").read_text().split("\n")]
    assert losses == pytest.approx([r["loss_per_word"] for r in records], rel=tolerance)


@pytest.mark.slow
def test_gradients_rounded_to_bf16_for_the_exchange_train_almost_the_same(tmp_path):
    expected, _ = train(begin(tmp_path, torch.float32), world=ALONE)
    assert torchrun(tmp_path, "bf16").returncode == 0
    first = read_checkpoint(tmp_path / "after.0")
    assert_equal(first, read_checkpoint(tmp_path / "after.1"), tolerance=0)
    assert_equal(expected, first, tolerance=0.01)
    with pytest.raises(AssertionError):
        assert_equal(expected, first, tolerance=1e-6)  # what fp32 keeps


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("error", r"\nerror: rank 1 of 2 \(.+\): the disk of this rank is full\.\n"),
        (
            "mistake",
            r"ZeroDivisionError: a mistake of ours(.|\n)*ended first \(exit code 1, and its",
        ),
        ("kill", r"\nerror: rank 1 of this training, on .+, ended first \(SIGKILL; .*`mem_mb`"),
    ],
)
def test_a_rank_that_ends_ends_all_and_its_own_error_is_told(tmp_path, case, told):
    begin(tmp_path)
    ended = torchrun(tmp_path, case)
    assert ended.returncode != 0
    assert re.search(told, ended.stderr), ended.stderr
    assert "UserError" not in ended.stderr
    assert not list(tmp_path.glob("after.*"))


@given(st.lists(st.integers(1, 100), min_size=1, max_size=40), st.integers(1, 9))
def test_shares_keep_every_sentence_and_are_even_to_a_sentence(words, ranks):
    counts = np.array(words)
    parts = shares(np.arange(len(words)), counts, ranks)
    assert len(parts) == ranks
    assert np.concatenate(parts).tolist() == list(range(len(words)))
    assert max(counts[part].sum() for part in parts) <= counts.sum() / ranks + counts.max()


def test_a_rank_without_a_sentence_predicts_nothing_and_has_gradients_of_zero():
    corpus, before = random_corpus(PAIRS), beginning()
    indices = np.array([7])
    batches = [World(ALONE.device, rank, 2).batch(corpus, indices) for rank in range(2)]
    assert [batch.sentences for batch in batches] == [1, 1]
    words = [int((batch.targets_TB >= 0).sum()) for batch in batches]
    assert sorted(words) == [0, len(corpus.target[7]) + 1]
    idle, network = batches[words.index(0)], before.make_network()
    network.loss(idle.source_TB, idle.inputs_TB, idle.targets_TB).backward()
    assert all(not parameter.grad.any() for parameter in network.parameters())


def test_a_single_process_makes_the_batches_of_the_corpus_and_exchanges_nothing():
    corpus, indices = random_corpus(PAIRS), np.arange(5)
    ours, plain = ALONE.batch(corpus, indices), corpus.batch(indices)
    assert torch.equal(ours.targets_TB, plain.targets_TB) and ours.sentences == 5
    network = beginning().make_network()
    sums = GradientSum(network, ALONE)
    network.loss(plain.source_TB, plain.inputs_TB, plain.targets_TB).backward()
    sums.finish()
    ALONE.sum(torch.zeros(1))


def test_without_torchrun_a_process_is_alone(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with training_world() as world:
        assert (world.rank, world.size, world.is_main) == (0, 1, True)


if __name__ == "__main__":
    run(program)
