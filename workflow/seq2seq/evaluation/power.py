"""The power of a test before its outcome is known: ``config/power.tsv``, read and applied.

    power = mean of Phi((|effect - threshold| - critical value * estimated error) / error),

where ``error`` is a pilot's, scaled to the run's test set and seeds, and the mean is over what the run
may estimate of it from few seeds (see ``docs/claims.md``).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from scipy.special import ndtr, stdtrit

from seq2seq.errors import UserError
from seq2seq.evaluation.bootstrap import MOST_FREEDOM, student
from seq2seq.evaluation.claim_definitions import PRIMARY, STATISTICS, Claim
from seq2seq.io.files import parse_number, read_table

COLUMNS = (
    *("experiments", "claims", "effect", "effect_is", "sentence_sd", "seed_sd", "date", "source"),
)
ENOUGH = 0.8
DRAWS = 10_000  # of the variance over seeds


@dataclass(frozen=True)
class Pilot:
    """What was known before the run; the spreads of a ratio are those of its logarithm.

    ``sentence_sd`` over the root of the test sentences is the error from their choice; ``seed_sd`` is
    the spread of one model's score over seeds.
    """

    effect: float
    effect_is: str
    sentence_sd: float
    seed_sd: float
    pilot_date: str = ""


def read_pilots(path: str | Path, experiment: str) -> dict[str, Pilot]:
    """The pilots of an experiment, by claim; none for an experiment that is not in the table."""
    pilots: dict[str, Pilot] = {}
    for place, row in read_table(path, COLUMNS):
        try:
            effect, *spreads = (parse_number(row[k], float) for k in (2, 4, 5))
            date.fromisoformat(row[6])
        except ValueError as error:
            raise UserError(f"{place}: {error}. Correct the table.") from error
        if min(spreads) < 0 or not row[3] or not row[7]:
            raise UserError(f"{place}: spreads must be >= 0, `effect_is` and `source` not empty.")
        if experiment in row[0].split(" "):
            pilot = Pilot(effect, row[3], spreads[0], spreads[1], row[6])
            pilots |= dict.fromkeys(row[1].split(" "), pilot)
    return pilots


def planned_power(
    claims: Sequence[Claim],
    pilots: Mapping[str, Pilot],
    *,
    sentences: int,
    seeds: Mapping[str, Sequence[int]],
    alpha: float,
) -> dict[str, float]:
    """The power of each claim that has a pilot and ``seeds``, those of ``power_of``.

    A primary claim is tested as Holm would if the claims with more power are found before it.
    """

    def power(claim: Claim, level: float) -> float:
        pilot, members = pilots[claim.id], seeds[claim.id]
        return power_of(claim, pilot, sentences=sentences, seeds=members, alpha=level)

    known = [one for one in claims if one.id in pilots and one.id in seeds]
    found = {one.id: power(one, alpha) for one in known}
    left = sum(one.family == PRIMARY for one in claims)
    for one in sorted(known, key=lambda one: -found[one.id]):
        if one.family == PRIMARY:
            found[one.id] = power(one, alpha / left)
            left -= found[one.id] >= ENOUGH
    return found


def power_of(
    claim: Claim, pilot: Pilot, *, sentences: int, seeds: Sequence[int], alpha: float
) -> float:
    """The chance that the claim is supported if the pilot's effect is real.

    Args:
        seeds: members of each operand if the seeds vary (0: a system without seeds), else empty.
        alpha: of the claim's test, for both sides together.
    """
    statistic = STATISTICS[claim.statistic]
    distance = statistic.scale(pilot.effect) - statistic.scale(claim.threshold)
    parts = [
        ((weight * pilot.seed_sd) ** 2 / members, members - 1)
        for weight, members in zip(statistic.weights, seeds, strict=False)
        if members > 1 and pilot.seed_sd
    ]
    sentence_part = pilot.sentence_sd**2 / sentences
    error = math.sqrt(sentence_part + sum(variance for variance, _ in parts))
    level = 1 - alpha * (2 / claim.sides)
    if not parts:
        return float(ndtr(distance / error - student(MOST_FREEDOM, level))) if error else 1.0
    random = np.random.default_rng(0)
    drawn = [(variance * random.chisquare(f, DRAWS) / f, f) for variance, f in parts]
    total = np.sum([variance for variance, _ in drawn], axis=0)
    freedom = total**2 / np.sum([variance**2 / f for variance, f in drawn], axis=0)
    reach = stdtrit(freedom, (1 + level) / 2) * np.sqrt(total + sentence_part)
    return float(ndtr((distance - reach) / error).mean())
