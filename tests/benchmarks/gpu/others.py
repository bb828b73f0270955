"""Stages that start other programs or train to the end: tests, quality, several processes."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist

from benchmarks.gpu.common import Stage, make_network, read_bundle
from benchmarks.gpu.numbers import SGD, trained
from seq2seq.model.device import use_exact_fp32
from seq2seq.runtime.logging import run
from seq2seq.training.checkpoint import Checkpoint, Fingerprint
from seq2seq.training.distributed import World, training_world
from seq2seq.training.trainer import train_segment

TESTS = Path(__file__).resolve().parents[2]


def tests(stage: Stage) -> None:
    """The tests marked `gpu`, without the fixtures of the others; on a CPU they are only found."""
    files = [str(p) for p in sorted(TESTS.rglob("test_*.py")) if "mark.gpu" in p.read_text("utf-8")]
    options = ["-m", "gpu", "--noconftest", "-q", "-p", "no:cacheprovider"]
    options += [] if stage.device.type == "cuda" else ["--collect-only"]
    command = [sys.executable, "-m", "pytest", *options, *files]
    ended = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True)
    for line in re.findall(r"(?m)^(?:FAILED|ERROR|\d+ |.* in [0-9.]+s).*", ended.stdout):
        stage.record(line[:200], None)
    stage.check("tests marked gpu", ended.returncode, "exit code", ended.returncode == 0, 0)


def quality(stage: Stage) -> None:
    """A small model trained forward and reversed: is it as good as the CPU's?"""
    use_exact_fp32()
    for order, expected in stage.bundle.numbers["trained"].items():
        found = trained(stage, order)
        ours, theirs = found["perplexity"], expected["perplexity"]
        stage.compare(f"{order}: test perplexity {ours:.2f}", ours, theirs, relative=0.05)
        difference = found["BLEU"] - expected["BLEU"]
        what = f"{order}: BLEU {found['BLEU']:.2f}, from the CPU's"
        stage.check(what, difference, "BLEU", abs(difference) <= 1, 1)


def ranks(stage: Stage) -> None:
    """Two gloo processes on the CPU train as one does; NCCL adds up on one GPU."""
    output = stage.output.with_suffix(".losses")
    program = [sys.executable, "-m", "benchmarks.gpu.others", str(stage.bundle.folder), str(output)]
    command = [sys.executable, "-m", "seq2seq.training.distributed", "--standalone"]
    command += ["--nproc-per-node=2", "--no-python", *program]
    alone = _losses(stage, World(torch.device("cpu")))
    environment = {**os.environ, "SEQ2SEQ_CPU": "1"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    if ended.returncode:
        what = f"two gloo processes: {ended.stderr[-300:]}"
        stage.check(what, ended.returncode, "exit code", False, 0)
    else:
        both = json.loads(output.read_text(encoding="utf-8"))
        stage.compare("two gloo processes: last loss per word", both[-1], alone[-1], relative=1e-4)
    backend = "nccl" if stage.device.type == "cuda" else "gloo"
    store = dist.TCPStore("127.0.0.1", 0, 1, is_master=True)
    dist.init_process_group(backend, store=store, rank=0, world_size=1)
    ones = torch.ones(1 << 20, device=stage.device)
    seconds = stage.times(lambda: dist.all_reduce(ones), 5)
    stage.rate(f"all-reduce by {backend}, one process", "GB/s", ones.numel() * 4 / 1e9, seconds)
    stage.check(f"{backend}: the sum of one process", float(ones[0]), "", bool(ones[0] == 1), 1)
    dist.destroy_process_group()


def _losses(stage: Stage, world: World) -> list[float]:
    bundle, size = stage.bundle, stage.scale.batch
    corpus, records = bundle.corpus(), []  # type: ignore[var-annotated]
    network = make_network("lstm", min(stage.scale.hidden), bundle.words)
    fingerprint = Fingerprint(network.settings, *bundle.words, "reversed", 1)
    start = Checkpoint(fingerprint, 0, 0, network.state_dict(), {})
    share = stage.scale.updates / -(-len(corpus) // size)
    settings = replace(SGD, batch_size=size, segment_epochs=share)
    train_segment(start, corpus, settings, world=world, record=records.append)
    return [record["loss_per_word"] for record in records]


def _rank() -> None:
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    with training_world() as world:
        found = _losses(Stage(read_bundle(folder), world.device, output), world)
    if world.is_main:
        output.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    run(_rank)
