"""How far a result depends on the seed of the training: the same system, trained again and again.

A bootstrap over test sentences (``bleu``) tells the chance in the choice of the sentences.  A model
trained anew with other initial weights and another order of batches (section 3.6) would score
otherwise on the same sentences; Student's interval of the mean over seeds tells by how much.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

# The 97.5 % point of Student's distribution by degrees of freedom; beyond, by its expansion.
_STUDENT = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)
_NORMAL = statistics.NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class OverSeeds:
    """Mean, standard deviation and the 95 % interval of the mean, over ``seeds`` trainings."""

    seeds: int
    mean: float
    deviation: float
    low: float
    high: float


def over_seeds(values: Sequence[float]) -> OverSeeds:
    """One value for each seed, two at least; in whatever unit."""
    assert len(values) > 1, values
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    half = student(len(values) - 1) * deviation / math.sqrt(len(values))
    return OverSeeds(len(values), mean, deviation, mean - half, mean + half)


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t, to three decimals (Abramowitz and Stegun 26.7.5)."""
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z = _NORMAL
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
