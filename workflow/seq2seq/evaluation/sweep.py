"""How rescoring depends on its weight and the length of the lists, and if it prefers short text.

A translation's log probability falls with every word, so a model left alone with the choice tends to
short hypotheses; the length ratio of what is chosen shows how far.  The weight of the paper is even;
beside it stand the weight that is best on the dev set, and weights learned there for each of the
baseline's features and each model.  The best that any choice could reach is the oracle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seq2seq.evaluation.bleu import Interval
from seq2seq.evaluation.bootstrap import bleu_on, interval_of, test_sets
from seq2seq.evaluation.counts import Counts
from seq2seq.evaluation.rescoring import TOTAL, Choice, Chosen, average

WEIGHTS = tuple(step / 20 for step in range(21))
SIZES = (1, 10, 100, 1000)  # hypotheses of each list


@dataclass(frozen=True)
class RescoringPoint:
    """What one choice is worth: BLEU and its gain over the baseline, in points with 95 % intervals.

    ``weight`` is the models' share; learned weights and the oracle have none.  ``length_ratio`` is the
    number of words chosen over that of the baseline's translations.
    """

    weight: float | None
    hypotheses: int
    bleu: float
    interval: Interval
    gain: float
    gain_interval: Interval
    length_ratio: float


@dataclass(frozen=True)
class RescoringCurves:
    """Of one combination of models on one set: by the weight, and by the hypotheses rescored.

    ``learned`` is the choice by a learned weight for every score, where there is one.
    """

    by_weight: tuple[RescoringPoint, ...]
    by_size: tuple[RescoringPoint, ...]
    learned: RescoringPoint | None


@dataclass(frozen=True)
class Combination:
    """One model or several; no curves of dev, and nothing tuned there, where it has no lists."""

    models: tuple[str, ...]
    tuned_weight: float | None
    test: RescoringCurves
    dev: RescoringCurves | None

    @property
    def label(self) -> str:
        """The model's name, or the first and the last of many."""
        if len(self.models) < 3:
            return " + ".join(self.models)
        return f"{self.models[0]} ... {self.models[-1]} ({len(self.models)})"

    def at_weight(self, weight: float) -> RescoringPoint:
        return next(point for point in self.test.by_weight if point.weight == weight)


@dataclass(frozen=True)
class Rescoring:
    """The whole sweep; ``even_weight`` is the paper's, ``oracle`` the best possible by size."""

    even_weight: float
    combinations: tuple[Combination, ...]
    oracle: tuple[RescoringPoint, ...]


@dataclass(frozen=True)
class Outcome:
    """The curves of each combination, and the oracle by the number of hypotheses it chooses from."""

    curves: list[RescoringCurves]
    oracle: list[RescoringPoint]


@dataclass(frozen=True)
class Sweep:
    """What a sweep tries: every combination with every weight, and with lists of every size.

    ``learned`` holds weights for all scores, of each combination or of none.
    """

    combinations: tuple[tuple[str, ...], ...]
    even_weight: float
    learned: tuple[Mapping[str, float], ...]

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(sorted({*WEIGHTS, self.even_weight}))

    def choices(self) -> list[Choice]:
        """The baseline's own choice first, then combination by combination."""
        made = [Choice({TOTAL: 1.0}, 1)]
        for number, models in enumerate(self.combinations):
            made += [Choice(average(models, weight), None) for weight in self.weights]
            made += [Choice(average(models, self.even_weight), size) for size in SIZES]
            made += [Choice(weights, None) for weights in self.learned[number : number + 1]]
        return made

    def outcome(self, chosen: Chosen, *, seed: int) -> Outcome:
        """What came of it, from what ``choices()`` took.

        Sizes beyond the longest list are left out; that of the longest list is the last.
        """
        gauge = _Gauge(chosen, seed=seed)
        size, each = len(self.weights), (len(chosen.counts) - 1) // len(self.combinations)
        shorter = [number for number, most in enumerate(SIZES) if most < chosen.longest]
        curves = []
        for start in range(1, len(chosen.counts), each):
            by_weight = [
                gauge.point(counts, weight=weight)
                for weight, counts in zip(self.weights, chosen.counts[start:], strict=False)
            ]
            whole = by_weight[self.weights.index(self.even_weight)]
            by_size = [
                gauge.point(
                    chosen.counts[start + size + k], weight=self.even_weight, hypotheses=SIZES[k]
                )
                for k in shorter
            ]
            learned = gauge.point(chosen.counts[start + each - 1]) if self.learned else None
            curves.append(RescoringCurves(tuple(by_weight), (*by_size, whole), learned))
        return Outcome(curves, gauge.oracle(chosen.oracle))


def best_weight(points: Sequence[RescoringPoint], *, even_weight: float) -> float:
    """The weight of the highest BLEU; of equals the one nearest to the paper's, then the smaller."""
    best = max(points, key=lambda point: (point.bleu, -abs((point.weight or 0.0) - even_weight)))
    return best.weight or 0.0


class _Gauge:
    """Measures choices beside the baseline's, all on the same resampled test sets."""

    def __init__(self, chosen: Chosen, *, seed: int) -> None:
        baseline = chosen.counts[0]
        self._samples = test_sets(len(baseline), seed=seed)
        self._baseline = bleu_on(self._samples, baseline)
        self._words = max(int(baseline[:, 0].sum()), 1)
        self._longest = chosen.longest

    def point(
        self, counts: Counts, *, weight: float | None = None, hypotheses: int | None = None
    ) -> RescoringPoint:
        bleu = bleu_on(self._samples, counts)
        gain = bleu - self._baseline
        return RescoringPoint(
            weight=weight,
            hypotheses=hypotheses or self._longest,
            bleu=float(bleu[0]),
            interval=interval_of(bleu[1:]),
            gain=float(gain[0]),
            gain_interval=interval_of(gain[1:]),
            length_ratio=int(counts[:, 0].sum()) / self._words,
        )

    def oracle(self, counts: Counts) -> list[RescoringPoint]:
        """By size; beyond the longest list there is nothing new."""
        points = []
        for size, own in zip(SIZES, counts, strict=False):
            points.append(self.point(own, hypotheses=min(size, self._longest)))
            if size >= self._longest:
                break
        return points
