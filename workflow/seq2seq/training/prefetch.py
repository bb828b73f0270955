"""Batches on their way to the device: made ahead by a thread, so that no update waits for the next.

What an update needs to know of a batch on the host (how many words, where they are) is found before
the copy; afterwards the host never asks the device, but goes on queueing work for it.  To a GPU the
copies are made from pinned memory, beside its work.

Shapes: T steps, B sentences, N words to predict.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor

from seq2seq.special_tokens import PAD_ID
from seq2seq.training.batches import Batch

T = TypeVar("T")
_AHEAD = 4  # batches that wait, ready


@dataclass(frozen=True)
class DeviceBatch:
    """One step of training: the words to predict, and their places among the decoder's outputs.

    ``sentences`` are those the gradient is divided by; both counts of words include ``<EOS>``.
    """

    source_TB: Tensor
    inputs_TB: Tensor
    place_N: Tensor
    targets_N: Tensor
    sentences: int
    source_words: int
    target_words: int

    def to(self, device: torch.device) -> "DeviceBatch":
        """The same on ``device``; the host does not wait for copies out of pinned memory."""
        if device.type == "cpu":
            return self
        return replace(
            self,
            source_TB=self.source_TB.to(device, non_blocking=True),
            inputs_TB=self.inputs_TB.to(device, non_blocking=True),
            place_N=self.place_N.to(device, non_blocking=True),
            targets_N=self.targets_N.to(device, non_blocking=True),
        )


def make_device_batch(batch: Batch, device: torch.device) -> DeviceBatch:
    """What there is to be counted, counted; in pinned memory, if it is to go to a GPU."""
    flat_targets = batch.targets_TB.flatten()
    place_N = (flat_targets != PAD_ID).nonzero().squeeze(1)
    return DeviceBatch(
        source_TB=_pinned(batch.source_TB, device),
        inputs_TB=_pinned(batch.inputs_TB, device),
        place_N=_pinned(place_N, device),
        targets_N=_pinned(flat_targets[place_N], device),
        sentences=batch.sentences,
        source_words=int((batch.source_TB != PAD_ID).sum()),
        target_words=len(place_N),
    )


def _pinned(tensor: Tensor, device: torch.device) -> Tensor:
    return tensor.pin_memory() if device.type == "cuda" else tensor


def prefetch_to_device(device: torch.device, batches: Iterator[Batch]) -> Iterator[DeviceBatch]:
    """The batches as steps on ``device``, in their order."""
    for step in prefetch(make_device_batch(batch, device) for batch in batches):
        yield step.to(device)


def prefetch(items: Iterator[T], count: int = _AHEAD) -> Iterator[T]:
    """The items as they are; a thread is up to ``count`` ahead of who asks for them."""
    nothing = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="batches") as thread:
        waiting = deque(thread.submit(next, items, nothing) for _ in range(count))
        while (item := waiting.popleft().result()) is not nothing:
            waiting.append(thread.submit(next, items, nothing))
            yield item  # type: ignore[misc]
