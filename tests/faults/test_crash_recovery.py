"""A few of the kills of ``make chaos``."""

from faults.crash_recovery import SEGMENTS, compare


def test_a_relay_that_is_killed_and_meets_full_disks_makes_the_bytes_of_an_unbroken_one(tmp_path):
    compare(tmp_path, kills=SEGMENTS, pairs=200, seed=1)
