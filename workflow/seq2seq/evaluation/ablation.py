"""What reversal, depth and the cell are worth: models that differ in one of them, compared.

The paper reverses the source (section 3.3), stacks four layers (section 3.4) and uses LSTMs where
plain recurrent networks forget (sections 1 and 2).  Each is a *contrast*: one thing changed for
another, in pairs of models that are otherwise identical, seed included.

Intervals come from test sets resampled for all models together (see ``bootstrap``).  They cover the
choice of test sentences, not the randomness of training.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import permutations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.bleu import Counts
from seq2seq.evaluation.bootstrap import Interval, bleu_on, interval_of, test_sets
from seq2seq.evaluation.buckets import Bucket, bucket_by
from seq2seq.evaluation.perplexity import LogProbabilities

Metric = Literal["perplexity", "bleu", "bleu_short", "bleu_long"]
METRICS: tuple[Metric, ...] = ("perplexity", "bleu", "bleu_short", "bleu_long")
# In reading order of the tables.  Values go from the alternative to the paper's choice.
FACTORS = ("cell", "layers", "source_order")
_GOOD = np.array([[-1], [1], [1], [1]])  # lower perplexity and higher BLEU are better
_ORDERS = {"source_order": ("forward", "reversed"), "cell": ("rnn", "gru", "lstm")}

Values = NDArray[np.float64]
# [metrics, 1 + resamples]: log perplexity, then BLEU; column 0 is the test set itself
Resampled = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """All that models of one ablation differ in."""

    cell: str
    layers: int
    hidden_size: int
    source_order: str
    seed: int

    @classmethod
    def of(cls, fingerprint: Mapping[str, Any]) -> "Design":
        """From the ``fingerprint`` in ``model.json``."""
        network = {name: fingerprint["model"][name] for name in ("cell", "layers", "hidden_size")}
        return cls(**network, source_order=fingerprint["source_order"], seed=fingerprint["seed"])


@dataclass(frozen=True)
class AblationModel:
    """A trained model: its scores on dev, and its statistics per sentence of the test set."""

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


Estimates = Mapping[Metric, Estimate]


@dataclass(frozen=True)
class Contrast:
    """``after`` in place of ``before`` in the field ``factor`` of a design."""

    factor: str
    before: str | int
    after: str | int


@dataclass(frozen=True)
class Effect:
    """What a contrast is worth: differences in BLEU, and the perplexity before over that after.

    ``held`` is the design of the one pair, after the change.  It is None for the mean of all pairs,
    which is geometric for perplexity ratios.
    """

    contrast: Contrast
    pairs: int
    held: Design | None
    estimates: Estimates


@dataclass(frozen=True)
class Ablation:
    """Estimates by model, and effects by contrast with the mean of the pairs first.

    ``short`` and ``long`` are the sentences that are scored separately.
    """

    models: Sequence[tuple[AblationModel, Estimates]]
    effects: Sequence[Effect]
    short: Bucket
    long: Bucket


def compare_designs(
    models: Sequence[AblationModel], source_lengths: Sequence[int], *, buckets: int, seed: int
) -> Ablation:
    """Estimates of all models and effects of all contrasts.

    Args:
        source_lengths: in tokens, one for each test sentence.
        buckets: parts of the test set by length; the first and the last are scored separately.
        seed: draws the test sets.
    """
    size = len(source_lengths) / buckets
    short, *_, long = bucket_by(source_lengths, bucket_size=max(1, round(size)))
    samples = test_sets(len(source_lengths), seed=seed)
    resampled = [_resampled(model, short, long, samples) for model in models]
    estimates = [(model, _estimates(one)) for model, one in zip(models, resampled, strict=True)]
    effects = _effects([model.design for model in models], resampled)
    return Ablation(estimates, effects, short, long)


def contrast_of(one: Design, other: Design) -> Contrast | None:
    """The one change that leads from ``one`` to ``other``; None if there are more, or no order."""
    changed = [f.name for f in fields(Design) if getattr(one, f.name) != getattr(other, f.name)]
    if len(changed) != 1 or changed[0] not in FACTORS:
        return None
    contrast = Contrast(changed[0], getattr(one, changed[0]), getattr(other, changed[0]))
    return contrast if _rank(contrast, "before") < _rank(contrast, "after") else None


def _rank(contrast: Contrast, end: Literal["before", "after"]) -> int:
    value: str | int = getattr(contrast, end)
    return value if isinstance(value, int) else _ORDERS[contrast.factor].index(value)


def _resampled(model: AblationModel, short: Bucket, long: Bucket, samples: Values) -> Resampled:
    short_lines, long_lines = short.sentences, long.sentences
    return np.stack(
        [
            np.log(model.log_probabilities.perplexity_on(samples)),
            bleu_on(samples, model.counts),
            bleu_on(samples[:, short_lines], model.counts[short_lines]),
            bleu_on(samples[:, long_lines], model.counts[long_lines]),
        ]
    )


def _effects(designs: Sequence[Design], resampled: Sequence[Resampled]) -> list[Effect]:
    changes: dict[Contrast, dict[Design, Resampled]] = {}
    for before, after in permutations(range(len(designs)), 2):
        if contrast := contrast_of(designs[before], designs[after]):
            change = _GOOD * (resampled[after] - resampled[before])
            changes.setdefault(contrast, {})[designs[after]] = change
    effects = []
    for contrast in sorted(changes, key=_reading_order):
        found = changes[contrast]
        if len(found) > 1:
            mean = _estimates(np.mean(list(found.values()), axis=0))
            effects.append(Effect(contrast, len(found), None, mean))
        effects.extend(Effect(contrast, 1, held, _estimates(one)) for held, one in found.items())
    return effects


def _reading_order(contrast: Contrast) -> tuple[int, int, int]:
    """By factor; then the largest step first."""
    before, after = _rank(contrast, "before"), _rank(contrast, "after")
    return FACTORS.index(contrast.factor), -after, before


def _estimates(resampled: Resampled) -> Estimates:
    values = np.concatenate([np.exp(resampled[:1]), resampled[1:]])
    return {
        name: Estimate(float(row[0]), interval_of(row[1:]))
        for name, row in zip(METRICS, values, strict=True)
    }
