"""Train one segment: start from a checkpoint, go through a share of an epoch, return the next."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from seq2seq.config.training import SegmentSettings
from seq2seq.errors import UserError
from seq2seq.model.device import COMPUTE_TYPES, check_precision, faster_precision
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.runtime.logging import first_line, out_of_memory
from seq2seq.training.batches import (
    DeviceBatch,
    ParallelDataset,
    batches_per_epoch,
    epoch_order,
    make_device_batch,
    prefetch_to_device,
    training_batches,
)
from seq2seq.training.checkpoint import Checkpoint
from seq2seq.training.distributed import GradientSum, World
from seq2seq.training.monitor import Monitor, Sums
from seq2seq.training.optimizers import SGD, Adam, make_optimizer
from seq2seq.training.preemption import no_deadline


def segment_updates(pairs: int, settings: SegmentSettings, segment: int) -> range:
    """Return the range of updates of segment ``segment``, counted from 1."""
    in_epoch = batches_per_epoch(pairs, settings.batch_size)
    return range(*(round(k * settings.segment_epochs * in_epoch) for k in (segment - 1, segment)))


def train_segment(
    before: Checkpoint,
    corpus: ParallelDataset,
    settings: SegmentSettings,
    *,
    world: World,
    record: Callable[[dict[str, Any]], None],
    name: str = "training",
    stop: Callable[[], bool] = no_deadline,
) -> Checkpoint:
    """Train one segment and return the checkpoint at its end.

    Args:
        record: receives each training record.
        name: prefix of the progress lines.
        stop: called after each record. If it returns true, training stops early; the checkpoint
            then still belongs to the previous segment, and training can resume from it.
    """
    segment = before.segment + 1
    span = segment_updates(len(corpus), settings, segment)
    if before.updates not in span:
        raise UserError(
            f"{name}: its checkpoint has {before.updates} updates, but segment {segment} begins at "
            f"{span.start} with `train.batch_size` {settings.batch_size} and `train.segment_epochs` "
            f"{settings.segment_epochs:g}. Restore both, or delete the model's folder under `train/`."
        )
    _check_vocabulary(corpus, before)
    network = before.make_network().to(world.device)
    precision = _precision(before, settings, world)
    check_precision(world.device, precision)
    network.compute_type = COMPUTE_TYPES[precision]
    network.use_dropout(settings.dropout)
    if settings.optimizer == "sgd":
        network.use_sparse_embedding_gradients()
    optimizer = make_optimizer(network, settings)
    optimizer.restore({name: tensor.to(world.device) for name, tensor in before.optimizer.items()})
    _try_largest_batch(network, corpus, settings, before, world=world, name=name)
    batches = training_batches(
        corpus,
        batch_size=settings.batch_size,
        bucket_words=settings.bucket_words,
        seed=before.fingerprint.seed,
        first_update=before.updates,
        last_update=span.stop,
        share=world.batch,
    )
    monitor = Monitor(
        settings,
        updates_per_epoch=batches_per_epoch(len(corpus), settings.batch_size),
        updates=span,
        done=before.updates,
        size=before.fingerprint.model_size,
        record=record,
        name=name,
        is_main=world.is_main,
    )
    device_batches = prefetch_to_device(world.device, batches)
    if settings.dropout:
        seed = before.fingerprint.seed, world.rank
        device_batches = _reseed(device_batches, *seed, first_update=before.updates)
    rounded = torch.bfloat16 if settings.all_reduce == "bf16" else None
    gradients = GradientSum(network, world, rounded)
    updates = before.updates + _train(
        network, optimizer, device_batches, gradients, world=world, monitor=monitor, stop=stop
    )
    reached = segment if updates == span.stop else before.segment
    fingerprint = replace(before.fingerprint, precision=precision)
    return Checkpoint(fingerprint, reached, updates, network.state_dict(), optimizer.state())


def _precision(before: Checkpoint, settings: SegmentSettings, world: World) -> str:
    """Return the precision of products; ``auto`` measures in the first segment and then keeps it."""
    if settings.precision != "auto":
        return settings.precision
    if before.fingerprint.precision:
        return before.fingerprint.precision
    size, rows = before.fingerprint.model.hidden_size, settings.batch_size
    words = min(before.fingerprint.target_words, 8000)  # of the softmax: enough to know its speed
    found = faster_precision(world.device, (rows, size, 4 * size), (4 * rows, size, words))
    vote = torch.tensor(float(found == "bf16" and world.is_main), device=world.device)
    world.sum(vote)  # all ranks do as the first
    return "bf16" if vote > 0 else "fp32"


def _try_largest_batch(
    network: EncoderDecoder,
    corpus: ParallelDataset,
    settings: SegmentSettings,
    before: Checkpoint,
    *,
    world: World,
    name: str,
) -> None:
    """Compute a gradient of the epoch's largest batch and drop it: what fits once fits for hours."""
    source, target = corpus.source.lengths, corpus.target.lengths
    epoch = before.updates // batches_per_epoch(len(corpus), settings.batch_size)
    sizing = settings.batch_size, settings.bucket_words
    batches = epoch_order(source, target, *sizing, seed=before.fingerprint.seed, epoch=epoch)
    sizes = [len(rows) * int(source[rows].max() + target[rows].max()) for rows in batches]
    largest = batches[int(np.argmax(sizes))]
    try:
        batch = make_device_batch(world.batch(corpus, largest), world.device).to(world.device)
        network.loss_at(batch.source_TB, batch.inputs_TB, batch.place_N, batch.targets_N).backward()
    except (MemoryError, OSError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        words = f"{source[largest].max()} source and {target[largest].max()} target words"
        raise UserError(
            f"{name}: its largest batch, {len(largest)} sentences of up to {words}, does not fit into "
            f"the memory of {world.place} ({first_line(error)}). Lower `train.batch_size`, or "
            "`data.max_tokens`, or use a device with more memory."
        ) from error
    for parameter in network.parameters():
        parameter.grad = None


def _reseed(
    batches: Iterator[DeviceBatch], seed: int, rank: int, *, first_update: int
) -> Iterator[DeviceBatch]:
    """Seed dropout before each update, so that it depends on nothing that a resumed training lacks."""
    for update, batch in enumerate(batches, first_update):
        torch.manual_seed(int(np.random.SeedSequence([seed, rank, update]).generate_state(1)[0]))
        yield batch


def _check_vocabulary(corpus: ParallelDataset, checkpoint: Checkpoint) -> None:
    """Reject a corpus encoded with a larger vocabulary than the model's."""
    for side, sentences in (("source", corpus.source), ("target", corpus.target)):
        known: int = getattr(checkpoint.fingerprint, f"{side}_words")
        if (largest := int(sentences.words.max(initial=0))) >= known:
            raise UserError(
                f"The corpus has {side} token id {largest}, but the model's vocabulary has "
                f"{known} words. Delete the model's folder under `train/` to retrain it."
            )


def _train(
    network: EncoderDecoder,
    optimizer: SGD | Adam,
    batches: Iterator[DeviceBatch],
    gradients: GradientSum,
    *,
    world: World,
    monitor: Monitor,
    stop: Callable[[], bool],
) -> int:
    """Train until the batches end or ``stop`` says so, with no waits in between; return updates."""
    sums, done = Sums.zero(world.device), 0
    for done, batch in enumerate(batches, start=1):
        loss = network.loss_at(batch.source_TB, batch.inputs_TB, batch.place_N, batch.targets_N)
        loss.backward()
        gradients.finish()
        sums.add(batch, loss.detach(), optimizer.update(batch.sentences))
        if monitor.is_due(done):
            world.sum(sums.loss, sums.source_words, sums.words)
            monitor.report(sums)
            sums = Sums.zero(world.device)
            votes = torch.tensor(float(stop()), device=world.device)
            world.sum(votes)
            if votes > 0:  # all ranks stop as soon as one has to
                break
    return done
