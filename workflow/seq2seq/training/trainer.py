"""One segment of a training: from a checkpoint, over its share of the epochs, to the next."""

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


def segment_updates(pairs: int, settings: SegmentSettings, segment: int) -> tuple[int, int]:
    """The first update of segment ``segment`` (from 1), and the one after its last."""
    in_epoch = batches_per_epoch(pairs, settings.batch_size)
    first, last = (
        round(number * settings.segment_epochs * in_epoch) for number in (segment - 1, segment)
    )
    return first, last


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
    """Train for one segment; ``record`` is given measurements, ``name`` stands in progress lines.

    ``stop`` is called after each record.  If it returns true, the checkpoint still belongs to the
    segment before, with more updates, and training continues from it as from any other.

    Raises:
        UserError: the training has diverged.
    """
    segment = before.segment + 1
    first, last = segment_updates(len(corpus), settings, segment)
    assert first <= before.updates < last, (first, before.updates, last)
    _check_vocabulary(corpus, before)
    network = _make_network(before, settings, world.device)
    optimizer = make_optimizer(network, settings)
    optimizer.restore({name: tensor.to(world.device) for name, tensor in before.optimizer.items()})
    batches = training_batches(
        corpus,
        batch_size=settings.batch_size,
        seed=before.fingerprint.seed,
        first_update=before.updates,
        last_update=last,
        share=world.batch,
    )
    monitor = Monitor(
        settings,
        updates_per_epoch=batches_per_epoch(len(corpus), settings.batch_size),
        first=first,
        last=last,
        done=before.updates,
        size=before.fingerprint.model_size,
        record=record,
        name=name,
        is_main=world.is_main,
    )
    steps = enumerate(prefetch_to_device(world.device, batches), start=before.updates - first + 1)
    updates = first + _update(network, optimizer, steps, world=world, monitor=monitor, stop=stop)
    reached = segment if updates == last else before.segment
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
    """Refuse a corpus that was numbered by a larger vocabulary than the model's."""
    known = {
        "source": checkpoint.fingerprint.source_words,
        "target": checkpoint.fingerprint.target_words,
    }
    for side, sentences in (("source", corpus.source), ("target", corpus.target)):
        max_logit = int(sentences.words.max(initial=0))
        if max_logit >= known[side]:
            raise UserError(
                f"The corpus has {side} word number {max_logit}, but the model knows {known[side]} "
                "words: it was trained on another vocabulary. Remove its folder under `train/` to "
                "begin anew."
            )


def _update(
    network: EncoderDecoder,
    optimizer: Optimizer,
    steps: Iterator[tuple[int, DeviceBatch]],
    *,
    world: World,
    monitor: Monitor,
    stop: Callable[[], bool],
) -> int:
    """Go through the batches, to the segment's last or until it is time to stop; to which is told.

    Between two records nobody waits for the device.
    """
    sums, gradients = Sums.zero(world.device), GradientSum(network, world)
    done = 0
    for done, step in steps:
        loss = network.loss_at(step.source_TB, step.inputs_TB, step.place_N, step.targets_N)
        loss.backward()
        gradients.finish()
        sums.add(step, loss.detach(), optimizer.update(step.sentences))
        if monitor.is_due(done):
            world.sum(sums.loss, sums.source_words, sums.words)
            monitor.report(sums)
            sums = Sums.zero(world.device)
            if _agreed(stop(), world):
                break
    return done


def _agreed(stop: bool, world: World) -> bool:
    """All processes stop as soon as one has to."""
    votes = torch.tensor(float(stop), device=world.device)
    world.sum(votes)
    return bool(votes)
