"""What reversal, depth and the cell are worth: models that differ in one of them, compared.

Each is a *contrast*: one thing changed for another, in pairs of models that are otherwise identical,
seed included.  Intervals cover the choice of test sentences, not the randomness of training.

Models and effects are rows: mappings from the names of columns to values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.bleu import Counts
from seq2seq.evaluation.bootstrap import bleu_on, interval_of, test_sets
from seq2seq.evaluation.buckets import Bucket, bucket_by
from seq2seq.evaluation.perplexity import LogProbabilities
from seq2seq.io.files import read_json

METRICS = ("perplexity", "bleu", "bleu_short", "bleu_long")
_NETWORK = ("cell", "layers", "hidden_size")
_DESIGN = (*_NETWORK, "source_order", "seed")  # all that models of one ablation differ in
# In reading order of the tables.  Values go from the alternative to the paper's choice.
_FACTORS: dict[str, Sequence[Any]] = {
    "cell": ("rnn", "gru", "lstm"),
    "layers": range(100),
    "source_order": ("forward", "reversed"),
}
_GOOD = np.array([[-1], [1], [1], [1]])  # lower perplexity and higher BLEU are better

Row = dict[str, Any]
Contrast = tuple[str, Any, Any]  # a factor, its value before and after
# [metrics, 1 + resamples]: log perplexity, then BLEU; column 0 is the test set itself
Resampled = NDArray[np.float64]


@dataclass(frozen=True)
class Ablation:
    """The models with their estimates, and the effects by contrast, the mean of the pairs first.

    An effect is a difference in BLEU, and the perplexity before the change divided by that after it.
    ``held`` is the model after the change, or None for the mean over ``pairs``, which is geometric for
    perplexity.  ``short`` and ``long`` are the sentences that are scored separately.
    """

    models: Sequence[Row]
    effects: Sequence[Row]
    short: Bucket
    long: Bucket


def read_designs(paths: Iterable[Path]) -> list[Row]:
    """From each ``model.json``: the design, its size, and the scores on dev."""
    rows = []
    for path in paths:
        model = read_json(path)
        trained, provenance = model["fingerprint"], model["provenance"]
        rows.append(
            {
                "model": path.parent.name,
                **{name: trained["model"][name] for name in _NETWORK},
                "source_order": trained["source_order"],
                "seed": trained["seed"],
                "parameters": model["parameters"]["total"],
                "dev_perplexity": provenance["dev_perplexity"],
                "dev_bleu": provenance["dev_bleu"],
            }
        )
    return rows


def compare_designs(
    models: Sequence[Row],
    counts: Mapping[str, Counts],
    log_probabilities: Mapping[str, LogProbabilities],
    source_lengths: Sequence[int],
    *,
    buckets: int,
    seed: int,
) -> Ablation:
    """Estimates of all models and effects of all contrasts.

    Args:
        counts: BLEU statistics of the test set by the model's name.
        source_lengths: in tokens, one for each test sentence.
        buckets: parts of the test set by length; the first and the last are scored separately.
        seed: draws the test sets.
    """
    size = len(source_lengths) / buckets
    short, *_, long = bucket_by(source_lengths, bucket_size=max(1, round(size)))
    samples = test_sets(len(source_lengths), seed=seed)
    resampled = {}
    for name, own in counts.items():
        parts = [bucket.sentences for bucket in (short, long)]
        perplexity = np.log(log_probabilities[name].perplexity_on(samples))
        bleu = [bleu_on(samples[:, lines], own[lines]) for lines in parts]
        resampled[name] = np.stack([perplexity, bleu_on(samples, own), *bleu])
    rows = [model | _estimates(resampled[model["model"]]) for model in models]
    return Ablation(rows, _effects(models, resampled), short, long)


def contrast_of(one: Row, other: Row) -> Contrast | None:
    """The one change that leads from ``one`` to ``other``; None if there are more, or no order."""
    changed = [name for name in _DESIGN if one[name] != other[name]]
    if len(changed) != 1 or changed[0] not in _FACTORS:
        return None
    (factor,) = changed
    before, after = (_FACTORS[factor].index(model[factor]) for model in (one, other))
    return (factor, one[factor], other[factor]) if before < after else None


def _effects(models: Sequence[Row], resampled: Mapping[str, Resampled]) -> list[Row]:
    changes: dict[Contrast, list[tuple[Row | None, Resampled]]] = {}
    for before, after in permutations(models, 2):
        if contrast := contrast_of(before, after):
            change = _GOOD * (resampled[after["model"]] - resampled[before["model"]])
            changes.setdefault(contrast, []).append((after, change))
    effects = []
    for contrast in sorted(changes, key=_reading_order):
        found = changes[contrast]
        if len(found) > 1:
            found.insert(0, (None, np.mean([change for _, change in found], axis=0)))
        names = dict(zip(("factor", "before", "after"), contrast, strict=True))
        for held, change in found:
            pairs = 1 if held else len(found) - 1
            effects.append(names | {"pairs": pairs, "held": held} | _estimates(change))
    return effects


def _reading_order(contrast: Contrast) -> tuple[int, int, int]:
    """By factor; then the largest step first."""
    factor, *values = contrast
    before, after = map(_FACTORS[factor].index, values)
    return list(_FACTORS).index(factor), -after, before


def _estimates(resampled: Resampled) -> Row:
    """Each metric, and the ends of its interval."""
    row: Row = {}
    for name, values in zip(METRICS, [np.exp(resampled[0]), *resampled[1:]], strict=True):
        interval = interval_of(values[1:])
        ends = {f"{name}_low": interval.low, f"{name}_high": interval.high}
        row |= {name: float(values[0]), **ends}
    return row
