"""Several processes give what one gives, errors included."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from seq2seq.errors import UserError
from seq2seq.runtime.parallel import batched, fork_map


def divided(number: int) -> Callable[[int], int]:
    """A closure, as a pool that pickles its function could not take."""

    def divide(item: int) -> int:
        if item == 0:
            raise UserError("cannot divide by 0. Take another number.")
        return number // item

    return divide


def broken() -> Iterator[int]:
    yield 1
    raise UserError("the file ends early. Fetch it anew.")


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(processes: int) -> None:
    found = list(fork_map(divided(1000), range(1, 50), processes=processes))
    assert found == [1000 // item for item in range(1, 50)]


@pytest.mark.parametrize("processes", [1, 2])
def test_what_the_user_can_mend_reaches_the_user(processes: int) -> None:
    with pytest.raises(UserError, match="cannot divide"):
        list(fork_map(divided(1000), [1, 0], processes=processes))
    with pytest.raises(UserError, match="ends early"):
        list(fork_map(divided(1000), broken(), processes=processes))


def die(item: int) -> int:
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_a_killed_process_is_told_and_not_waited_for() -> None:
    with pytest.raises(
        UserError, match=r"one of 2 processes was killed, perhaps for lack of memory"
    ):
        list(fork_map(die, range(9), processes=2))


def test_a_reader_that_has_enough_ends_the_work() -> None:
    found = fork_map(divided(1000), range(1, 10**9), processes=2)
    assert [next(found), next(found)] == [1000, 500]
    found.close()  # type: ignore[attr-defined]


def test_batches_are_full_but_for_the_last() -> None:
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []
