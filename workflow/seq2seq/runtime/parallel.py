"""Work handed to a pool of processes, the results in order.

Not ``multiprocessing.Pool``: that one waits for ever if a worker is killed, as happens where memory
is short, and reads its whole input ahead.
"""

import gc
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

from seq2seq.errors import UserError

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 8  # items under way for each process of ``fork_map``, so that few results wait

_function: Callable[[Any], Any]


def in_order(
    executor: ProcessPoolExecutor,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    processes: int,
    ahead: int,
) -> Iterator[Result]:
    """``map`` by the executor's ``processes``, which are ended after it.

    Memory is bounded: ``ahead`` items for each process are under way, however slow the reader is.

    Raises:
        UserError: a process was killed.
    """
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(executor.submit(function, item))
            if len(pending) >= ahead * processes:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool as error:
        raise UserError(
            f"one of {processes} processes was killed, perhaps for want of memory. Ask for fewer "
            "processes or more memory."
        ) from error
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of ``size`` items, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def fork_map(
    function: Callable[[Item], Result], items: Iterable[Item], *, processes: int
) -> Iterator[Result]:
    """``map`` by forked processes, in order; one process needs no pool.

    ``function`` may be a closure over large objects: processes inherit it, only items and results
    are copied.

    Raises:
        UserError: a process was killed.
    """
    if processes == 1:
        yield from map(function, items)
        return
    executor = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("fork"),
        initializer=_remember,
        initargs=(function,),
    )
    yield from in_order(executor, _call, items, processes=processes, ahead=_AHEAD)


def _remember(function: Callable[[Any], Any]) -> None:
    global _function
    _function = function
    gc.freeze()  # the collector would write to inherited objects and so copy their pages


def _call(item: Any) -> Any:
    return _function(item)
