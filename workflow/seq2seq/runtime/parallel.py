"""Map a function over items with a pool of processes, keeping the order.

Not ``multiprocessing.Pool``: it hangs when a worker is killed, as happens when memory is short, and it
reads its whole input ahead.
"""

import contextlib
import gc
import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

from seq2seq.errors import UserError

Item = TypeVar("Item")
Result = TypeVar("Result")

_PATIENCE = 2.0  # seconds
_AHEAD = 8  # items in flight per process of ``fork_map``

_function: Callable[[Any], Any]


def in_order(
    executor: ProcessPoolExecutor,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    processes: int,
    ahead: int,
) -> Iterator[Result]:
    """``map`` by the executor's ``processes``, then shut it down.

    Memory is bounded: at most ``ahead`` items per process are in flight, however slow the reader.
    """
    pending: deque[Future[Result]] = deque()
    others = set(threading.enumerate())
    try:
        for item in items:
            pending.append(executor.submit(function, item))
            if len(pending) >= ahead * processes:
                yield _result(pending.popleft(), others)
        while pending:
            yield _result(pending.popleft(), others)
    except BrokenProcessPool as error:
        raise UserError(
            f"one of {processes} processes was killed, perhaps for lack of memory. Use fewer "
            "processes or more memory."
        ) from error
    except (MemoryError, RuntimeError):  # the pool's thread is not there: nobody would end these
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        with contextlib.suppress(RuntimeError):  # its thread, which it joins, may not have started
            executor.shutdown(wait=True, cancel_futures=True)


def _result(future: Future[Result], others: Collection[threading.Thread]) -> Result:
    """The future's result; a pool whose thread (not one of ``others``) died would never have one."""
    while not wait([future], timeout=_PATIENCE).done:
        if all(thread in others for thread in threading.enumerate()):
            raise MemoryError("the thread of a pool of processes ended")
    return future.result()


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of ``size`` items, the last one shorter (``itertools.batched`` needs Python 3.12)."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def fork_map(
    function: Callable[[Item], Result], items: Iterable[Item], *, processes: int
) -> Iterator[Result]:
    """``map`` by forked processes, in order; a single process needs no pool.

    ``function`` may be a closure over large objects: they are inherited.  Only items and results
    are copied between processes.
    """
    if processes == 1:
        yield from map(function, items)
        return
    context = multiprocessing.get_context("fork")
    executor = ProcessPoolExecutor(processes, context, _initialize, (function,))
    yield from in_order(executor, _call, items, processes=processes, ahead=_AHEAD)


def _initialize(function: Callable[[Any], Any]) -> None:
    global _function
    _function = function
    gc.freeze()  # the collector would write to inherited objects, which copies their pages


def _call(item: Any) -> Any:
    return _function(item)
