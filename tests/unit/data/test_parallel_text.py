"""Work in several processes."""

import os
import signal
from collections.abc import Iterator

import pytest

from seq2seq.data.parallel_text import batched, ordered_map
from seq2seq.errors import UserError


def double(batch: list[int]) -> list[int]:
    return [2 * item for item in batch]


def refuse(batch: list[int]) -> list[int]:
    raise UserError(f"cannot do {batch[0]}")


def die(batch: list[int]) -> list[int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return batch


def test_batches_are_full_but_for_the_last() -> None:
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_order(processes: int) -> None:
    batches = batched(range(100), 3)
    results = ordered_map(double, batches, processes=processes)
    assert [item for batch in results for item in batch] == list(range(0, 200, 2))


def test_input_is_not_read_far_ahead() -> None:
    read = 0

    def batches() -> Iterator[list[int]]:
        nonlocal read
        for k in range(1000):
            read += 1
            yield [k]

    results = ordered_map(double, batches(), processes=2)
    assert next(results) == [0]
    assert read <= 8
    results.close()  # type: ignore[attr-defined]


def test_an_error_in_a_process_reaches_the_caller() -> None:
    with pytest.raises(UserError, match="cannot do 7"):
        list(ordered_map(refuse, [[7]], processes=2))


def test_a_killed_process_is_noticed() -> None:
    with pytest.raises(UserError, match="one of 2 processes was killed"):
        list(ordered_map(die, [[1], [2]], processes=2))
