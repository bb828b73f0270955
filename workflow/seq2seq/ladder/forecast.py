"""From the rungs' dev scores to a forecast of the run: which rungs count, the held-out miss, the odds.

A rung counts if it left the plateau: its loss is below that of a language model of the same size, which
never sees the source and learned from the same target sentences for as many epochs.  The largest rungs
are first held out and predicted from the others; the forecast of the run is widened by that miss.
"""

import math
from collections.abc import Sequence
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
    return fits, resample(points, fits, count=count)


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
    """log BLEU = intercept + slope x loss, fitted to ``count`` rungs; ``deviation`` is what is left."""

    intercept: float
    slope: float
    deviation: float
    count: int
    mean_loss: float
    loss_deviation: float

    def __call__(self, loss: Any) -> Any:
        return np.minimum(np.exp(self.intercept + self.slope * loss), 100.0)

    def error(self, loss: Any) -> Any:
        """The relative standard error of a single run's BLEU: it grows outside the rungs' losses."""
        leverage = ((loss - self.mean_loss) / self.loss_deviation) ** 2
        return self.deviation * np.sqrt(1 + (1 + leverage) / self.count)


def bleu_law(rungs: pd.DataFrame) -> BleuLaw:
    """Fit BLEU to the loss."""
    if len(rungs) < 3:
        raise UserError(
            f"Only {len(rungs)} rungs of one source order have {_LEAST_BLEU:g} BLEU or more, too few "
            "to fit BLEU to the loss. Add larger `ladder.pairs`, or train longer."
        )
    loss, bleu = rungs["loss"], np.log(rungs["bleu"])
    slope, intercept = np.polyfit(loss, bleu, 1)
    deviation = math.sqrt(((bleu - intercept - slope * loss) ** 2).sum() / (len(rungs) - 2))
    return BleuLaw(intercept, slope, deviation, len(rungs), loss.mean(), loss.std(ddof=0))


def bleu_laws(rungs: pd.DataFrame) -> tuple[dict[str, BleuLaw], float]:
    """The law of each order, and how the errors of both correlate over rungs of one size.

    At one loss, reversed models have more BLEU.  Rungs of less than 5 BLEU are left out.
    """
    enough = rungs[rungs["counts"] & (rungs["bleu"] >= _LEAST_BLEU)].set_index(_SIZE)
    own = {order: enough[enough["source_order"] == order] for order in _BOTH}
    laws = {order: bleu_law(some) for order, some in own.items()}
    errors = [np.log(some["bleu"] / laws[order](some["loss"])) for order, some in own.items()]
    return laws, float(np.nan_to_num(errors[0].corr(errors[1], min_periods=3)))


def forecast(runs: pd.DataFrame, target: Target, settings: LadderSettings) -> dict[str, Any]:
    """All numbers of the page, ready for JSON."""
    rungs, noise = rungs_at(runs, runs["epoch"].max()), seed_noise(runs)
    held_out = hold_out(rungs, noise=noise)
    misses = np.array([one.miss for one in held_out])
    miss = float(np.sqrt(np.mean(misses**2)))
    laws, together = bleu_laws(rungs)
    random = np.random.default_rng(2)
    # The orders may err together: what their errors have in common cancels in the gain.
    shared = random.normal(0, abs(misses.mean()), DRAWS)
    errors = random.multivariate_normal([0, 0], [[1, together], [together, 1]], DRAWS)
    loss, bleu, forms, parts = {}, {}, {}, {}
    for order, error in zip(_BOTH, errors.T, strict=True):
        law = laws[order]
        fits, refits = fits_and_refits(rungs, order, noise=noise)
        predicted = np.array([fit.predict(target.parameters, target.pairs) for fit in refits])
        forms[order] = [
            {"formula": one.form.formula, "weight": weight, "exponents": one.exponents}
            for one, weight in zip(fits, weights_of(fits).tolist(), strict=True)
        ]
        own = random.normal(0, math.hypot(misses.std(), noise), DRAWS)
        loss[order] = predicted * np.exp(shared + own)
        bleu[order] = law(loss[order]) * np.exp(error * law.error(loss[order]))
        centres = [fit.predict(target.parameters, target.pairs) for fit in fits]
        parts[order] = _parts(predicted, centres, weights_of(fits), miss, noise, law)
    gain = bleu["reversed"] - bleu["forward"]
    return {
        "target": asdict(target),
        "beam": settings.beam,
        "seed_noise": noise,
        "miss": miss,
        "held_out": [asdict(one) | {"miss": one.miss, "inside": one.inside} for one in held_out],
        "forms": forms,
        "bleu_laws": {order: asdict(one) for order, one in laws.items()},
        "loss": {order: _interval(drawn) for order, drawn in loss.items()},
        "bleu": {order: _interval(drawn) for order, drawn in bleu.items()},
        "reversal_gain": _interval(gain),
        "chances": _chances(bleu["reversed"], gain, settings),
        "parts": parts["reversed"],
        "bounds": bounds(runs, target, noise=noise, miss=miss),
    }


def _chances(bleu: Numbers, gain: Numbers, settings: LadderSettings) -> dict[str, float]:
    goals = {f"BLEU ≥ {goal:g}": float(np.mean(bleu >= goal)) for goal in settings.bleu_goals}
    most = settings.reversal_goal
    return goals | {f"reversed sources gain > {most:g} BLEU": float(np.mean(gain > most))}


def _interval(drawn: Numbers) -> dict[str, float]:
    low, median, high = np.quantile(drawn, (INTERVAL[0], 0.5, INTERVAL[1])).tolist()
    return {"median": median, "low": low, "high": high}


def _parts(
    predicted: Numbers,
    centres: Sequence[float],
    weights: Numbers,
    miss: float,
    noise: float,
    law: BleuLaw,
) -> dict[str, float]:
    """What makes the forecast uncertain, each as a standard deviation in BLEU."""
    middle = float(np.median(predicted))
    between = float(np.average((np.array(centres) - middle) ** 2, weights=weights))
    within = max(float(np.mean((predicted - middle) ** 2)) - between, 0.0)
    bleu = float(law(middle))
    by_loss = {
        "rungs that are few and have noise": math.sqrt(within),
        "forms of the law": math.sqrt(between),
        "miss of the held-out rung": miss * middle,
        "seed of the run": noise * middle,
    }
    points = {name: -law.slope * bleu * value for name, value in by_loss.items()}
    return points | {"loss to BLEU": bleu * float(law.error(middle))}


def bounds(
    runs: pd.DataFrame, target: Target, *, noise: float, miss: float
) -> list[dict[str, float]]:
    """Where the reversed model's dev perplexity has to be after each epoch that was recorded.

    Epochs at which too few rungs had left the plateau have no bounds.
    """
    found = []
    for epoch in sorted(runs["epoch"].unique()):
        try:
            _, refits = fits_and_refits(rungs_at(runs, epoch), "reversed", noise=noise)
        except UserError:
            continue
        predicted = [fit.predict(target.parameters, target.pairs) for fit in refits]
        extra = np.random.default_rng(3).normal(0, math.hypot(miss, noise), DRAWS)
        low, high = np.exp(np.quantile(predicted * np.exp(extra), BOUND)).tolist()
        found.append({"epoch": float(epoch), "low": low, "high": high})
    return found
