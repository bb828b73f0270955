"""Finds places for the labels of points: near their point, apart from one another and inside.

Plain geometry in any unit, y upward.  Each label in turn moves to the best of the places around its
point until none can better itself, and of several beginnings the best end is taken; no chance is
involved.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

_RINGS = (1.0, 1.7, 2.6, 3.8, 5.2, 7.0, 9.0, 12.0)  # of the smallest distance from the point
_DIRECTIONS = 16
_SWEEPS = 20
_WAY = tuple(part / 12 for part in range(1, 12))  # from a point to its label, where a line may run


@dataclass(frozen=True)
class Place:
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """A rectangle, from its lower left corner on."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> Place:
        return Place(self.x + self.width / 2, self.y + self.height / 2)

    def overlap(self, other: "Box") -> float:
        """The area that both cover."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(width, 0.0) * max(height, 0.0)

    def holds(self, place: Place) -> bool:
        inside = self.x < place.x < self.x + self.width
        return inside and self.y < place.y < self.y + self.height

    def nearest(self, place: Place) -> Place:
        """The point of the rectangle that is nearest to a place."""
        return Place(
            min(max(place.x, self.x), self.x + self.width),
            min(max(place.y, self.y), self.y + self.height),
        )


@dataclass(frozen=True)
class _Candidate:
    """A place for a point's label, the way there, and its cost whatever the other labels do."""

    box: Box
    way: tuple[Place, ...]
    own_cost: float


def place_labels(
    points: Sequence[Place], sizes: Sequence[Place], *, area: Box, gap: float
) -> list[Box]:
    """Where each label goes.

    Args:
        points: what the labels belong to.
        sizes: width and height of each label.
        area: labels stay inside where they can.
        gap: between a point and its label, at least; a point is as wide.
    """
    marks = [Box(point.x - gap / 2, point.y - gap / 2, gap, gap) for point in points]
    candidates = [
        [_Candidate(box, _way(box, point), _own_cost(box, point, marks, area)) for box in around]
        for point, around in zip(points, map(partial(_around, gap=gap), points, sizes), strict=True)
    ]

    def cost(index: int, candidate: _Candidate, chosen: Sequence[_Candidate]) -> float:
        others = [*chosen[:index], *chosen[index + 1 :]]
        return candidate.own_cost + _shared_cost(candidate, [other.box for other in others])

    def settled(start: int, turns: Sequence[int]) -> list[_Candidate]:
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
        settled(start, order)
        for order in (turns, turns[::-1])
        for start in range(0, _DIRECTIONS, _DIRECTIONS // 4)
    ]
    best = min(ends, key=lambda end: sum(cost(index, one, end) for index, one in enumerate(end)))
    return [candidate.box for candidate in best]


def _around(point: Place, size: Place, *, gap: float) -> Iterator[Box]:
    """Rectangles that touch ever wider rings around the point, first those at its right."""
    for ring in _RINGS:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            x = point.x + ring * gap * math.cos(angle) + size.x / 2 * (math.cos(angle) - 1)
            y = point.y + ring * gap * math.sin(angle) + size.y / 2 * (math.sin(angle) - 1)
            yield Box(x, y, size.x, size.y)


def _way(box: Box, point: Place) -> tuple[Place, ...]:
    """Places along the line that ties the label to its point."""
    nearest = box.nearest(point)
    across, up = nearest.x - point.x, nearest.y - point.y
    return tuple(Place(point.x + part * across, point.y + part * up) for part in _WAY)


def _own_cost(box: Box, point: Place, marks: Sequence[Box], area: Box) -> float:
    """Distance from the own point, and far more for points covered or what is outside."""
    covered = sum(box.overlap(mark) for mark in marks)
    outside = box.width * box.height - box.overlap(area)
    nearest = box.nearest(point)
    distance = math.hypot(nearest.x - point.x, nearest.y - point.y)
    return 1000 * (covered + outside) + distance


def _shared_cost(candidate: _Candidate, labels: Sequence[Box]) -> float:
    """For other labels that are covered, or crossed on the way to the own point."""
    covered = sum(candidate.box.overlap(label) for label in labels)
    crossed = sum(any(map(label.holds, candidate.way)) for label in labels)
    return 1000 * covered + 500 * crossed
