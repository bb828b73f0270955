"""Geometry of the results page's figures: scales, curves and ticks, in the units of an SVG.

The templates in ``workflow/report/templates/page`` draw them, so that colours follow the reader's
light or dark mode and text stays text.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

Point = tuple[float, float]
Band = tuple[float, float, float]  # x, low, high
_ROOM = 0.04  # of a scale, left free at each end


@dataclass(frozen=True)
class Scale:
    """Places numbers between 0 and 1; ``ticks`` are values and what is printed there."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]] = ()
    logarithmic: bool = False

    def at(self, value: float) -> float:
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = map(math.log, (low, high, value))
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def percent(self, value: float) -> str:
        """The place as an SVG length, relative to the width."""
        return f"{100 * self.at(value):.2f}%"


def scale(values: Iterable[float], *, logarithmic: bool = False, count: int = 5) -> Scale:
    """A scale for all values, with room at its ends and round ticks."""
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if logarithmic:
        low, high = low / 1.1, max(high * 1.1, low * 2)
        return Scale(low, high, [(tick, f"{tick:,g}") for tick in log_ticks(low, high)], True)
    if low == high:
        low, high = low - 1, high + 1
    room = _ROOM * (high - low)
    low, high = low - room, high + room
    found = MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [(float(tick), _number(float(tick))) for tick in found if low <= tick <= high]
    return Scale(low, high, ticks)


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers between two limits: the coarsest set of at least five, on a log scale."""
    fine = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9]
    ticks: list[float] = []
    for steps in ([1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], fine):
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        values = [float(f"{step}e{decade}") for decade in decades for step in steps]
        ticks = [value for value in values if low <= value <= high]
        if len(ticks) >= 5:
            break
    return ticks


def _number(value: float) -> str:
    return f"{value:,g}".replace("-", "−")


@dataclass(frozen=True)
class Curve:
    """A line with its points, and a bar per point where it has an interval; x and y are data."""

    name: str
    points: Sequence[Point]
    bands: Sequence[Band] = ()
    faint: bool = False
    look: int = 0  # of the templates' colours
    dash: int | None = None  # of their dashes; None: as the colour


@dataclass(frozen=True)
class Chart:
    """Axes with curves; ``description`` is read out instead of the figure."""

    title: str
    description: str
    x_label: str
    y_label: str
    x: Scale
    y: Scale
    curves: Sequence[Curve]
    rules: Sequence[float] = ()  # x of vertical lines
    width: int = 420
    height: int = 250
    left: int = 46
    bottom: int = 42
    top: int = 10
    right: int = 10

    def px(self, value: float) -> float:
        return round(self.left + self.x.at(value) * (self.width - self.left - self.right), 1)

    def py(self, value: float) -> float:
        room = self.height - self.top - self.bottom
        return round(self.height - self.bottom - self.y.at(value) * room, 1)

    def path(self, curve: Curve) -> str:
        """The SVG path of a curve; what lies outside the axes is on their edge."""
        places = (f"{self.px(x):g},{self.py(y):g}" for x, y in curve.points if math.isfinite(y))
        joined = " L".join(places)
        return f"M{joined}" if joined else ""
