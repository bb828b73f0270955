"""Tuning: decode the development set, optimize weights on all hypotheses met so far, and again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seq2seq.baseline.lattice import FEATURES, START_WEIGHTS, TUNED, Candidate
from seq2seq.baseline.mert import Array, NbestLists, bleu, optimize
from seq2seq.errors import UserError
from seq2seq.evaluation.counts import Counts, Reference, sentence_counts
from seq2seq.io.files import read_json, write_json
from seq2seq.runtime.logging import log

Weights = tuple[float, ...]
Decode = Callable[[Weights], Iterable[list[Candidate]]]


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


def tune(decode: Decode, references: list[str], settings: TuningSettings) -> list[TuningRound]:
    """One entry for each decoding; the one of best BLEU has the weights to take.

    Ends early when new lists bring no hypothesis that was not met before.
    """
    met = [_Met(Reference.of(line)) for line in references]
    weights = START_WEIGHTS
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
        found = optimize(lists, start, tuned=TUNED, starts=starts, generator=generator)
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
    """Write the best round's weights by name, and beside them how tuning went; returns that round.

    Of equals the earliest is taken, and the first has the starting weights: tuning never makes
    matters worse.
    """
    best = max(rounds, key=lambda one: one.bleu)
    history = [{"bleu": one.bleu, "weights": _named(one.weights)} for one in rounds]
    write_json(path, {"weights": _named(best.weights), "rounds": history})
    return best


def _named(weights: Weights) -> dict[str, float]:
    return dict(zip(FEATURES, weights, strict=True))


def read_weights(path: str | Path) -> Weights:
    """The weights in the order of ``FEATURES``."""
    content = read_json(path)
    named = content.get("weights") if isinstance(content, dict) else None
    if not isinstance(named, dict) or set(named) != set(FEATURES):
        raise UserError(
            f"{path}: must hold `weights` with exactly the features {', '.join(FEATURES)}. "
            "Tune the baseline again."
        )
    if not all(isinstance(value, int | float) for value in named.values()):
        raise UserError(f"{path}: every weight must be a number. Tune the baseline again.")
    return tuple(float(named[name]) for name in FEATURES)
