"""Minimum error rate training (Och 2003): weights of the best BLEU on n-best lists.

Serves the baseline, whose features it weighs, and rescoring, where the models' scores join them.  To
tune the baseline, decode the dev set, optimize the weights on all hypotheses met so far, and repeat.

Along a line in the space of weights each hypothesis' total is a straight line, the best hypothesis of
a sentence changes at the corners of their upper envelope, and between corners BLEU is constant.  So
the sorted corners of all sentences give BLEU everywhere, and the best point on a line exactly.

Legend: S sentences, H hypotheses of the longest list (shorter ones repeat their first), F features,
C numbers of BLEU's statistics, K corners.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from seq2seq.baseline.lattice import FEATURES, REORDERING_FEATURES, UNKNOWN, Candidate
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Counts, Reference, scores_of, sentence_counts
from seq2seq.io.files import read_json, write_json
from seq2seq.runtime.logging import log

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Weights = tuple[float, ...]
Decode = Callable[[Weights], Iterable[list[Candidate]]]

PARALLEL = 1e-12  # lines whose slopes differ by less never cross
SMALLEST_GAIN = 1e-7
WORTH_ANOTHER_PASS = 1e-4


def bleu(counts: Counts) -> Array:
    """BLEU, 0 to 1, of sums of statistics, (K, C)."""
    return scores_of(counts) / 100


@dataclass(frozen=True)
class NbestLists:
    """n-best lists as arrays: features (S, H, F) and statistics of BLEU (S, H, C)."""

    features: Array
    counts: Counts

    @classmethod
    def of(cls, lists: Sequence[tuple[Array, Counts]]) -> "NbestLists":
        """From each sentence's features (H, F) and statistics (H, C), none of them empty."""
        places = np.arange(max(len(features) for features, _ in lists))
        rows = [np.where(places < len(features), places, 0) for features, _ in lists]
        return cls(
            np.stack([features[row] for (features, _), row in zip(lists, rows, strict=True)]),
            np.stack([counts[row] for (_, counts), row in zip(lists, rows, strict=True)]),
        )

    def totals(self, weights: Array) -> Array:
        """(S, H) weighted sums, bit for bit the same on any number of threads (no BLAS)."""
        return np.einsum("shf,f->sh", self.features, weights)

    def bleu(self, weights: Array) -> float:
        """BLEU, 0 to 1, of the hypotheses these weights put first."""
        best = self.totals(weights).argmax(axis=1)
        return float(bleu(self.counts[np.arange(len(best)), best].sum(axis=0, keepdims=True))[0])


def optimize(
    lists: NbestLists, weights: Array, *, tuned: Sequence[int], starts: int, generator: Generator
) -> Array:
    """The best weights found from ``weights`` and from ``starts`` points around them.

    Only the places ``tuned`` are changed.  BLEU on these lists is never below that of ``weights``;
    the sum of absolute values over those places is the same.
    """
    places = list(tuned)
    best, best_bleu = weights, lists.bleu(weights)
    for number in range(starts + 1):
        start = weights.copy()
        if number > 0:
            start[places] *= generator.uniform(0.0, 2.0, len(places))
        found = _climb(lists, start, places, generator)
        found[places] *= np.abs(weights[places]).sum() / np.abs(found[places]).sum()
        if (reached := lists.bleu(found)) > best_bleu + SMALLEST_GAIN:
            best, best_bleu = found, reached
    return best


def _climb(lists: NbestLists, start: Array, places: list[int], generator: Generator) -> Array:
    """Search along every direction in turn until a whole pass gains next to nothing."""
    weights, reached = start.copy(), lists.bleu(start)
    while True:
        before = reached
        for direction in _directions(len(weights), places, generator):
            step, found = search_line(lists, weights, direction)
            if found > reached + SMALLEST_GAIN:
                weights, reached = weights + step * direction, found
        if reached - before < WORTH_ANOTHER_PASS:
            return weights


def _directions(features: int, places: list[int], generator: Generator) -> list[Array]:
    """Each tuned feature in random order, then half as many mixtures of all."""
    units = np.eye(features)[places]
    mixtures = np.zeros((len(places) // 2, features))
    mixtures[:, places] = generator.normal(size=(len(mixtures), len(places)))
    return [*generator.permutation(units), *mixtures]


def search_line(lists: NbestLists, weights: Array, direction: Array) -> tuple[float, float]:
    """The best BLEU along ``direction`` from ``weights``: the middle of where it holds, and itself."""
    leftmost, corners = _envelopes(lists.totals(weights), lists.totals(direction))
    if len(corners[0]) == 0:
        return 0.0, lists.bleu(weights)
    order = np.lexsort((corners[1], corners[0]))
    steps, sentences, before, after = (one[order] for one in corners)
    left = lists.counts[np.arange(len(leftmost)), leftmost].sum(axis=0)
    gained = lists.counts[sentences, after] - lists.counts[sentences, before]
    counts = np.vstack((left, left + gained.cumsum(axis=0)))
    edges = np.concatenate(([steps[0] - 1.0], steps, [steps[-1] + 1.0]))
    scores = np.where(np.diff(edges) > 0, bleu(counts), -1.0)
    best = int(scores.argmax())
    return float(edges[best] + edges[best + 1]) / 2, float(scores[best])


def _envelopes(intercepts: Array, slopes: Array) -> tuple[Integers, list[NDArray[Any]]]:
    """Walk from left to right, from each line to the one that first rises above it.

    Returns the best hypothesis of each sentence far to the left (S), and of all changes (K each) the
    step, the sentence, and the hypotheses before and after.
    """
    lowest = slopes == slopes.min(axis=1, keepdims=True)
    leftmost = np.where(lowest, intercepts, -np.inf).argmax(axis=1)
    active, current = np.arange(len(leftmost)), leftmost
    parts: list[tuple[Array, Integers, Integers, Integers]] = []
    while len(active):
        rise = slopes - slopes[np.arange(len(current)), current][:, None]
        drop = intercepts[np.arange(len(current)), current][:, None] - intercepts
        crossing = np.full(rise.shape, np.inf)
        np.divide(drop, rise, out=crossing, where=rise > PARALLEL)
        steps = crossing.min(axis=1)
        following = np.where(crossing == steps[:, None], rise, -np.inf).argmax(axis=1)
        going = np.isfinite(steps)
        parts.append((steps[going], active[going], current[going], following[going]))
        active, current = active[going], following[going]
        intercepts, slopes = intercepts[going], slopes[going]
    return leftmost, list(map(np.concatenate, zip(*parts, strict=True)))


@dataclass(frozen=True)
class TuningSettings:
    """``tune_rounds`` decodings at most, ``tune_starts`` random restarts of each optimization."""

    tune_sentences: int
    tune_nbest_size: int
    tune_rounds: int
    tune_starts: int
    seed: int


@dataclass(frozen=True)
class TuningRound:
    """One decoding of the development set: its BLEU (0 to 1) with the weights used for it."""

    bleu: float
    weights: Weights


def tune(
    decode: Decode, references: list[str], weights: Weights, settings: TuningSettings
) -> list[TuningRound]:
    """One entry for each decoding, of which the best has the weights; ends when nothing is new.

    It starts from ``weights``.  That of unknown words is not tuned.
    """
    met = [_Met(Reference.of(line)) for line in references]
    tuned = [place for place in range(len(weights)) if place != UNKNOWN]
    rounds: list[TuningRound] = []
    generator = np.random.default_rng(settings.seed)
    for number in range(1, settings.tune_rounds + 1):
        added = [one.add(own) for one, own in zip(met, decode(weights), strict=True)]
        firsts = np.array([one.first for one in met]).sum(axis=0, keepdims=True)
        rounds.append(TuningRound(float(bleu(firsts)[0]), weights))
        log.info(
            f"tune: round {number}: BLEU {100 * rounds[-1].bleu:.2f}, {sum(added):,} new hypotheses"
        )
        if not any(added) or number == settings.tune_rounds:
            break
        lists, starts = NbestLists.of([one.as_arrays() for one in met]), settings.tune_starts
        start = np.array(weights)
        found = optimize(lists, start, tuned=tuned, starts=starts, generator=generator)
        weights = tuple(found.tolist())
    return rounds


class _Met:
    """The hypotheses of one sentence met so far, with their features and statistics of BLEU."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._counts: dict[str, list[int]] = {}
        self._rows: dict[tuple[str, tuple[float, ...]], None] = {}
        self.first: list[int] = []  # statistics of the last list's best

    def add(self, candidates: list[Candidate]) -> int:
        """The number of hypotheses that are new."""
        before = len(self._rows)
        for one in candidates:
            if one.tokens not in self._counts:
                self._counts[one.tokens] = sentence_counts(one.tokens, self._reference)
            self._rows.setdefault((one.tokens, one.features))
        self.first = self._counts[candidates[0].tokens]
        return len(self._rows) - before

    def as_arrays(self) -> tuple[Array, Counts]:
        counts = [self._counts[tokens] for tokens, _ in self._rows]
        return np.array([features for _, features in self._rows]), np.array(counts)


def write_weights(path: str | Path, rounds: list[TuningRound]) -> TuningRound:
    """Write the best round's weights (of equals the earliest) and all rounds; returns that round."""
    best = max(rounds, key=lambda one: one.bleu)
    history = [{"bleu": one.bleu, "weights": _named(one.weights)} for one in rounds]
    write_json(path, {"weights": _named(best.weights), "rounds": history})
    return best


def _named(weights: Weights) -> dict[str, float]:
    return dict(zip(FEATURES + REORDERING_FEATURES, weights, strict=False))


def read_weights(path: str | Path, features: Sequence[str]) -> Weights:
    """The weights of these features, in their order."""
    content = read_json(path)
    named = content.get("weights") if isinstance(content, dict) else None
    if not isinstance(named, dict) or set(named) != set(features):
        raise UserError(
            f"{path}: must hold `weights` with exactly the features {', '.join(features)}. "
            "Tune the baseline again."
        )
    if not all(isinstance(value, int | float) for value in named.values()):
        raise UserError(f"{path}: every weight must be a number. Tune the baseline again.")
    return tuple(float(named[name]) for name in features)
