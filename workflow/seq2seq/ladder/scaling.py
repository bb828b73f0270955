"""Scaling laws: the loss of a network of N recurrent weights, trained on D pairs.

Four forms: that of Hoffmann et al. 2022; the same without irreducible loss; the joint form of Kaplan et
al. 2020, which Gordon et al. 2021 fitted to translation; and a share of the loss M of a language model
of the same size, for networks that have just begun to use the source.  SciPy does the fitting.
Loss is in nats per target token, ``<EOS>`` included.

Few rungs do not determine five parameters.  So each exponent and the irreducible loss have a weak
log-normal prior, within which those papers' exponents lie.  Each refit draws new centres of the priors
along with new losses: what the rungs do not determine stays as uncertain as the priors.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from seq2seq.errors import UserError

Numbers = NDArray[np.float64]
DRAWS = 400
_EXPONENT, _FLOOR = math.log(0.25), math.log(0.4)  # the floor as a share of the lowest loss
_PRIOR_SD = 0.7  # of these logarithms
_LARGEST = 30.0  # logarithm of a parameter: keeps the search finite
_LEAST_NOISE = 0.003  # of a loss, relative: rounding and the choice of the last checkpoint
_STARTS = (0.1, 0.25, 0.6)  # of both exponents


class Form(NamedTuple):
    """``loss`` takes the logarithms of all parameters, and N and D relative to the rungs' means.

    ``exponents`` are the places of those of N and D.
    """

    formula: str
    has_floor: bool
    loss: Callable[[Numbers, Numbers, Numbers], Numbers]
    exponents: tuple[int, int] = (1, 3)


def _sum(theta: Numbers, n: Numbers, d: Numbers) -> Numbers:
    a, alpha, b, beta = np.exp(np.clip(theta[:4], -_LARGEST, _LARGEST))
    floor = np.exp(theta[4]) if len(theta) > 4 else 0.0
    return floor + a * n**-alpha + b * d**-beta


def _joint(theta: Numbers, n: Numbers, d: Numbers) -> Numbers:
    a, alpha, b, beta = np.exp(np.clip(theta, -_LARGEST, _LARGEST))
    return (a * n ** (-alpha / beta) + b / d) ** beta


FORMS = (
    Form("L = E + A N^-α + B D^-β", True, _sum),
    Form("L = A N^-α + B D^-β", False, _sum),
    Form("L = (A N^(-α/β) + B/D)^β", False, _joint),
)


class Point(NamedTuple):
    """A rung: its mean loss over ``seeds`` trainings."""

    parameters: int
    pairs: int
    loss: float
    seeds: int = 1


@dataclass(frozen=True)
class Fit:
    """A form fitted to points.

    ``centre`` is the mean N and D of the points.  ``noise`` is relative, and has what the form does not
    explain.  ``cost`` is half the sum of squared errors, in units of the noise over seeds.
    """

    form: Form
    theta: Numbers
    centre: tuple[float, float]
    noise: float
    seed_noise: float
    cost: float

    def predict(self, parameters: float, pairs: float) -> float:
        n, d = np.array([parameters / self.centre[0]]), np.array([pairs / self.centre[1]])
        return float(self.form.loss(self.theta, n, d)[0])

    @property
    def exponents(self) -> tuple[float, float]:
        """Of N and of D."""
        of_n, of_d = np.exp(self.theta[list(self.form.exponents)]).tolist()
        return of_n, of_d


def _share_of(blind: Fit) -> Form:
    """M / L - 1, the gain from the source, is a power law."""

    def loss(theta: Numbers, n: Numbers, d: Numbers) -> Numbers:
        a, alpha, beta = np.exp(np.clip(theta, -_LARGEST, _LARGEST))
        return blind.form.loss(blind.theta, n, d) / (1 + a * n**alpha * d**beta)

    return Form("L = M / (1 + A N^α D^β)", False, loss, (1, 2))


def fit_forms(points: Sequence[Point], *, seed_noise: float, blind: Fit | None = None) -> list[Fit]:
    """Fit each form by least squares of the relative error; the best of several starts.

    Args:
        seed_noise: relative standard deviation of one training's loss over seeds.
        blind: the law of the language models; without it the form that needs it is left out.

    Raises UserError where the points are too few.
    """
    if len({p.pairs for p in points}) < 2 or len(points) < 4:
        raise UserError(
            f"Only {len(points)} rungs of the ladder left the plateau, too few to fit a law. Add "
            "larger `ladder.pairs`, or train longer."
        )
    centre = _mean(p.parameters for p in points), _mean(p.pairs for p in points)
    noise = max(seed_noise, _LEAST_NOISE)
    fits = [_fit(form, points, centre, noise) for form in FORMS]
    return [*fits, _fit(_share_of(blind), points, blind.centre, noise)] if blind else fits


def weights_of(fits: Sequence[Fit]) -> Numbers:
    """Akaike weights of the forms, by the noise that the best one leaves (QAIC)."""
    best = min(fits, key=lambda one: one.cost)
    scale = (best.noise / best.seed_noise) ** 2
    odds = np.exp([(best.cost - one.cost) / scale for one in fits])
    return np.asarray(odds / odds.sum())


def resample(
    points: Sequence[Point], fits: Sequence[Fit], *, count: int = DRAWS, seed: int = 0
) -> list[Fit]:
    """Refit ``count`` times: a form drawn by its weight, to losses drawn with its noise."""
    random = np.random.default_rng(seed)
    losses, prior = np.array([p.loss for p in points]), _prior(points)
    root = np.sqrt([p.seeds for p in points])
    chosen = random.choice(len(fits), size=count, p=weights_of(fits))
    refits = []
    for base in (fits[index] for index in chosen):
        drawn = losses * np.exp(random.normal(0, base.noise / root))
        centres = random.normal(prior, _PRIOR_SD)
        theta, cost = _solve(base, points, drawn, centres, base.theta)
        refits.append(replace(base, theta=theta, cost=cost))
    return refits


def _fit(form: Form, points: Sequence[Point], centre: tuple[float, float], noise: float) -> Fit:
    losses = np.array([p.loss for p in points])
    empty = Fit(form, np.zeros(0), centre, noise, noise, math.inf)
    starts = (_start(form, float(losses.min()), exponent) for exponent in _STARTS)
    solved = (_solve(empty, points, losses, _prior(points), start) for start in starts)
    theta, cost = min(solved, key=lambda one: one[1])
    freedom = max(len(points) - len(theta), 1)
    misfit = math.sqrt(2 * cost / freedom)  # above 1, the form is not the whole truth
    return replace(empty, theta=theta, noise=noise * max(1.0, misfit), cost=cost)


def _mean(numbers: Iterable[float]) -> float:
    return float(np.exp(np.mean(np.log(list(numbers)))))


def _prior(points: Sequence[Point]) -> Numbers:
    """The centres of both exponents' logarithms and of that of the irreducible loss."""
    return np.array([_EXPONENT, _EXPONENT, _FLOOR + math.log(min(p.loss for p in points))])


def _start(form: Form, lowest: float, exponent: float) -> Numbers:
    if form.loss is _joint:
        both = (lowest / 2) ** (1 / exponent)
        return np.log([both, exponent, both, exponent])
    if form.exponents == (1, 2):
        return np.log([0.2, exponent, exponent])
    terms = [lowest / 4, exponent, lowest / 2, exponent]
    return np.log([*terms, lowest / 4] if form.has_floor else terms)


def _solve(
    fit: Fit, points: Sequence[Point], losses: Numbers, prior: Numbers, start: Numbers
) -> tuple[Numbers, float]:
    """Return the parameters and the cost of the best fit from this start."""
    n = np.array([p.parameters for p in points]) / fit.centre[0]
    d = np.array([p.pairs for p in points]) / fit.centre[1]
    weight = np.sqrt([p.seeds for p in points]) / fit.noise
    known = [*fit.form.exponents, 4] if fit.form.has_floor else [*fit.form.exponents]

    def errors(theta: Numbers) -> Numbers:
        with np.errstate(over="ignore", divide="ignore"):
            relative = np.log(fit.form.loss(theta, n, d) / losses)
        relative = np.clip(relative, -_LARGEST, _LARGEST) * weight
        return np.concatenate([relative, (theta[known] - prior[: len(known)]) / _PRIOR_SD])

    solved = least_squares(errors, start, method="lm", ftol=1e-6, xtol=1e-6, max_nfev=60)
    return solved.x, float(solved.cost)
