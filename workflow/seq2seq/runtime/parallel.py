"""Work handed to a pool of processes, the results in order.

Not ``multiprocessing.Pool``: that one waits for ever if a worker is killed, as happens where memory
is short, and reads its whole input ahead.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from seq2seq.errors import UserError

Item = TypeVar("Item")
Result = TypeVar("Result")


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
