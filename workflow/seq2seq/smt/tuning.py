"""Tuning: decode the development set, optimize weights on all hypotheses met so far, and again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from seq2seq.runtime.logging import log
from seq2seq.smt.bleu import Reference, bleu
from seq2seq.smt.features import START_WEIGHTS, TUNED, TuningRound
from seq2seq.smt.line_search import NbestLists, Sentence
from seq2seq.smt.mert import optimize
from seq2seq.smt.translator import Translation

Weights = tuple[float, ...]
Decode = Callable[[Weights], Iterable[list[Translation]]]


@dataclass(frozen=True)
class TuningSettings:
    """``rounds`` decodings at most, and ``starts`` random restarts of each optimization."""

    rounds: int
    starts: int
    seed: int


def tune(decode: Decode, references: list[str], settings: TuningSettings) -> list[TuningRound]:
    """One entry for each decoding; the one of best BLEU has the weights to take.

    Ends early when new lists bring no hypothesis that was not met before.
    """
    met = [_Met(Reference(line)) for line in references]
    weights = START_WEIGHTS
    rounds: list[TuningRound] = []
    generator = np.random.default_rng(settings.seed)
    for number in range(1, settings.rounds + 1):
        found_lists = list(decode(weights))
        new = sum(one.add(own) for one, own in zip(met, found_lists, strict=True))
        firsts = [one.counts[best[0].tokens] for one, best in zip(met, found_lists, strict=True)]
        rounds.append(TuningRound(float(bleu(np.array(firsts, float).sum(axis=0))), weights))
        log.info(f"tune: round {number}: BLEU {100 * rounds[-1].bleu:.2f}, {new:,} new hypotheses")
        if new == 0 or number == settings.rounds:
            break
        lists = NbestLists.of([one.as_arrays() for one in met])
        found = optimize(
            lists, np.array(weights), tuned=TUNED, starts=settings.starts, generator=generator
        )
        weights = tuple(found.tolist())
    return rounds


def best_round(rounds: list[TuningRound]) -> TuningRound:
    """The round of best BLEU, the earliest of equals: so tuning never makes matters worse."""
    return max(rounds, key=lambda one: one.bleu)


class _Met:
    """The hypotheses of one sentence met so far, with their features and counts of BLEU."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self.counts: dict[str, tuple[int, ...]] = {}
        self.rows: dict[tuple[str, tuple[float, ...]], None] = {}

    def add(self, translations: list[Translation]) -> int:
        """The number of hypotheses that are new."""
        before = len(self.rows)
        for one in translations:
            if one.tokens not in self.counts:
                self.counts[one.tokens] = self._reference.counts(one.tokens)
            self.rows.setdefault((one.tokens, one.features))
        return len(self.rows) - before

    def as_arrays(self) -> Sentence:
        features = [values for _, values in self.rows]
        counts = [self.counts[tokens] for tokens, _ in self.rows]
        return Sentence(np.array(features, float), np.array(counts, float))
