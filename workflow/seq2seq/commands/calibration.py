"""Measuring this machine, in about a minute: its cores and its network device beside the reference.

As many processes as the run has cores work at once, in one another's way as they will be; a GPU is
measured alone.  Networks are the configuration's own, on sentences of random words.
"""

import time
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
import torch

from seq2seq.config.schema import ModelSettings, SegmentSettings
from seq2seq.data.parallel_text import ordered_map
from seq2seq.data.tokenizer import tokenize
from seq2seq.io.token_ids import TokenDataset
from seq2seq.model.device import best_device, device_name
from seq2seq.planning.costs import RATES, Costs
from seq2seq.planning.devices import Device, Work
from seq2seq.runtime.logging import log
from seq2seq.special_tokens import SPECIALS
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import Checkpoint, build_network
from seq2seq.training.distributed import single_process
from seq2seq.training.fingerprint import Fingerprint
from seq2seq.training.trainer import train_segment

SECONDS = 20.0  # of training, and a third of that of text
LINE = "The measure of a machine is what it does with words , and how soon ."
FACTOR = 1.25  # a minute's measure may be off so much


@dataclass(frozen=True)
class Probe:
    """What a process measures: training a network of this shape on such sentences."""

    model: ModelSettings
    segment: SegmentSettings
    source_vocabulary: int
    target_vocabulary: int
    source_words: int
    target_words: int


@dataclass(frozen=True)
class Measured:
    """Seconds of an update and of a word of text."""

    update: float
    word: float


def calibrate(costs: Costs, core: Device, *, processes: int) -> Device:
    """The reference core made as fast as this machine: its networks and its text, each by itself."""
    place = best_device()
    name = device_name(place)
    count = 1 if place.type == "cuda" else processes
    log.info(f"measuring {name} for about a minute, {count} at once")
    found = list(ordered_map(measure, [_probe(costs)] * count, processes=count))
    update, word = (
        fmean(values) for values in zip(*((f.update, f.word) for f in found), strict=True)
    )
    networks = core.seconds(_update_work(costs), threads=1) / update
    return replace(
        core,
        name=name,
        fp32=core.fp32 * networks,
        bf16=core.bf16 * networks,
        cell=core.cell / networks,
        core=RATES["tokenize_corpus"].seconds / word,
        factor=FACTOR,
        source=f"measured just now, {count} processes at once",
    )


def _probe(costs: Costs) -> Probe:
    settings, sizes = costs.settings, costs.sizes
    first = next(iter(settings.models.values()))
    return Probe(
        model=first.network(settings.model),
        segment=replace(settings.train.segment(1), segment_epochs=1.0),
        source_vocabulary=settings.vocabulary.source_words,
        target_vocabulary=settings.vocabulary.target_words,
        source_words=round(sizes.source_words),
        target_words=round(sizes.target_words),
    )


def _update_work(costs: Costs) -> Work:
    """What the rates say of one update, as part of a segment of the first model."""
    settings = costs.settings
    segment = costs.work("train_segment", {"model": next(iter(settings.models))})
    updates = costs.sizes.pairs["train"] / settings.train.batch_size * settings.train.segment_epochs
    return replace(
        segment, startup=0.0, flops=segment.flops / updates, cells=segment.cells / updates
    )


def measure(probe: Probe) -> Measured:
    """Train for some updates, first to get warm; then tokenize."""
    torch.set_num_threads(1)
    _train(probe, updates=2)
    one = _train(probe, updates=2) / 2
    updates = max(3, round(SECONDS / one))
    return Measured(_train(probe, updates=updates) / updates, _tokenize())


def _train(probe: Probe, *, updates: int) -> float:
    pairs = updates * probe.segment.batch_size
    source = _random(pairs, probe.source_words, probe.source_vocabulary)
    target = _random(pairs, probe.target_words, probe.target_vocabulary)
    fingerprint = Fingerprint(
        probe.model, probe.source_vocabulary, probe.target_vocabulary, "reversed", seed=1
    )
    network = build_network(fingerprint)
    network.initialize(initial_range=0.1, generator=torch.Generator().manual_seed(1))
    before = Checkpoint(fingerprint, 0, 0, network.state_dict(), {})
    records: list[dict[str, float]] = []
    train_segment(
        before,
        ParallelDataset(source, target, "reversed"),
        probe.segment,
        world=single_process(best_device()),
        record=records.append,
    )
    return sum(record["seconds"] for record in records)


def _random(sentences: int, length: int, vocabulary: int) -> TokenDataset:
    """Sentences of one length, of words that a vocabulary's first ones outnumber, as in text."""
    random = np.random.default_rng(1)
    words = vocabulary * random.random(sentences * length) ** 4
    ids = np.clip(words, len(SPECIALS), vocabulary - 1).astype(np.int32)
    return TokenDataset(ids, np.arange(0, ids.size + 1, length, dtype=np.int64))


def _tokenize() -> float:
    began, words = time.monotonic(), 0
    while (seconds := time.monotonic() - began) < SECONDS / 3:
        for _ in range(100):
            words += len(tokenize(LINE, "en").split(" "))
    return seconds / words
