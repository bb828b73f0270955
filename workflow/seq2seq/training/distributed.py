"""Data-parallel training by the processes of torchrun.

Every rank holds all weights and reads its share of each batch.  Gradients are summed and divided by
the sentences of the whole batch, so each rank makes the update that one process would make, up to
rounding.  No rank draws random numbers: batches follow from seed and epoch, so a checkpoint can be
resumed by another number of processes.

Traffic for one update of the paper's model in fp32:

- Recurrent weights and softmax, 144M numbers or 576 MB, by all-reduce.  Each all-reduce starts when
  the backward pass has computed that gradient, the softmax's (320 MB) first, and overlaps with the
  layers below.
- Embeddings, 240M weights or 960 MB, have gradients for the batch's words only: about 30 MB for 128
  sentences of 30 words per side.  All ranks gather these rows; the full matrix is never sent.
"""

import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

from seq2seq.errors import UserError
from seq2seq.model.device import best_device, device_name, use_exact_fp32
from seq2seq.runtime.gpus import CPU_ONLY
from seq2seq.runtime.logging import log, run
from seq2seq.special_tokens import PAD_ID
from seq2seq.training.batches import Batch, Integers, ParallelDataset


@dataclass(frozen=True)
class World:
    """The processes of a training, as one rank sees them; most trainings have one process."""

    device: torch.device
    rank: int = 0
    size: int = 1

    @property
    def is_main(self) -> bool:
        return self.rank == 0

    @property
    def place(self) -> str:
        """The device name and the number of devices, for logs and metrics."""
        name = device_name(self.device)
        return name if self.size == 1 else f"{self.size} x {name}"

    def batch(self, corpus: ParallelDataset, indices: Integers) -> Batch:
        """Return this rank's share of the pairs at ``indices``; its ``sentences`` counts all of them.

        A rank without a share reads the first source with no targets: its gradient is zero, but it
        still takes part in every collective operation.
        """
        words = corpus.source.lengths[indices] + corpus.target.lengths[indices] + 2
        mine = shares(indices, words, self.size)[self.rank]
        share = corpus.batch(mine if len(mine) else indices[:1])
        targets_TB = share.targets_TB if len(mine) else torch.full_like(share.targets_TB, PAD_ID)
        return share._replace(targets_TB=targets_TB, sentences=len(indices))

    def sum(self, *tensors: Tensor) -> None:
        """All-reduce each tensor in place; every rank must call it."""
        if self.size > 1:
            with _peer_errors():
                for tensor in tensors:
                    dist.all_reduce(tensor)


def shares(indices: Integers, words: Integers, ranks: int) -> list[Integers]:
    """Split a batch among the ranks, with about the same number of ``words`` each.

    Neighbours stay together: a batch is sorted by length, so each share needs little padding.
    """
    middles = np.cumsum(words) - words / 2
    cuts = np.searchsorted(middles, words.sum() * np.arange(1, ranks) / ranks)
    return np.split(indices, cuts)


@contextmanager
def training_world() -> Iterator[World]:
    """Join the process group that torchrun started; without torchrun, a world of one process.

    Errors inside name the rank.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield World(best_device())
        return
    rank = int(os.environ["RANK"])
    name = f"rank {rank} of {size} ({socket.gethostname()})"
    try:
        device = _device_of(int(os.environ["LOCAL_RANK"]))
        dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo")
        log.info(f"{name}: {shlex.join(sys.orig_argv)}")
        yield World(device, rank, size)
    except UserError as error:
        raise UserError(f"{name}: {error}") from error
    dist.destroy_process_group()


def _device_of(local_rank: int) -> torch.device:
    if not torch.cuda.is_available() or os.environ.get(CPU_ONLY) == "1":
        return torch.device("cpu")
    use_exact_fp32()
    if local_rank >= torch.cuda.device_count():
        raise UserError(
            f"At least {local_rank + 1} processes were started here, but this job has "
            f"{torch.cuda.device_count()} GPUs. Set `gpu` in the profile to the GPUs of a machine."
        )
    torch.cuda.set_device(local_rank)
    return torch.device("cuda", local_rank)


class GradientSum:
    """All-reduces gradients during the backward pass, in the same order on all ranks.

    Each on its own: the paper's smallest are 16 MB, so that one call for all would save little.
    With ``dtype``, what is sent and added is rounded to it.
    """

    def __init__(self, network: nn.Module, world: World, dtype: torch.dtype | None = None) -> None:
        self._size, self._dtype = world.size, dtype
        self._pending: list[tuple[dist.Work, Tensor, Tensor]] = []
        self._sparse: list[nn.Parameter] = []
        if world.size > 1:
            for parameter in network.parameters():
                parameter.register_post_accumulate_grad_hook(self._begin)

    def _begin(self, parameter: Tensor) -> None:
        if parameter.grad is not None and parameter.grad.is_sparse:
            self._sparse.append(parameter)  # type: ignore[arg-type]
            return
        assert parameter.grad is not None
        sent = parameter.grad.to(self._dtype or parameter.grad.dtype)
        with _peer_errors():
            work = dist.all_reduce(sent, async_op=True)
        self._pending.append((work, sent, parameter.grad))

    def finish(self) -> None:
        """Wait for the sums; afterwards every gradient is that of the whole batch."""
        with _peer_errors():
            for parameter in self._sparse:
                assert parameter.grad is not None
                parameter.grad = _gathered(parameter.grad, self._size)
            for work, received, gradient in self._pending:
                work.wait()
                if received is not gradient:
                    gradient.copy_(received)
        self._sparse, self._pending = [], []


def _gathered(gradient: Tensor, size: int) -> Tensor:
    """Concatenate the sparse gradients (V, E) of all ranks; a word may occur several times.

    Hosts agree on the maximum row count first, avoiding a GPU sync.
    """
    rows_NE, words_N = gradient._values(), gradient._indices()[0]
    longest = torch.tensor(len(words_N))
    dist.all_reduce(longest, op=dist.ReduceOp.MAX)
    missing = int(longest) - len(words_N)  # filled with zero rows for word 0, which change nothing
    rows_NE = torch.cat([rows_NE, rows_NE.new_zeros(missing, rows_NE.shape[1])])
    words_N = torch.cat([words_N, words_N.new_zeros(missing)])
    all_rows = [torch.empty_like(rows_NE) for _ in range(size)]
    all_words = [torch.empty_like(words_N) for _ in range(size)]
    dist.all_gather(all_rows, rows_NE)
    dist.all_gather(all_words, words_N)
    indices, values = torch.cat(all_words).unsqueeze(0), torch.cat(all_rows)
    return torch.sparse_coo_tensor(indices, values, gradient.shape, check_invariants=False)


@contextmanager
def _peer_errors() -> Iterator[None]:
    """Over gloo, a collective operation fails when another rank died; over NCCL, see ``main``."""
    try:
        yield
    except RuntimeError as error:
        raise UserError(
            f"Stopped because another process of this training died ({str(error).split('. ')[0]}). "
            "See that process's own error in this log."
        ) from error


def main() -> None:
    """Run torchrun, and name the rank that ended first.

    Over NCCL no other rank can: it waits for a dead one, without an exception, until torchrun ends it.
    """
    from torch.distributed.run import main as torchrun

    try:
        torchrun()
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        how = f"exit code {failure.exitcode}, and its own error is above"
        if failure.exitcode < 0:
            how = f"{failure.signal_name()}; after SIGKILL, request more `mem_mb` in the profile"
        raise UserError(
            f"rank {rank} of this training, on {socket.gethostname()}, ended first ({how}). torchrun "
            "ended the others. The previous checkpoint is unchanged: rerun to resume."
        ) from error


if __name__ == "__main__":
    run(main)
