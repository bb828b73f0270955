"""The same function on many items in several processes, results in the order of the items."""

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from seq2seq.runtime.parallel import in_order

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 8  # items under way for each process, so that few results wait

_function: Callable[[Any, Any], Any]
_shared: Any


def ordered_map(
    function: Callable[[Shared, Item], Result],
    shared: Shared,
    items: Iterable[Item],
    *,
    processes: int,
) -> Iterator[Result]:
    """``function(shared, item)`` of each item.

    ``shared`` may be large: processes are forked and inherit it, only items and results travel.
    What is made does not depend on the number of processes.

    Raises:
        UserError: a process was killed.
    """
    if processes == 1:
        for item in items:
            yield function(shared, item)
        return
    executor = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("fork"),
        initializer=_remember,
        initargs=(function, shared),
    )
    yield from in_order(executor, _call, items, processes=processes, ahead=_AHEAD)


def _remember(function: Callable[[Any, Any], Any], shared: Any) -> None:
    global _function, _shared
    _function, _shared = function, shared
    gc.freeze()  # inherited objects are not walked through again, so their pages stay shared


def _call(item: Any) -> Any:
    return _function(_shared, item)
