"""Candidates timed in turn, A B A B, in one process."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A way to do some work; ``amount`` is how much of it one call of ``run`` does."""

    name: str
    amount: float
    run: Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """Work done per second of processor time, one rate for each round."""

    name: str
    rates: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rates)

    def ratio(self, other: "Timing") -> float:
        """The median over the rounds of how many times faster than another it is."""
        return statistics.median(a / b for a, b in zip(self.rates, other.rates, strict=True))


def time_in_turn(candidates: list[Candidate], *, rounds: int) -> list[Timing]:
    """Run each candidate in turn, ``rounds`` times after a warm-up.

    Processor time of all threads: another program on the same machine disturbs it little.
    """
    rates: dict[str, list[float]] = {one.name: [] for one in candidates}
    for number in range(rounds + 1):
        for one in candidates:
            begin = time.process_time()
            one.run()
            if number:
                rates[one.name].append(one.amount / (time.process_time() - begin))
    return [Timing(name, tuple(values)) for name, values in rates.items()]


def print_rows(work: str, unit: str, timings: list[Timing], against: list[Timing]) -> None:
    """A Markdown row for each, with its ratio to the one at the same place of ``against``."""
    for one, other in zip(timings, against, strict=True):
        print(f"| {work} | {one.name} | {one.median:,.1f} {unit} | {one.ratio(other):.2f} |")
