"""Places the labels of points: near their point, apart from one another, and inside the frame.

Plain geometry in any unit, y upward.  Each label in turn moves to the best position around its
point until none improves.  The best of several starts is taken, so the result is deterministic.
"""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

_RINGS = (1.0, 1.7, 2.6, 3.8, 5.2, 7.0, 9.0, 12.0)  # distances from the point, in gaps
_DIRECTIONS = 16
_SWEEPS = 20
_LINE = tuple(part / 12 for part in range(1, 12))  # samples on the line from a point to its label


class XY(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    """A rectangle, given its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: "Box") -> float:
        """The common area."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(width, 0.0) * max(height, 0.0)

    def holds(self, point: XY) -> bool:
        inside = self.x < point.x < self.x + self.width
        return inside and self.y < point.y < self.y + self.height

    def nearest(self, point: XY) -> XY:
        """The point of the rectangle nearest to another point."""
        return XY(
            min(max(point.x, self.x), self.x + self.width),
            min(max(point.y, self.y), self.y + self.height),
        )


class _Candidate(NamedTuple):
    """A position, samples of the line to it, and its cost regardless of other labels."""

    box: Box
    line: tuple[XY, ...]
    own_cost: float


def place_labels(points: Sequence[XY], sizes: Sequence[XY], *, area: Box, gap: float) -> list[Box]:
    """The position of each label.

    Args:
        points: what the labels belong to.
        sizes: width and height of each label.
        area: labels stay inside if possible.
        gap: least distance between a point and its label, and the width of a point.
    """
    marks = [Box(point.x - gap / 2, point.y - gap / 2, gap, gap) for point in points]
    candidates = [
        [_candidate(box, point, marks, area) for box in _around(point, size, gap)]
        for point, size in zip(points, sizes, strict=True)
    ]

    def cost(index: int, candidate: _Candidate, chosen: Sequence[_Candidate]) -> float:
        others = [one.box for k, one in enumerate(chosen) if k != index]
        covered = sum(candidate.box.overlap(box) for box in others)
        crossed = sum(any(map(box.holds, candidate.line)) for box in others)
        return candidate.own_cost + (1000 * covered + 500 * crossed)

    def settle(start: int, turns: Sequence[int]) -> list[_Candidate]:
        chosen = [around[start] for around in candidates]
        for _ in range(_SWEEPS):
            before = list(chosen)
            for index in turns:
                chosen[index] = min(candidates[index], key=partial(cost, index, chosen=chosen))
            if chosen == before:
                break
        return chosen

    turns = range(len(points))
    ends = [
        settle(start, order)
        for order in (turns, turns[::-1])
        for start in range(0, _DIRECTIONS, _DIRECTIONS // 4)
    ]
    best = min(ends, key=lambda end: sum(cost(index, one, end) for index, one in enumerate(end)))
    return [candidate.box for candidate in best]


def _around(point: XY, size: XY, gap: float) -> Iterator[Box]:
    """Rectangles that touch ever wider rings around the point, starting at its right."""
    for ring in _RINGS:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            x = point.x + ring * gap * math.cos(angle) + size.x / 2 * (math.cos(angle) - 1)
            y = point.y + ring * gap * math.sin(angle) + size.y / 2 * (math.sin(angle) - 1)
            yield Box(x, y, size.x, size.y)


def _candidate(box: Box, point: XY, marks: Sequence[Box], area: Box) -> _Candidate:
    """Its own cost is the distance from the point, and far more for covering points or leaving."""
    nearest = box.nearest(point)
    across, up = nearest.x - point.x, nearest.y - point.y
    covered = sum(box.overlap(mark) for mark in marks)
    outside = box.width * box.height - box.overlap(area)
    line = tuple(XY(point.x + part * across, point.y + part * up) for part in _LINE)
    return _Candidate(box, line, 1000 * (covered + outside) + math.hypot(across, up))
