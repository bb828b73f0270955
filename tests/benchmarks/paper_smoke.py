"""`make paper-smoke`: a segment of two updates of the paper's model, in full size and little memory.

The configuration is that of ``config/config.yaml``: 384 million parameters, 128 sentences of news'
lengths a batch.  All that a segment's job does is done: the checkpoint is read and the next written.
"""

import argparse
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
import yaml

from benchmarks import synthetic
from seq2seq.config.loading import load_settings
from seq2seq.config.schema import Settings
from seq2seq.errors import UserError
from seq2seq.model.device import best_device
from seq2seq.runtime.logging import log, run
from seq2seq.training.checkpoint import (
    Checkpoint,
    Fingerprint,
    build_network,
    read_checkpoint,
    write_checkpoint,
)
from seq2seq.training.distributed import World
from seq2seq.training.trainer import train_segment

PAPER = Path(__file__).resolve().parents[2] / "config" / "config.yaml"
UPDATES = 2
MOST_MEGABYTES = 8000


def smoke(settings: Settings, folder: Path) -> None:
    """Begin a model, train it for two updates, and look what that took.

    Raises:
        UserError: the process needed more memory than it may.
    """
    words, began = settings.vocabulary, time.monotonic()
    fingerprint = Fingerprint(settings.model, words.source_words, words.target_words, "reversed", 1)
    begin(fingerprint, folder / "000.safetensors")
    log.info(f"model begun in {time.monotonic() - began:.0f} s, so far {resident_megabytes():,} MB")
    pairs = UPDATES * settings.train.batch_size
    corpus = synthetic.corpus(pairs, words.target_words, mean_words=27)
    segment = replace(settings.train.segment(1), segment_epochs=1.0)
    world, records = World(best_device()), []
    before = read_checkpoint(folder / "000.safetensors")
    after = train_segment(before, corpus, segment, world=world, record=records.append)
    write_checkpoint(folder / "001.safetensors", after)
    seconds, target_words = (sum(r[key] for r in records) for key in ("seconds", "words"))
    log.info(
        f"Result: {after.updates} updates of {fingerprint.model.layers} x "
        f"{fingerprint.model.hidden_size} cells on {world.place}, {segment.precision}: "
        f"loss {records[0]['loss_per_word']:.3f} then "
        f"{records[-1]['loss_per_word']:.3f} a word, {target_words / seconds:,.0f} words/s, "
        f"{max(record['flops_per_second'] for record in records) / 1e9:,.0f} GFLOP/s"
    )
    if world.device.type == "cuda":
        log.info(f"Peak memory of the GPU: {torch.cuda.max_memory_allocated() >> 20:,} MB")
    log.info(
        f"Peak memory of the process: {resident_megabytes():,} MB of {MOST_MEGABYTES:,} allowed"
    )
    if resident_megabytes() > MOST_MEGABYTES:
        raise UserError("a segment of the paper's model takes too much memory.")


def begin(fingerprint: Fingerprint, path: Path) -> None:
    network = build_network(fingerprint)
    network.initialize(
        initial_range=fingerprint.model.initial_range, generator=torch.Generator().manual_seed(1)
    )
    log.info(f"{fingerprint.model_size.total:,} parameters")
    write_checkpoint(path, Checkpoint(fingerprint, 0, 0, network.state_dict(), {}))


def resident_megabytes() -> int:
    """The most that this process ever had in memory."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 10**6


def scaled(settings: Settings, divide: int) -> Settings:
    """The same with all sizes divided, for a look in between."""
    model, words = settings.model, settings.vocabulary
    return replace(
        settings,
        model=replace(
            model,
            hidden_size=model.hidden_size // divide,
            embedding_size=model.embedding_size // divide,
        ),
        vocabulary=replace(
            words,
            source_words=words.source_words // divide,
            target_words=words.target_words // divide,
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--divide", type=int, default=1, help="the sizes by this number")
    arguments = parser.parse_args()
    settings = load_settings(yaml.safe_load(PAPER.read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        smoke(scaled(settings, arguments.divide), Path(folder))


if __name__ == "__main__":
    run(main)
