"""Scales and curves of the page's figures."""

import math

import pytest

from seq2seq.report.page.charts import Chart, Curve, Scale, scale
from seq2seq.report.page.figures import apart


def test_a_scale_places_numbers_between_its_ends_and_clamps_the_rest():
    whole = Scale(10, 30)
    assert [whole.at(value) for value in (10, 15, 30, 99, -5)] == [0, 0.25, 1, 1, 0]
    assert whole.percent(15) == "25.00%"
    assert Scale(1, 100, (), True).at(10) == pytest.approx(0.5)


def test_a_scale_leaves_room_and_has_round_ticks_inside():
    found = scale([52.21, 94.16, 26.17])
    assert found.low < 26.17 < 94.16 < found.high
    assert [text for _, text in found.ticks] == ["40", "60", "80"]
    assert "−10" in [text for _, text in scale([-15, 19]).ticks]
    assert all(found.low <= tick <= found.high for tick, _ in found.ticks)


def test_a_scale_of_one_number_or_none_still_has_a_width():
    assert 0 < scale([5.0]).at(5.0) < 1
    assert scale([]).low < scale([]).high
    assert scale([math.inf, 3.0, math.nan]).at(3.0) == pytest.approx(0.5)
    found = scale([7.0], logarithmic=True)
    assert 0 < found.at(7.0) < 1


def test_a_path_goes_through_the_points_in_pixels():
    ends = Scale(0, 10)
    panel = Chart("t", "d", "x", "y", ends, ends, (), width=420, height=250)
    curve = Curve("c", [(0, 0), (5, math.nan), (10, 10)])
    left, right, floor = panel.left, panel.width - panel.right, panel.height - panel.bottom
    assert panel.path(curve) == f"M{left},{floor} L{right},{panel.top}"
    assert panel.path(Curve("none", [])) == ""


def test_marks_are_moved_apart_and_others_stay():
    places = [(10.0, 10.0), (12.0, 10.0), (12.0, 10.0), (200.0, 50.0)]
    moved = apart(places, 20)
    assert moved[3] == (200, 50)
    near = moved[:3]
    assert min(math.dist(a, b) for i, a in enumerate(near) for b in near[:i]) > 19
    assert all(math.dist(before, after) < 25 for before, after in zip(places, moved, strict=True))
