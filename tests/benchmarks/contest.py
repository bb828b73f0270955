"""Contestants in turn, A B A B, in one process; each round gives every one of them a time."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Contestant:
    """A way to do some work; ``amount`` is how much of it one call of ``run`` does."""

    name: str
    amount: float
    run: Callable[[], None]


@dataclass(frozen=True)
class Placing:
    """Work done in a second of processor time: one figure a round."""

    name: str
    rates: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rates)

    def times(self, other: "Placing") -> float:
        """The median over the rounds of how many times faster than another it is."""
        return statistics.median(a / b for a, b in zip(self.rates, other.rates, strict=True))


def hold(contestants: list[Contestant], *, rounds: int) -> list[Placing]:
    """Run each contestant in turn, ``rounds`` times after a warm-up.

    Time is the process' own on all its threads together, so that another program on the same machine
    disturbs little; with one thread it is the time on the clock of a quiet machine.
    """
    rates: dict[str, list[float]] = {one.name: [] for one in contestants}
    for number in range(rounds + 1):
        for one in contestants:
            begin = time.process_time()
            one.run()
            if number:
                rates[one.name].append(one.amount / (time.process_time() - begin))
    return [Placing(name, tuple(values)) for name, values in rates.items()]
