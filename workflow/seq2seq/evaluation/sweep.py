"""BLEU of rescoring by weight and by list size, and whether it prefers short hypotheses.

A sweep is a list of rows.  ``set`` is test or dev; ``choice`` is one of the five constants below;
``weight`` is the models' share, which learned weights and the oracle do not have.  ``gain`` is over
the baseline, ``length_ratio`` the number of words chosen over that of the baseline's translations.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seq2seq.config.experiment import JOIN
from seq2seq.evaluation.bleu import Counts
from seq2seq.evaluation.bootstrap import bleu_on, interval_of, test_sets
from seq2seq.evaluation.rescoring import TOTAL, NbestChoice, average

WEIGHTS = tuple(step / 20 for step in range(21))
SIZES = (1, 10, 100, 1000, None)  # hypotheses of each list, or all
BY_WEIGHT, BY_SIZE, TUNED = "by weight", "by size", "tuned on dev"
LEARNED, ORACLE = "all features", "oracle"

COLUMNS = (
    *("models", "set", "choice", "weight", "hypotheses", "bleu", "bleu_low", "bleu_high"),
    *("gain", "gain_low", "gain_high", "length_ratio"),
)
Row = dict[str, Any]


def sweep_choices(
    combinations: Iterable[str], learned: Mapping[str, Mapping[str, float]], *, even_weight: float
) -> list[NbestChoice]:
    """The baseline's choice; every weight and size and the learned weights; then the oracle."""
    made = [NbestChoice({TOTAL: 1.0}, 1)]
    for names in combinations:
        models = names.split(JOIN)
        even = average(models, even_weight)
        made += [
            NbestChoice(average(models, weight), None, names, BY_WEIGHT, weight)
            for weight in sorted({*WEIGHTS, even_weight})
        ]
        made += [NbestChoice(even, size, names, BY_SIZE, even_weight) for size in SIZES]
        if names in learned:
            made.append(NbestChoice(learned[names], None, names, LEARNED))
    return made + [NbestChoice(None, size, choice=ORACLE) for size in SIZES]


def score_choices(
    choices: Sequence[NbestChoice], counts: Counts, *, longest: int, split: str, seed: int
) -> list[Row]:
    """A row for each choice but the first, the baseline's; all on the same resampled test sets.

    ``counts`` and ``longest`` are from ``chosen_counts``.  Sizes from that of the longest list on
    are left out, because the choice from whole lists follows.
    """
    samples = test_sets(counts.shape[1], seed=seed)
    baseline, words = bleu_on(samples, counts[0]), max(int(counts[0, :, 0].sum()), 1)
    rows = []
    for choice, own in list(zip(choices, counts, strict=True))[1:]:
        if choice.hypotheses is not None and choice.hypotheses >= longest:
            continue
        bleu = bleu_on(samples, own)
        interval, gain = interval_of(bleu[1:]), interval_of((bleu - baseline)[1:])
        made = (choice.models, split, choice.choice, choice.weight, choice.hypotheses or longest)
        scores = (float(bleu[0]), interval.low, interval.high)
        gains = (float(bleu[0] - baseline[0]), gain.low, gain.high)
        values = (*made, *scores, *gains, int(own[:, 0].sum()) / words)
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def tuned_row(models: str, test: Sequence[Row], dev: Sequence[Row], *, even_weight: float) -> Row:
    """The row of test whose weight is best on dev; of equals that nearest to the paper's."""
    known, unseen = (
        [row for row in rows if row["models"] == models and row["choice"] == BY_WEIGHT]
        for rows in (dev, test)
    )
    best = max(known, key=lambda row: (row["bleu"], -abs(row["weight"] - even_weight)))
    return unseen[known.index(best)] | {"choice": TUNED}
