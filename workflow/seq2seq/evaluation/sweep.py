"""BLEU of rescoring by weight and by list size, and whether it prefers short hypotheses.

The log probability of a translation falls with every word, so a model that chooses alone prefers
short hypotheses; the length ratio of what it chooses shows how strongly.  Next to the paper's even
weight stand the best weight on dev, and weights learned there for every feature and model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seq2seq.evaluation.bleu import Counts
from seq2seq.evaluation.bootstrap import Interval, bleu_on, interval_of, test_sets
from seq2seq.evaluation.rescoring import TOTAL, ChosenCounts, NbestChoice, average

WEIGHTS = tuple(step / 20 for step in range(21))
SIZES = (1, 10, 100, 1000)  # hypotheses of each list


@dataclass(frozen=True)
class RescoringPoint:
    """BLEU of one choice and its gain over the baseline, in points with 95 % intervals.

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
    """One combination of models on one set: by weight, by list size, and with learned weights."""

    by_weight: tuple[RescoringPoint, ...]
    by_size: tuple[RescoringPoint, ...]
    learned: RescoringPoint | None


@dataclass(frozen=True)
class Combination:
    """One or several models; ``dev`` and ``tuned_weight`` are None where dev has no lists."""

    models: tuple[str, ...]
    tuned_weight: float | None
    test: RescoringCurves
    dev: RescoringCurves | None

    @property
    def label(self) -> str:
        """The model's name, or the first and last of many."""
        if len(self.models) < 3:
            return " + ".join(self.models)
        return f"{self.models[0]} ... {self.models[-1]} ({len(self.models)})"

    def at_weight(self, weight: float) -> RescoringPoint:
        return next(point for point in self.test.by_weight if point.weight == weight)


@dataclass(frozen=True)
class Rescoring:
    """The whole sweep; ``even_weight`` is the paper's, ``oracle`` is by list size."""

    even_weight: float
    combinations: tuple[Combination, ...]
    oracle: tuple[RescoringPoint, ...]


@dataclass(frozen=True)
class SweepResult:
    """The curves of each combination, and the oracle by list size."""

    curves: list[RescoringCurves]
    oracle: list[RescoringPoint]


@dataclass(frozen=True)
class Sweep:
    """Tries every combination of models with every weight and every list size.

    ``learned`` holds weights for all scores, one mapping per combination, or is empty.
    """

    combinations: tuple[tuple[str, ...], ...]
    even_weight: float
    learned: tuple[Mapping[str, float], ...]

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(sorted({*WEIGHTS, self.even_weight}))

    def choices(self) -> list[NbestChoice]:
        """The baseline's own choice first, then those of each combination."""
        made = [NbestChoice({TOTAL: 1.0}, 1)]
        for number, models in enumerate(self.combinations):
            even = average(models, self.even_weight)
            made += [NbestChoice(average(models, weight), None) for weight in self.weights]
            made += [NbestChoice(even, size) for size in SIZES]
            made += [NbestChoice(weights, None) for weights in self.learned[number:][:1]]
        return made

    def result(self, chosen: ChosenCounts, *, seed: int) -> SweepResult:
        """Score the counts of ``choices()``.

        Sizes beyond the longest list are left out; the longest list's own size comes last.
        """
        scorer = _Scorer(chosen, seed=seed)
        per_combination = (len(chosen.counts) - 1) // len(self.combinations)
        curves = []
        for start in range(1, len(chosen.counts), per_combination):
            own = chosen.counts[start : start + per_combination]
            by_weight = [
                scorer.point(counts, weight=weight)
                for weight, counts in zip(self.weights, own, strict=False)
            ]
            by_size = [
                scorer.point(counts, weight=self.even_weight, hypotheses=size)
                for size, counts in zip(SIZES, own[len(self.weights) :], strict=False)
                if size < chosen.longest
            ]
            by_size.append(by_weight[self.weights.index(self.even_weight)])
            learned = scorer.point(own[-1]) if self.learned else None
            curves.append(RescoringCurves(tuple(by_weight), tuple(by_size), learned))
        oracle = []
        for size, counts in zip(SIZES, chosen.oracle, strict=False):
            oracle.append(scorer.point(counts, hypotheses=min(size, chosen.longest)))
            if size >= chosen.longest:
                break
        return SweepResult(curves, oracle)


def best_weight(points: Sequence[RescoringPoint], *, even_weight: float) -> float:
    """The weight with the highest BLEU; of equals the nearest to the paper's, then the smaller."""
    best = max(points, key=lambda point: (point.bleu, -abs((point.weight or 0.0) - even_weight)))
    return best.weight or 0.0


class _Scorer:
    """Scores choices against the baseline's own, all on the same resampled test sets."""

    def __init__(self, chosen: ChosenCounts, *, seed: int) -> None:
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
