"""How rescoring depends on its weight and the length of the lists, and if it prefers short text.

A translation's log probability falls with every word, so a model left alone with the choice tends to
short hypotheses; the length ratio of what is chosen shows how far.  The weight of the paper is even;
the weight that is best on the dev set stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from seq2seq.evaluation.bleu import Interval
from seq2seq.evaluation.rescoring import Choice, Chosen
from seq2seq.evaluation.significance import bleu_on, interval_of, test_sets

WEIGHTS = tuple(step / 20 for step in range(21))
SIZES = (1, 10, 100, 1000)  # hypotheses of each list


@dataclass(frozen=True)
class Point:
    """What one choice is worth: BLEU and its gain over the baseline, in points with 95 % intervals.

    ``length_ratio`` is the number of words chosen over that of the baseline's translations.
    """

    weight: float
    hypotheses: int
    bleu: float
    interval: Interval
    gain: float
    gain_interval: Interval
    length_ratio: float


@dataclass(frozen=True)
class Curves:
    """Of one combination of models on one set: by the weight, and by the hypotheses rescored."""

    by_weight: tuple[Point, ...]
    by_size: tuple[Point, ...]


@dataclass(frozen=True)
class Sweep:
    """What a sweep tries: every combination with every weight, and with lists of every size."""

    combinations: tuple[tuple[str, ...], ...]
    even_weight: float

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(sorted({*WEIGHTS, self.even_weight}))

    def choices(self) -> list[Choice]:
        """The baseline's own choice first, then combination by combination."""
        made = [Choice(self.combinations[0], 0.0, 1)]
        for models in self.combinations:
            made += [Choice(models, weight, None) for weight in self.weights]
            made += [Choice(models, self.even_weight, size) for size in SIZES]
        return made

    def curves(self, chosen: Chosen, *, seed: int) -> list[Curves]:
        """The curves of each combination, from what ``choices()`` took.

        Sizes beyond the longest list are left out; that of the longest list is the last.
        """
        points = _points(self.choices(), chosen, seed=seed)[1:]
        weights, each = len(self.weights), len(self.weights) + len(SIZES)
        curves = []
        for start in range(0, len(points), each):
            by_weight = points[start : start + weights]
            by_size = points[start + weights : start + each]
            whole = by_weight[self.weights.index(self.even_weight)]
            shorter = (point for point in by_size if point.hypotheses < chosen.longest)
            curves.append(Curves(tuple(by_weight), (*shorter, whole)))
        return curves


def best_weight(points: Sequence[Point], *, even_weight: float) -> float:
    """The weight of the highest BLEU; of equals the one nearest to the paper's, then the smaller."""
    best = max(points, key=lambda point: (point.bleu, -abs(point.weight - even_weight)))
    return best.weight


def _points(choices: Sequence[Choice], chosen: Chosen, *, seed: int) -> list[Point]:
    counts = chosen.counts
    samples = test_sets(counts.shape[1], seed=seed)
    baseline = bleu_on(samples, counts[0])
    words = counts[:, :, 0].sum(axis=1)
    points = []
    for choice, own, length in zip(choices, counts, words.tolist(), strict=True):
        bleu = bleu_on(samples, own)
        gain = bleu - baseline
        points.append(
            Point(
                weight=choice.weight,
                hypotheses=choice.hypotheses or chosen.longest,
                bleu=float(bleu[0]),
                interval=interval_of(bleu[1:]),
                gain=float(gain[0]),
                gain_interval=interval_of(gain[1:]),
                length_ratio=length / max(int(words[0]), 1),
            )
        )
    return points
