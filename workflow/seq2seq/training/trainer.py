"""Train one segment: start from a checkpoint, go through a share of an epoch, return the next."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from seq2seq.config.training import SegmentSettings
from seq2seq.errors import UserError
from seq2seq.model.device import COMPUTE_TYPES
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.training.batches import ParallelDataset, batches_per_epoch, training_batches
from seq2seq.training.checkpoint import Checkpoint
from seq2seq.training.distributed import GradientSum, World
from seq2seq.training.monitor import Monitor, Sums
from seq2seq.training.optimizers import Optimizer, make_optimizer
from seq2seq.training.preemption import no_deadline
from seq2seq.training.prefetch import DeviceBatch, prefetch_to_device


def segment_updates(pairs: int, settings: SegmentSettings, segment: int) -> range:
    """Return the range of updates of segment ``segment``, counted from 1."""
    in_epoch = batches_per_epoch(pairs, settings.batch_size)
    first, last = (
        round(number * settings.segment_epochs * in_epoch) for number in (segment - 1, segment)
    )
    return range(first, last)


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

    Raises:
        UserError: the training diverged.
    """
    segment = before.segment + 1
    span = segment_updates(len(corpus), settings, segment)
    assert before.updates in span, (span, before.updates)
    _check_vocabulary(corpus, before)
    network = _make_network(before, settings, world.device)
    optimizer = make_optimizer(network, settings)
    optimizer.restore({name: tensor.to(world.device) for name, tensor in before.optimizer.items()})
    batches = training_batches(
        corpus,
        batch_size=settings.batch_size,
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
    updates = before.updates + _train(
        network, optimizer, device_batches, world=world, monitor=monitor, stop=stop
    )
    reached = segment if updates == span.stop else before.segment
    return Checkpoint(before.fingerprint, reached, updates, network.state_dict(), optimizer.state())


def _make_network(
    before: Checkpoint, settings: SegmentSettings, device: torch.device
) -> EncoderDecoder:
    network = before.make_network().to(device)
    network.compute_type = COMPUTE_TYPES[settings.precision]
    if settings.optimizer == "sgd":
        network.use_sparse_embedding_gradients()
    return network


def _check_vocabulary(corpus: ParallelDataset, checkpoint: Checkpoint) -> None:
    """Reject a corpus encoded with a larger vocabulary than the model's."""
    known = {
        "source": checkpoint.fingerprint.source_words,
        "target": checkpoint.fingerprint.target_words,
    }
    for side, sentences in (("source", corpus.source), ("target", corpus.target)):
        largest = int(sentences.words.max(initial=0))
        if largest >= known[side]:
            raise UserError(
                f"The corpus has {side} token id {largest}, but the model's vocabulary has "
                f"{known[side]} words. Delete the model's folder under `train/` to retrain it."
            )


def _train(
    network: EncoderDecoder,
    optimizer: Optimizer,
    batches: Iterator[DeviceBatch],
    *,
    world: World,
    monitor: Monitor,
    stop: Callable[[], bool],
) -> int:
    """Train on the batches until they end or ``stop`` says so; return the number of updates.

    The host does not wait for the device between two records.
    """
    sums, gradients = Sums.zero(world.device), GradientSum(network, world)
    done = 0
    for done, batch in enumerate(batches, start=1):
        loss = network.loss_at(batch.source_TB, batch.inputs_TB, batch.place_N, batch.targets_N)
        loss.backward()
        gradients.finish()
        sums.add(batch, loss.detach(), optimizer.update(batch.sentences))
        if monitor.is_due(done):
            world.sum(sums.loss, sums.source_words, sums.words)
            monitor.report(sums)
            sums = Sums.zero(world.device)
            if _any_rank(stop(), world):
                break
    return done


def _any_rank(stop: bool, world: World) -> bool:
    """All ranks stop as soon as one has to."""
    votes = torch.tensor(float(stop), device=world.device)
    world.sum(votes)
    return bool(votes)
