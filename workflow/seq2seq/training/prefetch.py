"""Prefetch batches in a thread and copy them to the device, so that no update waits for the next one.

Word counts and target positions are computed on the host before the copy, so the host never has to
synchronize with the device.  Copies to a GPU come from pinned memory and overlap with its work.

Shapes: T steps, B sentences, N target words.
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
_AHEAD = 4  # batches prepared in advance


@dataclass(frozen=True)
class DeviceBatch:
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
    """Count words and find target positions; pin the memory if the device is a GPU."""
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
    """Yield the batches on ``device``, in order."""
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
