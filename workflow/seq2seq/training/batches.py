"""Batches of sentences of similar length (section 3.4), in an order determined by seed and epoch.

The order of an epoch depends on nothing but seed and epoch, so training can resume from the number of
the update alone.  A thread prefetches batches and copies them to the device.  It computes word counts
and target positions on the host, so no update synchronizes with the device.  Copies to a GPU come from
pinned memory and overlap with its work.

Shapes: T steps, B sentences, N target words.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seq2seq.errors import UserError
from seq2seq.io.token_ids import TokenDataset
from seq2seq.special_tokens import EOS_ID, PAD_ID

T = TypeVar("T")
Integers = NDArray[np.int64]
REVERSED = "reversed"
NO_SOURCE = "none"  # the encoder reads <EOS> alone: a language model of the target
WORDS_PER_SENTENCE = 128  # on average, in a batch; no sentence of a WMT test set has more
_AHEAD = 4  # batches prepared in advance


class Batch(NamedTuple):
    """One batch; ``PAD_ID`` pads the source on the left and the target on the right.

    The gradient is divided by ``sentences``, those of all ranks that share the batch.
    """

    source_TB: Tensor
    inputs_TB: Tensor
    targets_TB: Tensor
    sentences: int


class DeviceBatch(NamedTuple):
    """A batch on the device: ``targets_N`` are at ``place_N`` in the flattened decoder outputs.

    The gradient is divided by ``sentences``; both word counts include ``<EOS>``.
    """

    source_TB: Tensor
    inputs_TB: Tensor
    place_N: Tensor
    targets_N: Tensor
    sentences: int
    source_words: int
    target_words: int

    def to(self, device: torch.device) -> "DeviceBatch":
        """Copy to ``device``; copies from pinned memory are asynchronous."""
        first, second, place, targets = (t.to(device, non_blocking=True) for t in self[:4])
        return DeviceBatch(first, second, place, targets, *self[4:])


@dataclass(frozen=True)
class ParallelDataset:
    """A parallel corpus as token ids, and the order in which the encoder reads a source."""

    source: TokenDataset
    target: TokenDataset
    source_order: str

    def __len__(self) -> int:
        return len(self.source)

    def random_subset(self, pairs: int) -> "ParallelDataset":
        """Return ``pairs`` of the pairs, the same for every seed; smaller subsets are inside larger."""
        if pairs > len(self):
            raise UserError(
                f"A training needs {pairs:,} pairs, but the corpus has {len(self):,}. Lower `pairs` of "
                "the model, or of `ladder:`."
            )
        kept = np.sort(np.random.default_rng(0).permutation(len(self))[:pairs])
        return ParallelDataset(self.source.take(kept), self.target.take(kept), self.source_order)

    def batch(self, indices: Integers) -> Batch:
        targets = [self.target[index] for index in indices]
        return Batch(
            source_batch([self.source[index] for index in indices], self.source_order),
            target_batch([[EOS_ID, *target] for target in targets]),
            target_batch([[*target, EOS_ID] for target in targets]),
            sentences=len(indices),
        )


def source_batch(sentences: Sequence[NDArray[np.int32]], source_order: str) -> Tensor:
    """Return the encoder's input (T, B): words in order or reversed (section 3.3), then ``<EOS>``."""
    if source_order == NO_SOURCE:
        sentences = [sentence[:0] for sentence in sentences]
    longest = max(len(sentence) for sentence in sentences) + 1
    words_BT = np.full((len(sentences), longest), PAD_ID, dtype=np.int64)
    words_BT[:, -1] = EOS_ID
    step = -1 if source_order == REVERSED else 1
    for row, sentence in enumerate(sentences):
        words_BT[row, longest - 1 - len(sentence) : -1] = sentence[::step]
    return torch.from_numpy(np.ascontiguousarray(words_BT.T))


def target_batch(sentences: Sequence[Sequence[int] | NDArray[np.int32]]) -> Tensor:
    """Return sentences as columns (T, B), padded with ``PAD_ID`` on the right."""
    longest = max(len(sentence) for sentence in sentences)
    words_BT = np.full((len(sentences), longest), PAD_ID, dtype=np.int64)
    for row, sentence in enumerate(sentences):
        words_BT[row, : len(sentence)] = sentence
    return torch.from_numpy(np.ascontiguousarray(words_BT.T))


def epoch_order(
    source_lengths: Integers,
    target_lengths: Integers,
    batch_size: int,
    bucket_words: int,
    *,
    seed: int,
    epoch: int,
) -> list[Integers]:
    """Return the positions of the pairs, batch by batch, for one pass over the corpus.

    Pairs are sorted by source length, then target length, with random ties, and split into batches of
    ``batch_size``; the batches are shuffled (section 3.4).  Lengths in the same ``bucket_words`` are
    equal here, so that a batch's lengths differ by fewer words than that, but for bucket limits.
    """
    random = np.random.default_rng([seed, epoch])
    source, target = source_lengths // bucket_words, target_lengths // bucket_words
    order = np.lexsort((random.random(len(source)), target, source))
    starts = np.arange(0, len(order), batch_size)
    return [order[start : start + batch_size] for start in random.permutation(starts)]


def batches_per_epoch(pairs: int, batch_size: int) -> int:
    return -(-pairs // batch_size)


def training_batches(
    corpus: ParallelDataset,
    *,
    batch_size: int,
    bucket_words: int,
    seed: int,
    first_update: int,
    last_update: int,
    share: Callable[[ParallelDataset, Integers], Batch] = ParallelDataset.batch,
) -> Iterator[Batch]:
    """Yield the batches of a range of updates over all epochs; ``share`` takes this rank's part."""
    in_epoch = batches_per_epoch(len(corpus), batch_size)
    order: list[Integers] = []
    for update in range(first_update, last_update):
        epoch, position = divmod(update, in_epoch)
        if not order or position == 0:
            lengths = corpus.source.lengths, corpus.target.lengths
            order = epoch_order(*(*lengths, batch_size, bucket_words), seed=seed, epoch=epoch)
        yield share(corpus, order[position])


def sorted_batches(lengths: Integers, *, batch_size: int) -> list[Integers]:
    """Return batches of sentence positions, longest first, so that memory peaks at the start."""
    return bounded_batches(np.argsort(-lengths, kind="stable"), lengths, batch_size=batch_size)


def bounded_batches(order: Integers, lengths: Integers, *, batch_size: int) -> list[Integers]:
    """Cut ``order`` into batches of at most ``batch_size`` sentences, fewer where one is very long.

    A batch has at most ``batch_size * WORDS_PER_SENTENCE`` words, padding included, or one sentence.
    """
    most = batch_size * WORDS_PER_SENTENCE
    batches, start, longest = [], 0, 0
    for stop, length in enumerate(lengths[order].tolist()):
        longest, rows = max(longest, length), stop - start
        if rows == batch_size or (rows and (rows + 1) * longest > most):
            batches.append(order[start:stop])
            start, longest = stop, length
    return [*batches, order[start:]] if len(order) else []


def make_device_batch(batch: Batch, device: torch.device) -> DeviceBatch:
    """Count words and find target positions; pin the memory if the device is a GPU."""
    flat_targets = batch.targets_TB.flatten()
    place_N = (flat_targets != PAD_ID).nonzero().squeeze(1)
    tensors = batch.source_TB, batch.inputs_TB, place_N, flat_targets[place_N]
    if device.type == "cuda":
        tensors = tuple(tensor.pin_memory() for tensor in tensors)  # type: ignore[assignment]
    source_words = int((batch.source_TB != PAD_ID).sum())
    return DeviceBatch(*tensors, batch.sentences, source_words, len(place_N))


def prefetch_to_device(device: torch.device, batches: Iterator[Batch]) -> Iterator[DeviceBatch]:
    for batch in prefetch(make_device_batch(batch, device) for batch in batches):
        yield batch.to(device)


def prefetch(items: Iterator[T], count: int = _AHEAD) -> Iterator[T]:
    """Yield the items; a thread computes up to ``count`` of them in advance."""
    nothing = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="batches") as thread:
        waiting = deque(thread.submit(next, items, nothing) for _ in range(count))
        while (item := waiting.popleft().result()) is not nothing:
            waiting.append(thread.submit(next, items, nothing))
            yield item  # type: ignore[misc]
