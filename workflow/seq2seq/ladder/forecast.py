"""From the rungs' dev scores to a forecast of the run: which rungs count, the held-out miss, the odds.

A rung counts if it left the plateau: its loss is below that of a language model of the same size, which
never sees the source and learned from the same target sentences for as many epochs.  The largest rungs
are first held out and predicted from the others; the forecast of the run is widened by that miss.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from seq2seq.config.ladder import LANGUAGE_MODEL, LadderSettings
from seq2seq.errors import UserError
from seq2seq.ladder.scaling import DRAWS, Fit, Numbers, Point, fit_forms, resample, weights_of

INTERVAL = (0.1, 0.9)  # what is printed
BOUND = (0.025, 0.975)  # what stops a run
_BOTH = ("forward", "reversed")
_SIZE = ["layers", "hidden_size", "parameters", "pairs"]
_RUNG = ["source_order", *_SIZE]
_LEAST_BLEU = 5.0  # below, too few 4-grams match: BLEU says little about the loss
ADVICE = {  # by part of the uncertainty, what would narrow it
    "rungs that are few and have noise": "more rungs, and more seeds of them",
    "forms of the law": "rungs that differ more in size",
    "miss of the held-out rung": "a rung nearer to the run in size",
    "seed of the run": "nothing before the run: single models differ so much",
    "loss to BLEU": "rungs whose BLEU is nearer to the run’s",
}


@dataclass(frozen=True)
class Target:
    parameters: int
    pairs: int

    def predicted_by(self, fits: Sequence[Fit]) -> Numbers:
        return np.array([fit.predict(self.parameters, self.pairs) for fit in fits])


@dataclass(frozen=True)
class HeldOutRung:
    """A rung of the largest size, and its prediction from all smaller ones."""

    source_order: str
    layers: int
    hidden_size: int
    pairs: int
    measured: float
    median: float
    low: float
    high: float

    @property
    def miss(self) -> float:
        """Relative, of the loss; above 0 the rung was worse than predicted."""
        return math.log(self.measured / self.median)

    @property
    def inside(self) -> bool:
        return self.low <= self.measured <= self.high


def rungs_at(runs: pd.DataFrame, epoch: float) -> pd.DataFrame:
    """One row a rung: mean loss and BLEU over seeds; ``counts`` if it left the plateau.

    Args:
        runs: a row for each training and epoch: the rung's columns, seed, epoch, loss, bleu.
    """
    then = runs[runs["epoch"] == epoch]
    rungs = then.groupby(_RUNG, as_index=False).agg(
        seeds=("seed", "size"), loss=("loss", "mean"), bleu=("bleu", "mean")
    )
    until_then = runs[(runs["source_order"] == LANGUAGE_MODEL) & (runs["epoch"] <= epoch)]
    blind = until_then.groupby(_SIZE)["loss"].min()
    rungs = rungs.join(blind.rename("language_model"), on=_SIZE)
    rungs["counts"] = rungs["loss"] < rungs["language_model"]
    return rungs[rungs["source_order"] != LANGUAGE_MODEL].reset_index(drop=True)


def seed_noise(runs: pd.DataFrame) -> float:
    """The relative standard deviation of a rung's loss over seeds, pooled over the rungs."""
    last = runs[runs["epoch"] == runs["epoch"].max()]
    groups = np.log(last["loss"]).groupby([last[name] for name in _RUNG])
    variances, freedom = groups.var(), groups.size() - 1
    if not (freedom > 0).any():
        raise UserError("ladder.seeds: at least one rung needs two seeds. List a second one.")
    return math.sqrt((variances * freedom).sum() / freedom.sum())


def points_of(rungs: pd.DataFrame, order: str) -> list[Point]:
    own = rungs[(rungs["source_order"] == order) & rungs["counts"]]
    columns = (own[name] for name in ("parameters", "pairs", "loss", "seeds"))
    return [Point(int(n), int(d), float(x), int(k)) for n, d, x, k in zip(*columns, strict=True)]


def fits_and_refits(
    rungs: pd.DataFrame, order: str, *, noise: float, count: int = DRAWS
) -> tuple[list[Fit], list[Fit]]:
    """Each form fitted to the rungs that count, and forms fitted to resampled losses."""
    sizes = rungs[rungs["source_order"] == order]
    columns = (sizes[name] for name in ("parameters", "pairs", "language_model"))
    blind = fit_forms(list(map(Point, *columns)), seed_noise=noise)
    points, law = points_of(rungs, order), blind[int(np.argmax(weights_of(blind)))]
    fits = fit_forms(points, seed_noise=noise, blind=law)
    return fits, resample(points, fits, count=count, seed=_BOTH.index(order))


def hold_out(rungs: pd.DataFrame, *, noise: float) -> list[HeldOutRung]:
    """Predict the rungs with the most pairs from all others."""
    largest = rungs["pairs"].max()
    found = []
    for order in _BOTH:
        _, refits = fits_and_refits(rungs[rungs["pairs"] < largest], order, noise=noise)
        random = np.random.default_rng(1)
        for row in rungs[
            (rungs["pairs"] == largest) & (rungs["source_order"] == order)
        ].itertuples():
            single = np.exp(random.normal(0, noise / math.sqrt(row.seeds), len(refits)))
            drawn = single * [fit.predict(row.parameters, row.pairs) for fit in refits]
            low, median, high = np.quantile(drawn, (INTERVAL[0], 0.5, INTERVAL[1])).tolist()
            size = order, int(row.layers), int(row.hidden_size), int(row.pairs)
            found.append(HeldOutRung(*size, float(row.loss), median, low, high))
    return found


@dataclass(frozen=True)
class BleuLaw:
    """log BLEU: a line of the loss for each source order, and a term of the network's size.

    Residuals have the standard ``deviation``, with ``freedom`` degrees of freedom.  ``inverse`` times
    its square is the covariance of the coefficients.
    """

    coefficients: list[float]
    inverse: list[list[float]]
    deviation: float
    freedom: int
    mean_parameters: float

    def __call__(self, loss: Any, order: str, parameters: float) -> Numbers:
        return np.exp(self._rows(loss, order, parameters) @ self.coefficients)

    def error(self, loss: float, order: str, parameters: float) -> float:
        """The relative standard error of a single run's BLEU."""
        (row,) = self._rows([loss], order, parameters)
        return self.deviation * math.sqrt(1 + row @ self.inverse @ row)

    def draw(
        self, losses: dict[str, Numbers], parameters: int, random: np.random.Generator
    ) -> dict[str, Numbers]:
        """BLEU of single runs with these losses, at most 100; both orders share the coefficients."""
        scale = self.deviation * np.sqrt(self.freedom / random.chisquare(self.freedom, DRAWS))
        error = random.multivariate_normal(np.zeros(len(self.inverse)), self.inverse, DRAWS)
        drawn = self.coefficients + scale[:, None] * error
        found = {}
        for order, loss in losses.items():
            log_bleu = (self._rows(loss, order, parameters) * drawn).sum(axis=1)
            found[order] = np.minimum(np.exp(log_bleu + random.normal(0, scale)), 100.0)
        return found

    def _rows(self, loss: Any, order: str, parameters: float) -> Numbers:
        return _terms(loss, order == "reversed", math.log(parameters / self.mean_parameters))


def _terms(loss: Any, is_reversed: Any, log_size: Any) -> Numbers:
    """A line for each order, and one term of the size for both."""
    forward, backward = 1.0 - is_reversed, 1.0 * is_reversed
    loss = np.asarray(loss)
    lines = forward, forward * loss, backward, backward * loss
    return np.stack(np.broadcast_arrays(*lines, log_size), axis=-1)


def bleu_law(rungs: pd.DataFrame) -> BleuLaw:
    """Fit BLEU to the rungs that count; those of less than 5 BLEU are left out."""
    own = rungs[rungs["counts"] & (rungs["bleu"] >= _LEAST_BLEU)]
    if len(own) < 7 or own["source_order"].nunique() < 2:
        raise UserError(
            f"Only {len(own)} rungs of the ladder have {_LEAST_BLEU:g} BLEU or more, too few to fit "
            "BLEU to the loss of both source orders. Add larger `ladder.pairs`, or train longer."
        )
    sizes = np.log(own["parameters"])
    terms = _terms(own["loss"], own["source_order"] == "reversed", sizes - sizes.mean())
    bleu = np.log(own["bleu"].to_numpy())
    # The pseudo-inverse: with one size of network, nothing determines the last term.
    inverse = np.linalg.pinv(terms.T @ terms)
    coefficients = inverse @ terms.T @ bleu
    freedom = len(own) - int(np.linalg.matrix_rank(terms))
    deviation = math.sqrt(((bleu - terms @ coefficients) ** 2).sum() / freedom)
    numbers = coefficients.tolist(), inverse.tolist(), deviation, freedom
    return BleuLaw(*numbers, math.exp(sizes.mean()))


def forecast(runs: pd.DataFrame, target: Target, settings: LadderSettings) -> dict[str, Any]:
    """All numbers of the page, ready for JSON."""
    rungs, noise = rungs_at(runs, runs["epoch"].max()), seed_noise(runs)
    held_out = hold_out(rungs, noise=noise)
    miss, common = _misses(held_out)
    law = bleu_law(rungs)
    random = np.random.default_rng(2)
    # The orders may err together: what their misses have in common cancels in the gain.
    shared = random.normal(0, abs(common), DRAWS)
    fits, predicted, loss = {}, {}, {}
    for order in _BOTH:
        fits[order], refits = fits_and_refits(rungs, order, noise=noise)
        predicted[order] = target.predicted_by(refits)
        own = random.normal(0, math.hypot(math.sqrt(miss**2 - common**2), noise), DRAWS)
        loss[order] = predicted[order] * np.exp(shared + own)
    bleu = law.draw(loss, target.parameters, random)
    gain = bleu["reversed"] - bleu["forward"]
    return {
        "target": asdict(target),
        "beam": settings.beam,
        "seed_noise": noise,
        "miss": miss,
        "held_out": [asdict(one) | {"miss": one.miss, "inside": one.inside} for one in held_out],
        "forms": {
            order: [
                {"formula": one.form.formula, "weight": weight, "exponents": one.exponents}
                for one, weight in zip(some, weights_of(some).tolist(), strict=True)
            ]
            for order, some in fits.items()
        },
        "bleu_law": asdict(law),
        "loss": {order: _interval(drawn) for order, drawn in loss.items()},
        "bleu": {order: _interval(drawn) for order, drawn in bleu.items()},
        "reversal_gain": _interval(gain),
        "chances": _chances(bleu["reversed"], gain, settings),
        "parts": _parts(predicted["reversed"], fits["reversed"], target, miss, noise, law),
        "bounds": bounds(runs, target, miss=miss),
    }


def _misses(held_out: Sequence[HeldOutRung]) -> tuple[float, float]:
    """Their root mean square and their mean."""
    misses = np.array([one.miss for one in held_out])
    return float(np.sqrt(np.mean(misses**2))), float(misses.mean())


def _chances(bleu: Numbers, gain: Numbers, settings: LadderSettings) -> dict[str, float]:
    goals = {f"BLEU ≥ {goal:g}": float(np.mean(bleu >= goal)) for goal in settings.bleu_goals}
    most = settings.reversal_goal
    return goals | {f"reversed sources gain > {most:g} BLEU": float(np.mean(gain > most))}


def _interval(drawn: Numbers) -> dict[str, float]:
    low, median, high = np.quantile(drawn, (INTERVAL[0], 0.5, INTERVAL[1])).tolist()
    return {"median": median, "low": low, "high": high}


def _parts(
    predicted: Numbers, fits: Sequence[Fit], target: Target, miss: float, noise: float, law: BleuLaw
) -> dict[str, float]:
    """What makes the forecast of the reversed model uncertain, as standard deviations in BLEU."""
    middle = float(np.median(predicted))
    from_middle = (target.predicted_by(fits) - middle) ** 2
    between = float(np.average(from_middle, weights=weights_of(fits)))
    within = max(float(np.mean((predicted - middle) ** 2)) - between, 0.0)
    place = middle, "reversed", target.parameters
    bleu, slope = float(law(*place)), law.coefficients[3]  # of reversed models
    by_loss = {
        "rungs that are few and have noise": math.sqrt(within),
        "forms of the law": math.sqrt(between),
        "miss of the held-out rung": miss * middle,
        "seed of the run": noise * middle,
    }
    points = {name: -slope * bleu * value for name, value in by_loss.items()}
    return points | {"loss to BLEU": bleu * law.error(*place)}


def bounds(runs: pd.DataFrame, target: Target, *, miss: float) -> list[dict[str, float]]:
    """Where the reversed model's dev perplexity has to be after each epoch that was recorded.

    ``miss`` is after the last epoch; a larger one after an earlier epoch takes its place there.  Epochs
    at which too few rungs had left the plateau have no bounds.
    """
    found = []
    for epoch in sorted(runs["epoch"].unique()):
        rungs, noise = rungs_at(runs, epoch), seed_noise(runs[runs["epoch"] <= epoch])
        try:
            _, refits = fits_and_refits(rungs, "reversed", noise=noise)
        except UserError:
            continue
        then = miss
        with suppress(UserError):  # without the largest rungs, too few may be left
            then = max(miss, _misses(hold_out(rungs, noise=noise))[0])
        extra = np.random.default_rng(3).normal(0, math.hypot(then, noise), DRAWS)
        drawn = target.predicted_by(refits) * np.exp(extra)
        low, high = np.exp(np.quantile(drawn, BOUND)).tolist()
        found.append({"epoch": float(epoch), "low": low, "high": high})
    return found
