"""What reversal, depth and the cell are worth: models that differ in one of them, side by side.

The paper reads the source backwards (section 3.3), stacks four layers (section 3.4) and takes LSTMs
where plain recurrent networks lose what was long ago (sections 1 and 2).  Each is a *contrast*: one
thing changed for another.  Its pairs are models that differ in nothing else, seed included.

Intervals come from test sets resampled for all models together (see ``significance``): they tell the
chance in the choice of test sentences, not that in the training of a model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import permutations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.bleu import Interval
from seq2seq.evaluation.bootstrap import bleu_on, interval_of, test_sets
from seq2seq.evaluation.buckets import Bucket, bucket_by
from seq2seq.evaluation.counts import Counts
from seq2seq.evaluation.perplexity import LogProbabilities

Measure = Literal["perplexity", "bleu", "bleu_short", "bleu_long"]
MEASURES: tuple[Measure, ...] = ("perplexity", "bleu", "bleu_short", "bleu_long")
# From what the paper leaves behind to what it takes; layers go by their number.
_ORDERS = {"source_order": ("forward", "reversed"), "cell": ("rnn", "gru", "lstm")}

Values = NDArray[np.float64]
Drawn = Mapping[Measure, Values]  # of the test set itself, and of each resampled one


@dataclass(frozen=True)
class Design:
    """All that models of one ablation differ in."""

    cell: str
    layers: int
    hidden_size: int
    source_order: str
    seed: int

    @classmethod
    def of(cls, identity: Mapping[str, Any]) -> "Design":
        """Told from the ``identity`` in a model's description."""
        network = {name: identity["model"][name] for name in ("cell", "layers", "hidden_size")}
        return cls(**network, source_order=identity["source_order"], seed=identity["seed"])


@dataclass(frozen=True)
class Measured:
    """A trained model: its scores on the dev set, and on the test set sentence by sentence."""

    name: str
    design: Design
    parameters: int
    dev_perplexity: float
    dev_bleu: float
    counts: Counts
    log_probabilities: LogProbabilities


@dataclass(frozen=True)
class Estimate:
    value: float
    interval: Interval


Estimates = Mapping[Measure, Estimate]


@dataclass(frozen=True)
class Contrast:
    """``after`` in place of ``before`` in the field ``factor`` of a design."""

    factor: str
    before: str | int
    after: str | int


@dataclass(frozen=True)
class Effect:
    """What a contrast is worth: differences in BLEU, and the perplexity before over that after.

    ``held`` is the design of the one pair, as it is after the change; none for the mean of all pairs,
    which is the geometric mean of perplexity ratios.
    """

    contrast: Contrast
    pairs: int
    held: Design | None
    estimates: Estimates


@dataclass(frozen=True)
class Ablation:
    """Each model's estimates in the order of the models; effects by contrast, their mean first.

    ``short`` and ``long`` are the sentences of the test set that are scored apart.
    """

    models: Sequence[tuple[Measured, Estimates]]
    effects: Sequence[Effect]
    short: Bucket
    long: Bucket


def compare_designs(
    models: Sequence[Measured], source_lengths: Sequence[int], *, buckets: int, seed: int
) -> Ablation:
    """Estimates of all models and effects of all contrasts.

    ``source_lengths`` are in tokens, one for each test sentence; the shortest and the longest of
    ``buckets`` parts of the test set are scored apart.  ``seed`` draws the test sets.
    """
    size = len(source_lengths) / buckets
    short, *_, long = bucket_by(source_lengths, bucket_size=max(1, round(size)))
    samples = test_sets(len(source_lengths), seed=seed)
    drawn = [_drawn(model, short, long, samples) for model in models]
    estimates = [(model, _estimates(values)) for model, values in zip(models, drawn, strict=True)]
    effects = _effects([model.design for model in models], drawn)
    return Ablation(estimates, effects, short, long)


def contrast_of(one: Design, other: Design) -> Contrast | None:
    """The one change that leads from ``one`` to ``other``; none if there are more, or of no order."""
    changed = [f.name for f in fields(Design) if getattr(one, f.name) != getattr(other, f.name)]
    if len(changed) != 1 or changed[0] not in ("layers", *_ORDERS):
        return None
    before, after = (getattr(design, changed[0]) for design in (one, other))
    if _rank(changed[0], before) > _rank(changed[0], after):
        return None
    return Contrast(changed[0], before, after)


def _rank(factor: str, value: str | int) -> int:
    return value if isinstance(value, int) else _ORDERS[factor].index(value)


def _drawn(model: Measured, short: Bucket, long: Bucket, samples: Values) -> Drawn:
    def bleu_in(bucket: Bucket) -> Values:
        return bleu_on(samples[:, bucket.sentences], model.counts[bucket.sentences])

    return {
        "perplexity": model.log_probabilities.perplexity_on(samples),
        "bleu": bleu_on(samples, model.counts),
        "bleu_short": bleu_in(short),
        "bleu_long": bleu_in(long),
    }


def _effects(designs: Sequence[Design], drawn: Sequence[Drawn]) -> list[Effect]:
    changes: dict[Contrast, dict[Design, Drawn]] = {}
    for before, after in permutations(range(len(designs)), 2):
        if contrast := contrast_of(designs[before], designs[after]):
            change = _change(drawn[before], drawn[after])
            changes.setdefault(contrast, {})[designs[after]] = change
    effects = []
    for contrast in sorted(changes, key=_reading_order):
        found = changes[contrast]
        if len(found) > 1:
            mean = _estimates(_mean(list(found.values())))
            effects.append(Effect(contrast, len(found), None, mean))
        effects.extend(Effect(contrast, 1, held, _estimates(one)) for held, one in found.items())
    return effects


def _reading_order(contrast: Contrast) -> tuple[int, int, int]:
    """Cell, depth, order; what leads furthest comes first."""
    factors = ("cell", "layers", "source_order")
    before, after = (_rank(contrast.factor, end) for end in (contrast.before, contrast.after))
    return factors.index(contrast.factor), -after, before


def _change(before: Drawn, after: Drawn) -> Drawn:
    change = {name: after[name] - before[name] for name in MEASURES}
    change["perplexity"] = before["perplexity"] / after["perplexity"]
    return change


def _mean(changes: Sequence[Drawn]) -> Drawn:
    mean: dict[Measure, Values] = {
        name: np.mean([change[name] for change in changes], axis=0) for name in MEASURES
    }
    logarithms = [np.log(change["perplexity"]) for change in changes]
    mean["perplexity"] = np.exp(np.mean(logarithms, axis=0))
    return mean


def _estimates(drawn: Drawn) -> Estimates:
    return {
        name: Estimate(float(drawn[name][0]), interval_of(drawn[name][1:])) for name in MEASURES
    }
