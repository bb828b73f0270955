"""Finds places for the labels of points: near their point, apart from one another and inside.

Plain geometry in any unit, y upward.  Each label in turn moves to the best of the places around its
point until none can better itself; no chance is involved.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_RINGS = (1.0, 1.7, 2.6, 3.8, 5.2, 7.0, 9.0, 12.0)  # of the smallest distance from the point
_DIRECTIONS = 16
_SWEEPS = 40
_WAY = tuple(part / 8 for part in range(2, 8))  # from a point to its label, where a line may run


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
    candidates = [
        list(_around(point, size, gap)) for point, size in zip(points, sizes, strict=True)
    ]
    marks = [Box(point.x - gap / 2, point.y - gap / 2, gap, gap) for point in points]
    chosen = [boxes[0] for boxes in candidates]
    for _ in range(_SWEEPS):
        before = list(chosen)
        for index, boxes in enumerate(candidates):
            others = [box for other, box in enumerate(chosen) if other != index]
            chosen[index] = min(
                boxes, key=lambda box: _cost(box, points[index], [*others, *marks], area)
            )
        if chosen == before:
            break
    return chosen


def _around(point: Place, size: Place, gap: float) -> Iterator[Box]:
    """Rectangles that touch ever wider rings around the point, first those at its right."""
    for ring in _RINGS:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            x = point.x + ring * gap * math.cos(angle) + size.x / 2 * (math.cos(angle) - 1)
            y = point.y + ring * gap * math.sin(angle) + size.y / 2 * (math.sin(angle) - 1)
            yield Box(x, y, size.x, size.y)


def _cost(box: Box, point: Place, obstacles: Sequence[Box], area: Box) -> float:
    """Distance from the own point, and far more for what is covered, crossed or outside."""
    covered = sum(box.overlap(obstacle) for obstacle in obstacles)
    outside = box.width * box.height - box.overlap(area)
    nearest = box.nearest(point)
    distance = math.hypot(nearest.x - point.x, nearest.y - point.y)
    way = [
        Place(point.x + part * (nearest.x - point.x), point.y + part * (nearest.y - point.y))
        for part in _WAY
    ]
    crossed = sum(obstacle.holds(place) for obstacle in obstacles for place in way)
    return 1000 * covered + 1000 * outside + 50 * crossed + distance
