"""Intervals over seeds, against tables and against chance."""

import numpy as np
import pytest

from seq2seq.evaluation.bootstrap import over_seeds, student


@pytest.mark.parametrize(
    "freedom, point", [(1, 12.706), (4, 2.776), (10, 2.228), (11, 2.201), (20, 2.086), (120, 1.980)]
)
def test_points_of_students_distribution_are_those_of_printed_tables(freedom, point):
    assert student(freedom) == pytest.approx(point, abs=6e-4)


def test_mean_deviation_and_interval_are_those_worked_out_by_hand():
    found = over_seeds([30.0, 31.0, 32.0, 33.0, 34.0])
    assert (found.seeds, found.mean) == (5, 32.0)
    assert found.deviation == pytest.approx(1.5811, abs=1e-4)
    assert found.low == pytest.approx(32 - 2.7764 * 1.5811 / 5**0.5, abs=1e-3)
    assert found.high == pytest.approx(32 + 2.7764 * 1.5811 / 5**0.5, abs=1e-3)


def test_the_interval_holds_the_true_mean_nineteen_times_of_twenty():
    generator = np.random.default_rng(1)
    trainings = [over_seeds(list(values)) for values in generator.normal(30, 0.4, size=(4000, 5))]
    held = np.mean([found.low <= 30 <= found.high for found in trainings])
    assert held == pytest.approx(0.95, abs=0.012)
