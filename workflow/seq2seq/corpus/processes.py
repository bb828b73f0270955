"""A function over batches in several processes, the results in order.

Not ``multiprocessing.Pool``: that one waits for ever if a worker is killed, as happens where memory
is short, and reads its whole input ahead.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

from seq2seq.errors import UserError

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
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as executor:
        pending: deque[Future[Result]] = deque()
        try:
            for batch in batches:
                pending.append(executor.submit(function, batch))
                if len(pending) >= _AHEAD * processes:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BrokenProcessPool as error:
            raise UserError(
                f"one of {processes} processes was killed, perhaps for want of memory. Ask for "
                "fewer processes or more memory."
            ) from error
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
