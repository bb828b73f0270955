"""Places the labels of points: near their point, apart from one another, and inside the frame.

Plain geometry in any unit, y upward.  One label after the other takes the nearest of its positions
that covers nothing, or else the one that covers least.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_RINGS = (1.0, 1.7, 2.6, 3.8, 5.2, 7.0, 9.0, 12.0)  # distances from the point, in gaps
_DIRECTIONS = 16


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
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(width, 0.0) * max(height, 0.0)

    def nearest(self, point: XY) -> XY:
        """The point of the rectangle nearest to another point."""
        x = min(max(point.x, self.x), self.x + self.width)
        return XY(x, min(max(point.y, self.y), self.y + self.height))


def place_labels(points: Sequence[XY], sizes: Sequence[XY], *, area: Box, gap: float) -> list[Box]:
    """The position of each label, inside the area and at least a gap from any point if possible."""
    placed: list[Box] = []
    marks = [Box(point.x - gap, point.y - gap, 2 * gap, 2 * gap) for point in points]

    def covered(box: Box) -> float:
        outside = box.width * box.height - box.overlap(area)
        return round(outside + sum(box.overlap(other) for other in (*marks, *placed)), 6)

    for point, size in zip(points, sizes, strict=True):
        placed.append(min(_around(point, size, gap), key=covered))
    return placed


def _around(point: XY, size: XY, gap: float) -> Iterator[Box]:
    """Rectangles that touch ever wider rings around the point, starting at its right."""
    for ring in _RINGS:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            x = point.x + ring * gap * math.cos(angle) + size.x / 2 * (math.cos(angle) - 1)
            y = point.y + ring * gap * math.sin(angle) + size.y / 2 * (math.sin(angle) - 1)
            yield Box(x, y, size.x, size.y)
