"""The translation options of one sentence: what the phrase table offers for each run of words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from seq2seq.smt.features import FEATURES, LANGUAGE_MODEL, TRANSLATION_SCORES, phrase_features
from seq2seq.smt.language_model import NO_CONTEXT, LanguageModel
from seq2seq.smt.lattice import Option
from seq2seq.smt.phrase_table import PhraseTable
from seq2seq.smt.sentences import split

END = Option(
    number=-1,
    begin=0,
    end=0,
    target="",
    words=(),
    features=(0.0,) * len(FEATURES),
    score=0.0,
    estimate=0.0,
)  # how every translation ends: no words, but the language model has its say


@dataclass(frozen=True)
class Span:
    """A run of source words and its options, best estimate first; ``mask`` has the words' bits."""

    begin: int
    end: int
    mask: int
    options: list[Option]


@dataclass(frozen=True)
class _Prepared:
    """A phrase pair as decoding needs it, whatever the weights."""

    target: str
    words: tuple[int, ...]
    features: tuple[float, ...]
    alone: float  # what the language model says to the words with nothing before them


class OptionTable:
    """Looks up options; ``limit`` is how many a run of source words has at most."""

    def __init__(self, table: PhraseTable, model: LanguageModel, *, limit: int) -> None:
        self._table, self._model, self._limit = table, model, limit
        self._longest = max((source.count(" ") + 1 for source in table), default=1)
        self._prepared: dict[str, list[_Prepared]] = {}

    def spans(self, source: list[str], weights: Sequence[float]) -> list[list[Span]]:
        """For each source position the runs with options that begin there, shorter ones first."""
        number = 0
        result: list[list[Span]] = []
        for begin in range(len(source)):
            starting = []
            for end in range(begin + 1, min(begin + self._longest, len(source)) + 1):
                prepared = self._lookup(" ".join(source[begin:end]), single=end == begin + 1)
                if prepared:
                    options = _best(prepared, weights, self._limit, begin, end, number)
                    number += len(options)
                    starting.append(Span(begin, end, (1 << end) - (1 << begin), options))
            result.append(starting)
        return result

    def _lookup(self, phrase: str, *, single: bool) -> list[_Prepared]:
        """Prepared entries; a single word that the table lacks passes through as it is."""
        if (known := self._prepared.get(phrase)) is None:
            known = [
                self._prepare(pair.target, tuple(map(log, pair.scores)), unknown=False)
                for pair in self._table.get(phrase, ())
            ]
            if single and not known:
                known = [self._prepare(phrase, (0.0,) * TRANSLATION_SCORES, unknown=True)]
            self._prepared[phrase] = known
        return known

    def _prepare(self, target: str, scores: tuple[float, ...], *, unknown: bool) -> _Prepared:
        words = tuple(self._model.word(word) for word in split(target))
        features = phrase_features(scores, len(words), unknown=unknown)
        alone = self._model.follow(NO_CONTEXT, words).log_probability
        return _Prepared(target, words, features, alone)


def _best(
    prepared: list[_Prepared],
    weights: Sequence[float],
    limit: int,
    begin: int,
    end: int,
    first: int,
) -> list[Option]:
    """The ``limit`` best by estimate; the order of the table breaks ties."""
    scored = []
    for place, one in enumerate(prepared):
        score = sum(map(float.__mul__, weights, one.features))
        estimate = score + weights[LANGUAGE_MODEL] * one.alone
        scored.append((-estimate, place, score))
    scored.sort()
    return [
        Option(
            number=first + rank,
            begin=begin,
            end=end,
            target=prepared[place].target,
            words=prepared[place].words,
            features=prepared[place].features,
            score=score,
            estimate=-negative,
        )
        for rank, (negative, place, score) in enumerate(scored[:limit])
    ]
