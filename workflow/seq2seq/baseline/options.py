"""The log-linear model's features, and the translation options of one sentence.

Features and starting weights are those of the customary phrase-based set-up.  A hypothesis' total is
the weighted sum of its features.
"""

from collections.abc import Sequence
from math import log
from typing import NamedTuple

from seq2seq.baseline.extraction import ngrams
from seq2seq.baseline.language_model import NO_CONTEXT, LanguageModel
from seq2seq.baseline.phrase_table import SCORES, PhraseTable
from seq2seq.evaluation.bleu import tokens_of

FEATURES = (
    "phrase_inverse",  # log phi(source | target)
    "lexical_inverse",  # log lex(source | target)
    "phrase_direct",  # log phi(target | source)
    "lexical_direct",  # log lex(target | source)
    "phrase_penalty",  # +1 a phrase
    "language_model",  # natural log
    "word_penalty",  # -1 a target word
    "distortion",  # minus the words jumped over
    "unknown",  # -100 a source word that passes through unchanged
)
LANGUAGE_MODEL = FEATURES.index("language_model")
DISTORTION = FEATURES.index("distortion")
UNKNOWN = FEATURES.index("unknown")
UNKNOWN_VALUE = -100.0

START_WEIGHTS = (0.2, 0.2, 0.2, 0.2, 0.2, 0.5, -1.0, 0.3, 1.0)
TUNED = tuple(index for index in range(len(FEATURES)) if index != UNKNOWN)


class Option(NamedTuple):
    """A translation of a run of source words that ends at ``end`` (exclusive).

    ``number`` is unique in the sentence, ``score`` is the weighted sum of ``features``, and
    ``estimate`` adds the language model's score of the words without context.
    """

    number: int
    end: int
    target: str
    words: tuple[int, ...]
    features: tuple[float, ...]
    score: float
    estimate: float


# Ends every translation: no words, only the language model's probability of the end.
END_OPTION = Option(-1, 0, "", (), (0.0,) * len(FEATURES), 0.0, 0.0)


class Span(NamedTuple):
    """A run of source words and its options, best estimate first; ``mask`` has the words' bits."""

    begin: int
    end: int
    mask: int
    options: list[Option]


class _Entry(NamedTuple):
    """A phrase pair as decoding needs it, whatever the weights."""

    target: str
    words: tuple[int, ...]
    features: tuple[float, ...]
    language_model: float  # log probability of the words without context


class OptionTable:
    """Looks up options, at most ``limit`` for a run of source words."""

    def __init__(self, table: PhraseTable, model: LanguageModel, *, limit: int) -> None:
        self._table, self._model, self._limit = table, model, limit
        self._longest = max((source.count(" ") + 1 for source in table), default=1)
        self._known: dict[str, list[_Entry]] = {}

    def spans(self, source: list[str], weights: Sequence[float]) -> list[list[Span]]:
        """For each source position the runs with options that begin there, shorter ones first."""
        count = 0
        result: list[list[Span]] = [[] for _ in source]
        for begin, end, phrase in ngrams(source, self._longest):
            scored = []
            for entry in self._lookup(phrase, single=end == begin + 1):
                score = weighted(weights, entry.features)
                estimate = score + weights[LANGUAGE_MODEL] * entry.language_model
                scored.append((entry[:3], score, estimate))
            if scored:
                best = sorted(scored, key=lambda one: -one[-1])[: self._limit]
                options = [Option(count + k, end, *one[0], *one[1:]) for k, one in enumerate(best)]
                count += len(options)
                result[begin].append(Span(begin, end, (1 << end) - (1 << begin), options))
        return result

    def _lookup(self, phrase: str, *, single: bool) -> list[_Entry]:
        """The table's entries; a single word that the table lacks passes through as it is."""
        if (known := self._known.get(phrase)) is None:
            known = [
                self._entry(pair.target, tuple(map(log, pair.scores)), unknown=False)
                for pair in self._table.get(phrase, ())
            ]
            if single and not known:
                known = [self._entry(phrase, (0.0,) * SCORES, unknown=True)]
            self._known[phrase] = known
        return known

    def _entry(self, target: str, scores: tuple[float, ...], *, unknown: bool) -> _Entry:
        words = tuple(self._model.word(word) for word in tokens_of(target))
        alone = self._model.follow(NO_CONTEXT, words).log_probability
        return _Entry(target, words, phrase_features(scores, len(words), unknown=unknown), alone)


def phrase_features(
    translation_scores: tuple[float, ...], target_words: int, *, unknown: bool
) -> tuple[float, ...]:
    """A phrase pair's features in any context: language model and distortion are zero."""
    penalty = UNKNOWN_VALUE if unknown else 0.0
    return (*translation_scores, 1.0, 0.0, -float(target_words), 0.0, penalty)


def weighted(weights: Sequence[float], features: Sequence[float]) -> float:
    return sum(map(float.__mul__, weights, features))
