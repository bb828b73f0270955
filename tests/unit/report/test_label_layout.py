"""Places for labels: apart, inside, near their points."""

import itertools
import math
import random

import pytest

from seq2seq.report.label_layout import XY, Box, place_labels

AREA = Box(0, 0, 220, 140)


@pytest.mark.parametrize("seed", range(4))
def test_labels_overlap_neither_each_other_nor_a_point_and_stay_inside(seed: int) -> None:
    generator = random.Random(seed)
    points = [XY(generator.uniform(20, 200), generator.uniform(20, 120)) for _ in range(6)]
    sizes = [XY(generator.uniform(40, 75), generator.choice([8, 15])) for _ in points]
    boxes = place_labels(points, sizes, area=AREA, gap=5)
    for one, other in itertools.combinations(boxes, 2):
        assert one.overlap(other) == 0
    for box, size in zip(boxes, sizes, strict=True):
        assert (box.width, box.height) == (size.x, size.y)
        assert box.overlap(AREA) == pytest.approx(box.width * box.height)
        for point in points:
            assert box.nearest(point) != point


def test_a_label_with_room_stands_beside_its_point() -> None:
    (box,) = place_labels([XY(100, 70)], [XY(60, 8)], area=AREA, gap=5)
    nearest = box.nearest(XY(100, 70))
    assert math.hypot(nearest.x - 100, nearest.y - 70) <= 5.001


def test_labels_of_points_in_one_place_are_parted() -> None:
    points, sizes = [XY(110, 70)] * 6, [XY(70, 14)] * 6
    boxes = place_labels(points, sizes, area=AREA, gap=5)
    assert all(a.overlap(b) == 0 for a, b in itertools.combinations(boxes, 2))
    assert boxes == place_labels(points, sizes, area=AREA, gap=5)


def test_overlap_is_the_area_that_both_cover() -> None:
    assert Box(0, 0, 4, 3).overlap(Box(2, 1, 10, 10)) == 4
    assert Box(0, 0, 4, 3).overlap(Box(4, 0, 1, 1)) == 0
