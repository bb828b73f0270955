"""n-best lists: a sentence goes through options, search and lattice, and comes out as a list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seq2seq.smt.decoder import SearchSettings, search
from seq2seq.smt.features import DISTORTION, FEATURES, LANGUAGE_MODEL
from seq2seq.smt.language_model import LanguageModel, read_language_model
from seq2seq.smt.lattice import Derivation, best_derivations
from seq2seq.smt.options import OptionTable
from seq2seq.smt.parallel import ordered_map
from seq2seq.smt.phrase_table import read_phrase_table
from seq2seq.smt.sentences import split


@dataclass(frozen=True)
class Translation:
    """One translation, its features in the order of ``FEATURES`` and their weighted sum."""

    tokens: str
    features: tuple[float, ...]
    total: float


@dataclass(frozen=True)
class Translator:
    """All that stays the same while weights change."""

    options: OptionTable
    model: LanguageModel
    search: SearchSettings

    def translate(self, line: str, weights: Sequence[float], *, wanted: int) -> list[Translation]:
        """Up to ``wanted`` different translations of a line of tokens, best first."""
        spans = self.options.spans(split(line), weights)
        goal = search(spans, self.model, weights, self.search)
        found = [_translation(one, weights) for one in best_derivations(goal, wanted)]
        return sorted(found, key=lambda one: (-one.total, one.tokens))


@dataclass(frozen=True)
class Request:
    """What is asked of a translator: translations of a line with these weights."""

    line: str
    weights: tuple[float, ...]
    wanted: int


def read_translator(
    phrase_table: str | Path, language_model: str | Path, search: SearchSettings
) -> Translator:
    """A translator from the two model files."""
    model = read_language_model(language_model)
    options = OptionTable(read_phrase_table(phrase_table), model, limit=search.options)
    return Translator(options, model, search)


def translate_all(
    translator: Translator, requests: list[Request], *, processes: int
) -> Iterator[list[Translation]]:
    """The translations of each line, in order, made by several processes."""
    return ordered_map(_answer, translator, requests, processes=processes)


def _answer(translator: Translator, request: Request) -> list[Translation]:
    return translator.translate(request.line, request.weights, wanted=request.wanted)


def weighted(weights: Sequence[float], features: Sequence[float]) -> float:
    return sum(map(float.__mul__, weights, features))


def _translation(derivation: Derivation, weights: Sequence[float]) -> Translation:
    sums = [0.0] * len(FEATURES)
    for arc in derivation.arcs:
        sums = list(map(float.__add__, sums, arc.option.features))
    sums[LANGUAGE_MODEL] = sum(arc.language_model for arc in derivation.arcs)
    sums[DISTORTION] = float(-sum(arc.jump for arc in derivation.arcs))
    return Translation(derivation.words, tuple(sums), weighted(weights, sums))
