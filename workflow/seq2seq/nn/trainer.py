"""One segment of a training: from a checkpoint, over its share of the epochs, to the next."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from seq2seq.errors import UserError
from seq2seq.nn.batches import Batch, ParallelIds, batches_per_epoch, training_batches
from seq2seq.nn.checkpoint import Checkpoint
from seq2seq.nn.device import COMPUTE_TYPES
from seq2seq.nn.model import EncoderDecoder
from seq2seq.nn.optimizers import Optimizer, make_optimizer
from seq2seq.program import duration, say
from seq2seq.settings import SegmentSettings


@dataclass(frozen=True)
class TrainingRecord:
    """The mean over the updates since the record before; perplexity and loss are per target word."""

    epoch: float
    updates: int
    words: int
    loss_per_word: float
    perplexity: float
    learning_rate: float
    gradient_norm: float
    words_per_second: float
    seconds: float
    kind: str = "train"


@dataclass
class _Sums:
    """What a record is made of; tensors, so that no update waits for the device."""

    loss: Tensor
    norm: Tensor
    words: Tensor
    updates: int = 0


def segment_updates(pairs: int, settings: SegmentSettings, segment: int) -> tuple[int, int]:
    """The first update of segment ``segment`` (from 1), and the one after its last."""
    in_epoch = batches_per_epoch(pairs, settings.batch_size)
    first, last = (
        round(number * settings.segment_epochs * in_epoch) for number in (segment - 1, segment)
    )
    return first, last


def train_segment(
    before: Checkpoint,
    corpus: ParallelIds,
    settings: SegmentSettings,
    *,
    device: torch.device,
    record: Callable[[dict[str, Any]], None],
    name: str = "training",
    records_per_segment: int = 20,
) -> Checkpoint:
    """Train for one segment; ``record`` is given about ``records_per_segment`` measurements.

    ``name`` stands before the progress lines, as several models may train at once.

    Raises:
        UserError: the loss or the gradient is no longer a finite number.
    """
    segment = before.segment + 1
    first, last = segment_updates(len(corpus), settings, segment)
    assert first == before.updates, (first, before.updates)
    _check_vocabulary(corpus, before)
    network = before.make_network().to(device)
    network.compute_type = COMPUTE_TYPES[settings.precision]
    if settings.optimizer == "sgd":
        network.use_sparse_embedding_gradients()
    optimizer = make_optimizer(network, settings)
    optimizer.restore({name: tensor.to(device) for name, tensor in before.optimizer.items()})
    batches = training_batches(
        corpus,
        batch_size=settings.batch_size,
        seed=before.identity.seed,
        first_update=first,
        last_update=last,
    )
    watch = _Watch(settings, corpus=corpus, first=first, last=last, record=record, name=name)
    _update(network, optimizer, batches, device=device, watch=watch, records=records_per_segment)
    return Checkpoint(
        identity=before.identity,
        segment=segment,
        updates=last,
        network=network.state_dict(),
        optimizer=optimizer.state(),
    )


def _check_vocabulary(corpus: ParallelIds, checkpoint: Checkpoint) -> None:
    """Refuse a corpus that was numbered by a larger vocabulary than the model's."""
    known = {"source": checkpoint.identity.source_words, "target": checkpoint.identity.target_words}
    for side, sentences in (("source", corpus.source), ("target", corpus.target)):
        largest = int(sentences.words.max(initial=0))
        if largest >= known[side]:
            raise UserError(
                f"The corpus has {side} word number {largest}, but the model knows {known[side]} "
                "words: it was trained on another vocabulary. Remove its folder under `train/` to "
                "begin anew."
            )


def _update(
    network: EncoderDecoder,
    optimizer: Optimizer,
    batches: Iterator[Batch],
    *,
    device: torch.device,
    watch: "_Watch",
    records: int,
) -> None:
    """Go through the batches; measurements are evenly spread, the last at the end."""
    sums = watch.fresh(device)
    for done, batch in enumerate(batches, start=1):
        moved = batch.to(device)
        loss = network.loss(moved.source_TB, moved.inputs_TB, moved.targets_TB)
        loss.backward()
        sums.norm += optimizer.update(batch.sentences)
        sums.loss += loss.detach()
        sums.words += (moved.targets_TB >= 0).sum()
        sums.updates += 1
        if done * records // watch.total > (done - 1) * records // watch.total:
            watch.report(sums)
            sums = watch.fresh(device)


class _Watch:
    """Turns sums into records and progress lines."""

    def __init__(
        self,
        settings: SegmentSettings,
        *,
        corpus: ParallelIds,
        first: int,
        last: int,
        record: Callable[[dict[str, Any]], None],
        name: str,
    ) -> None:
        self._settings, self._record, self._name = settings, record, name
        self._in_epoch = batches_per_epoch(len(corpus), settings.batch_size)
        self._updates, self._first, self._last = first, first, last
        self.total = last - first
        self._began = self._mark = self._shown = time.monotonic()

    @staticmethod
    def fresh(device: torch.device) -> _Sums:
        zeros = torch.zeros(3, device=device, dtype=torch.float64)
        return _Sums(loss=zeros[0], norm=zeros[1], words=zeros[2])

    def report(self, sums: _Sums) -> None:
        loss, norm, words = float(sums.loss), float(sums.norm), int(sums.words)
        now = time.monotonic()
        seconds, self._mark = now - self._mark, now
        self._updates += sums.updates
        per_word = loss / words
        if not all(map(_finite, (loss, norm))):
            raise UserError(
                f"The training diverged near update {self._updates}: loss {loss}, gradient norm "
                f"{norm}. Lower `train.learning_rate` or `train.clip_norm` and run again."
            )
        made = TrainingRecord(
            epoch=self._updates / self._in_epoch,
            updates=self._updates,
            words=words,
            loss_per_word=per_word,
            perplexity=float(torch.tensor(per_word, dtype=torch.float64).exp()),
            learning_rate=self._settings.learning_rate,
            gradient_norm=norm / sums.updates,
            words_per_second=words / seconds,
            seconds=seconds,
        )
        self._record(asdict(made))
        self._show(made, now)

    def _show(self, made: TrainingRecord, now: float) -> None:
        if now - self._shown < 10 and self._updates != self._last:
            return
        self._shown = now
        done = self._updates - self._first
        left = (now - self._began) / done * (self._last - self._updates)
        say(
            f"{self._name}: epoch {made.epoch:.2f}, loss {made.loss_per_word:.3f} a word, perplexity "
            f"{made.perplexity:.2f}, gradient {made.gradient_norm:.2f}, "
            f"{made.words_per_second:,.0f} words/s, {duration(left)} left in this segment"
        )


def _finite(number: float) -> bool:
    return number == number and abs(number) != float("inf")
