"""The log-linear model's features, a sentence's translation options, and the decoder's search graph.

Features and starting weights are those of the customary phrase-based set-up.  A hypothesis' total is
the weighted sum of its features.  Hypotheses the model cannot tell apart become one node, but all ways
into a node are kept as arcs.  The best score from the start to every node is known exactly, so a
best-first search backwards from the goal (A*) meets complete translations in the order of their
scores.  A node that is reached again with the same words after it is dropped: it can only give a worse
derivation of the same translation.

Lexicalised reordering is Moses': each phrase but the first scores its own orientation and that of the
phrase after it.  The first is monotone if it begins the sentence, else discontinuous, and only scores
its own; the end of the sentence is not scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import log
from typing import NamedTuple

from seq2seq.baseline.language_model import NO_CONTEXT, LanguageModel
from seq2seq.baseline.phrase_table import ORIENTATIONS, SCORES, PhraseTable, ngrams
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
REORDERING_FEATURES = (  # log p(orientation | phrase pair), towards the previous and the next phrase
    *("previous_monotone", "previous_swap", "previous_discontinuous"),
    *("next_monotone", "next_swap", "next_discontinuous"),
)
MONOTONE, SWAP, DISCONTINUOUS = range(len(ORIENTATIONS))
NO_SCORES = (0.0,) * len(ORIENTATIONS)
LANGUAGE_MODEL = FEATURES.index("language_model")
DISTORTION = FEATURES.index("distortion")
UNKNOWN = FEATURES.index("unknown")
UNKNOWN_VALUE = -100.0

START_WEIGHTS = (0.2, 0.2, 0.2, 0.2, 0.2, 0.5, -1.0, 0.3, 1.0)
REORDERING_START_WEIGHTS = (0.3,) * len(REORDERING_FEATURES)
STEPS_FOR_EACH = 50  # the search gives up after so many steps for each translation asked for


# Target, its token ids, its features before weighting, log p of its orientations towards the previous
# and towards the next phrase, and the log probability of its words alone.
Scores = tuple[float, ...]
Entry = tuple[str, tuple[int, ...], Scores, Scores, Scores, float]


class Option(NamedTuple):
    """A translation of a run of source words that ends at ``end`` (exclusive).

    ``number`` is unique in the sentence, ``score`` is the weighted sum of ``features``, and
    ``estimate`` adds the language model's score of the words without context.
    """

    number: int
    end: int
    target: str
    words: tuple[int, ...]
    features: Scores
    previous: Scores
    following: Scores
    score: float
    estimate: float


# Ends every translation: no words, only the language model's probability of the end.
END_OPTION = Option(-1, 0, "", (), (0.0,) * len(FEATURES), NO_SCORES, NO_SCORES, 0.0, 0.0)


class Span(NamedTuple):
    """A run of source words and its options, best estimate first; ``mask`` has the words' bits."""

    begin: int
    end: int
    mask: int
    options: list[Option]


class OptionTable:
    """Looks up options, at most ``limit`` for a run of source words."""

    def __init__(self, table: PhraseTable, model: LanguageModel, *, limit: int) -> None:
        self._table, self._model, self._limit = table, model, limit
        self._longest = max((source.count(" ") + 1 for source in table), default=1)
        self._known: dict[str, list[Entry]] = {}

    def spans(self, source: list[str], weights: Sequence[float]) -> list[list[Span]]:
        """For each source position the runs with options that begin there, shorter ones first."""
        count = 0
        result: list[list[Span]] = [[] for _ in source]
        for begin, end, phrase in ngrams(source, self._longest):
            scored = []
            for entry in self._lookup(phrase, single=end == begin + 1):
                target, words, features, previous, following, alone = entry
                score = weighted(weights, features)
                estimate = score + weights[LANGUAGE_MODEL] * alone
                scored.append((target, words, features, previous, following, score, estimate))
            if scored:
                best = sorted(scored, key=lambda one: -one[-1])[: self._limit]
                options = [Option(count + k, end, *one) for k, one in enumerate(best)]
                count += len(options)
                result[begin].append(Span(begin, end, (1 << end) - (1 << begin), options))
        return result

    def _lookup(self, phrase: str, *, single: bool) -> list[Entry]:
        """The table's entries; a single word that the table lacks passes through as it is."""
        if (known := self._known.get(phrase)) is None:
            pairs = self._table.get(phrase, ())
            known = [self._entry(one.target, tuple(map(log, one.scores))) for one in pairs]
            if single and not known:
                known = [self._entry(phrase, (0.0,) * SCORES, unknown=True)]
            self._known[phrase] = known
        return known

    def _entry(self, target: str, scores: tuple[float, ...], unknown: bool = False) -> Entry:
        words = tuple(self._model.word(word) for word in tokens_of(target))
        features = phrase_features(scores[:SCORES], len(words), unknown=unknown)
        beside = scores[SCORES:] or NO_SCORES * 2
        previous, following = beside[: len(ORIENTATIONS)], beside[len(ORIENTATIONS) :]
        alone = self._model.follow(NO_CONTEXT, words).log_probability
        return target, words, features, previous, following, alone


def phrase_features(
    translation_scores: tuple[float, ...], target_words: int, *, unknown: bool
) -> tuple[float, ...]:
    """A phrase pair's features in any context: language model and distortion are zero."""
    penalty = UNKNOWN_VALUE if unknown else 0.0
    return (*translation_scores, 1.0, 0.0, -float(target_words), 0.0, penalty)


def weighted(weights: Sequence[float], features: Sequence[float]) -> float:
    return sum(map(float.__mul__, weights, features))


class Arc(NamedTuple):
    """One way into a node: from ``previous`` by ``option``, which adds ``score`` in all."""

    previous: "Node"
    option: Option
    language_model: float
    jump: int
    orientation: int
    score: float


@dataclass(slots=True, eq=False)
class Node:
    """A point of the search; ``score`` is that of the best way here from the start.

    ``coverage`` has a bit for each source word done, ``end`` is where the last phrase ended,
    ``swap`` is where it began if the next may end there (else 0), ``state`` is the language model's,
    and ``following`` are the last phrase's scores.  The start is the one node without arcs.
    """

    coverage: int
    end: int
    swap: int
    state: int
    following: Scores
    score: float
    arcs: list[Arc] = field(default_factory=list)


class Candidate(NamedTuple):
    """One translation, its features (``FEATURES``, then reordering) and their weighted sum."""

    tokens: str
    features: tuple[float, ...]
    total: float


class _Rest(NamedTuple):
    """A way from a node to the goal, as a linked list: its first arc and what follows."""

    arc: Arc
    after: "_Rest | None"
    words: str
    score: float


def best_candidates(goal: Node, weights: Sequence[float], *, nbest: int) -> list[Candidate]:
    """Up to ``nbest`` different translations, best first, each by its best derivation."""
    found: list[Candidate] = []
    seen: set[tuple[int, str]] = set()
    queue: list[tuple[float, int, Arc, _Rest | None]] = []
    count = 0
    node, rest, words, score = goal, None, "", 0.0
    for _ in range(STEPS_FOR_EACH * nbest):
        if (id(node), words) not in seen:
            seen.add((id(node), words))
            for arc in node.arcs:
                heappush(queue, (-(arc.previous.score + arc.score + score), count, arc, rest))
                count += 1
            if rest is not None and not node.arcs:
                found.append(_candidate(rest, weights))
        if not queue or len(found) == nbest:
            break
        _, _, arc, after = heappop(queue)
        words, score = arc.option.target, arc.score
        if after is not None:
            words = f"{words} {after.words}" if after.words else words
            score += after.score
        node, rest = arc.previous, _Rest(arc, after, words, score)
    return sorted(found, key=lambda one: (-one.total, one.tokens))


def _candidate(rest: _Rest, weights: Sequence[float]) -> Candidate:
    arcs, following = [rest.arc], rest.after
    while following is not None:
        arcs.append(following.arc)
        following = following.after
    sums = [0.0] * len(FEATURES)
    for arc in arcs:
        sums = list(map(float.__add__, sums, arc.option.features))
    sums[LANGUAGE_MODEL] = sum(arc.language_model for arc in arcs)
    sums[DISTORTION] = float(-sum(arc.jump for arc in arcs))
    if len(weights) > len(sums):
        sums += _reordering_features(arcs[:-1])
    return Candidate(rest.words, tuple(sums), weighted(weights, sums))


def _reordering_features(arcs: Sequence[Arc]) -> list[float]:
    """Sums over the phrases of a translation, in their order."""
    previous, following, before = list(NO_SCORES), list(NO_SCORES), END_OPTION
    for arc in arcs:
        previous[arc.orientation] += arc.option.previous[arc.orientation]
        following[arc.orientation] += before.following[arc.orientation]
        before = arc.option
    return previous + following
