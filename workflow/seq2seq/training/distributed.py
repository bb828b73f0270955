"""The processes that train one model together: which is which, and what they tell one another.

Every process (a rank of torchrun) holds all weights and reads its share of each batch.  The gradients
are summed and divided by the sentences of the whole batch, so every rank makes the update that one
process would make of it, but for rounding.  Nobody draws random numbers: the batches follow from seed
and epoch, so a checkpoint may be continued by another number of processes.

What travels for one update of the paper's model, in single precision:

- the recurrent weights and the softmax, 144M numbers or 576 MB, are summed by all-reduce.  Each sum
  begins when the backward pass has made its gradient, the softmax's (320 MB) first of all, and is
  under way while the layers below are computed.
- the embeddings, 240M weights or 960 MB, have gradients for the words of the batch alone: some 30 MB
  at 128 sentences of 30 words a side.  All ranks gather these rows; no matrix of that size is sent.
"""

import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor, nn

from seq2seq.errors import UserError
from seq2seq.model.device import best_device, device_name
from seq2seq.runtime.logging import log
from seq2seq.special_tokens import PAD_ID
from seq2seq.training.batches import Batch, ParallelDataset


@dataclass(frozen=True)
class World:
    """The processes of a training as one of them sees them; most trainings have one."""

    rank: int
    size: int
    device: torch.device

    @property
    def is_main(self) -> bool:
        """The one that writes files and shows progress."""
        return self.rank == 0

    @property
    def place(self) -> str:
        """The device, and how many of them."""
        name = device_name(self.device)
        return name if self.size == 1 else f"{self.size} x {name}"

    def batch(self, corpus: ParallelDataset, indices: NDArray[np.int64]) -> Batch:
        """This rank's share of the pairs at ``indices``, which knows how many they are in all.

        A rank for which none is left reads the first source with nothing to predict: its gradient is
        zero, but it takes part in every exchange.
        """
        words = corpus.source.lengths[indices] + corpus.target.lengths[indices] + 2
        mine = shares(indices, words, self.size)[self.rank]
        if len(mine):
            return replace(corpus.batch(mine), sentences=len(indices))
        idle = corpus.batch(indices[:1])
        nothing_TB = torch.full_like(idle.targets_TB, PAD_ID)
        return replace(idle, targets_TB=nothing_TB, sentences=len(indices))

    def sum(self, *tensors: Tensor) -> None:
        """Put the sum over all ranks into each tensor; every rank has to call it."""
        if self.size > 1:
            with _partners():
                for tensor in tensors:
                    dist.all_reduce(tensor)


def single_process(device: torch.device) -> World:
    """A training by one process."""
    return World(0, 1, device)


def shares(
    indices: NDArray[np.int64], words: NDArray[np.int64], ranks: int
) -> list[NDArray[np.int64]]:
    """Cut a batch into a part for each rank, of about as many ``words`` each.

    Neighbours stay together: a batch is sorted by length, so that a part needs little padding.
    """
    middles = np.cumsum(words) - words / 2
    cuts = np.searchsorted(middles, words.sum() * np.arange(1, ranks) / ranks)
    return np.split(indices, cuts)


@contextmanager
def training_world() -> Iterator[World]:
    """The processes that torchrun started this one with; it alone, if torchrun did not.

    Raises:
        UserError: more processes than GPUs on this machine; an error inside, with the rank's name;
            another rank has ended.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield single_process(best_device())
        return
    rank = int(os.environ["RANK"])
    try:
        device = _device_of(int(os.environ["LOCAL_RANK"]))
        dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo")
        log.info(f"{_called(rank, size)}: {shlex.join(sys.orig_argv)}")
        yield World(rank, size, device)
    except UserError as error:
        raise UserError(f"{_called(rank, size)}: {error}") from error
    dist.destroy_process_group()


def _called(rank: int, size: int) -> str:
    return f"rank {rank} of {size} ({socket.gethostname()})"


def _device_of(local_rank: int) -> torch.device:
    if not torch.cuda.is_available():
        return torch.device("cpu")
    if local_rank >= torch.cuda.device_count():
        raise UserError(
            f"{local_rank + 1} processes or more were started here, but this job has "
            f"{torch.cuda.device_count()} GPUs. Set `gpu` in the profile to what a machine has."
        )
    torch.cuda.set_device(local_rank)
    return torch.device("cuda", local_rank)


class GradientSum:
    """Sums the gradients of all ranks, beginning while the backward pass is still under way.

    The ranks' networks have one shape, so that their gradients come in one order.
    """

    def __init__(self, network: nn.Module, world: World) -> None:
        self._size = world.size
        self._under_way: list[dist.Work] = []
        self._sparse: list[nn.Parameter] = []
        if world.size > 1:
            for parameter in network.parameters():
                parameter.register_post_accumulate_grad_hook(self._begin)

    def _begin(self, parameter: Tensor) -> None:
        if parameter.grad is not None and parameter.grad.is_sparse:
            self._sparse.append(parameter)  # type: ignore[arg-type]
            return
        with _partners():
            self._under_way.append(dist.all_reduce(parameter.grad, async_op=True))

    def finish(self) -> None:
        """Wait for the sums: from now on every gradient is that of the whole batch."""
        with _partners():
            for parameter in self._sparse:
                assert parameter.grad is not None
                parameter.grad = _gathered(parameter.grad, self._size)
            for work in self._under_way:
                work.wait()
        self._sparse, self._under_way = [], []


def _gathered(gradient: Tensor, size: int) -> Tensor:
    """The sparse gradients (V, E) of all ranks as one, in which a word may occur several times.

    How many rows there are at most the hosts tell one another, so that none waits for its GPU.
    """
    rows_NE, words_N = gradient._values(), gradient._indices()[0]
    longest = torch.tensor(len(words_N))
    dist.all_reduce(longest, op=dist.ReduceOp.MAX)
    missing = int(longest) - len(words_N)  # rows of zeros for word 0: they change nothing
    rows_NE = torch.cat([rows_NE, rows_NE.new_zeros(missing, rows_NE.shape[1])])
    words_N = torch.cat([words_N, words_N.new_zeros(missing)])
    all_rows = [torch.empty_like(rows_NE) for _ in range(size)]
    all_words = [torch.empty_like(words_N) for _ in range(size)]
    dist.all_gather(all_rows, rows_NE)
    dist.all_gather(all_words, words_N)
    return torch.sparse_coo_tensor(
        torch.cat(all_words).unsqueeze(0),
        torch.cat(all_rows),
        gradient.shape,
        check_invariants=False,
    )


@contextmanager
def _partners() -> Iterator[None]:
    """What is said when a rank waits for one that is no more."""
    try:
        yield
    except RuntimeError as error:
        raise UserError(
            f"stopped, as another process of the training is gone ({str(error).split('. ')[0]}). "
            "Look for that one's own error in this log."
        ) from error
