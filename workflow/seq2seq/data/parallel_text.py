"""A function over batches in several processes, the results in order."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

from seq2seq.runtime.parallel import in_order

T = TypeVar("T")
Batch = TypeVar("Batch")
Result = TypeVar("Result")

_AHEAD = 4  # batches under way for each process


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of ``size`` items, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def ordered_map(
    function: Callable[[Batch], Result], batches: Iterable[Batch], *, processes: int
) -> Iterator[Result]:
    """``map`` in new processes; with one process, in this one.

    Memory is bounded: few batches are under way at a time, however slow the reader of the results.

    Raises:
        UserError: a process was killed.
    """
    if processes == 1:
        yield from map(function, batches)
        return
    executor = ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))
    yield from in_order(executor, function, batches, processes=processes, ahead=_AHEAD)
