"""Trained model folders: they translate number words, one for one, and know nothing else."""

import io
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from seq2seq.__main__ import main
from seq2seq.config.training import ModelSettings, SegmentSettings
from seq2seq.data.vocabulary import write_vocabulary
from seq2seq.inference.model_folder import Languages, Provenance, write_model
from seq2seq.io.token_ids import TokenDataset
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import Checkpoint, Fingerprint, build_network
from seq2seq.training.distributed import World
from seq2seq.training.trainer import train_segment
from tiny_models import OPEN, sentences, vocabulary_of

ENGLISH = ["one", "two", "three", "four", "five", "six"]
FRENCH = ["un", "deux", "trois", "quatre", "cinq", "six"]
Program = Callable[..., "Ended"]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the models reversed-1, which has learned its task, and forward-1, half of it."""
    folder = tmp_path_factory.mktemp("models")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # of products so small two threads only wait for each other
    make_model(folder, "reversed-1", seed=1, epochs=12)
    make_model(folder, "forward-1", seed=2, epochs=3)
    torch.set_num_threads(threads)
    return folder


def make_model(folder: Path, name: str, *, seed: int, epochs: float) -> None:
    generator = random.Random(1)
    picks = [generator.choices(range(6), k=generator.randint(1, 4)) for _ in range(500)]
    files, sides = {}, {}
    for side, words in (("source", ENGLISH), ("target", FRENCH)):
        lines = [" ".join([*(words[k] for k in pick), "."]) for pick in picks]
        vocabulary = vocabulary_of(lines, 20)
        files[side] = folder / f"{name}.{side}.tsv"
        write_vocabulary(files[side], vocabulary)
        sides[side] = sentences(*(vocabulary.encode(line.split(" ")) for line in lines))
    write_model(
        folder / name,
        _trained(sides, name.split("-")[0], seed=seed, epochs=epochs),
        languages=Languages("en", "fr"),
        provenance=Provenance("toy", "number words", 1.0, 100.0),
        source_vocabulary=files["source"],
        target_vocabulary=files["target"],
    )


def _trained(
    sides: dict[str, TokenDataset], source_order: str, *, seed: int, epochs: float
) -> Checkpoint:
    shape = ModelSettings("lstm", 1, 32, 16, initial_range=0.1, **OPEN)
    fingerprint = Fingerprint(shape, 9, 9, source_order, seed)
    network = build_network(fingerprint)
    network.initialize(initial_range=0.1, generator=torch.Generator().manual_seed(seed))
    settings = SegmentSettings(
        bucket_words=1,
        batch_size=16,
        optimizer="adam",
        learning_rate=0.01,
        clip_norm=5.0,
        precision="fp32",
        segment_epochs=epochs,
        deterministic=False,
        all_reduce="fp32",
        dropout=0.0,
    )
    return train_segment(
        Checkpoint(fingerprint, 0, 0, network.state_dict(), {}),
        ParallelDataset(sides["source"], sides["target"], source_order),
        settings,
        world=World(torch.device("cpu")),
        record=lambda record: None,
    )


@dataclass(frozen=True)
class Ended:
    """A program that has ended, as ``subprocess`` tells it."""

    returncode: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def seq2seq(monkeypatch: pytest.MonkeyPatch) -> Program:
    """The command line in this process, where PyTorch is loaded already."""

    def call(*arguments: object, text: bytes = b"") -> Ended:
        output, errors = io.BytesIO(), io.BytesIO()
        monkeypatch.setattr(sys, "argv", ["seq2seq", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding="utf-8"))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(errors, encoding="utf-8"))
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        return Ended(code, output.getvalue(), errors.getvalue())

    return call


@pytest.fixture(scope="session")
def process(repository: Path) -> Program:
    """The command line as a process of its own, in a place that knows no UTF-8."""

    def call(*arguments: object, text: bytes = b"") -> Ended:
        environment = {**os.environ, "PYTHONPATH": str(repository / "workflow")}
        environment |= {"OMP_NUM_THREADS": "1", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
        environment |= {"PYTHONUTF8": "0"}
        command = [sys.executable, "-m", "seq2seq", *map(str, arguments)]
        found = subprocess.run(command, input=text, capture_output=True, env=environment)
        return Ended(found.returncode, found.stdout, found.stderr)

    return call
