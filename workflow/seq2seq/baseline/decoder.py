"""Phrase-based decoding: stacks of hypotheses with as many source words done, cube pruning.

A hypothesis grows by translating one more run of source words (Koehn 2004).  Hypotheses with the
same words done, and the options for one run, form a cube whose corner looks best; all cubes that lead
to one stack share a queue, of which only the best ``pop_limit`` points are looked at (Huang and
Chiang 2007).

With lexicalised reordering, hypotheses differ too in where the last phrase began, as long as the word
before it is to do, and in its scores of what may follow.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from seq2seq.baseline.language_model import NO_CONTEXT, Files, Followed, LanguageModel
from seq2seq.baseline.lattice import (
    DISCONTINUOUS,
    DISTORTION,
    END_OPTION,
    FEATURES,
    LANGUAGE_MODEL,
    MONOTONE,
    NO_SCORES,
    REORDERING_FEATURES,
    REORDERING_START_WEIGHTS,
    START_WEIGHTS,
    SWAP,
    Arc,
    Candidate,
    Node,
    Option,
    OptionTable,
    Scores,
    Span,
    best_candidates,
)
from seq2seq.baseline.phrase_table import ORIENTATIONS, read_phrase_table
from seq2seq.config.decoding import DISTANCE, Reordering
from seq2seq.evaluation.bleu import tokens_of
from seq2seq.runtime.parallel import fork_map

IMPOSSIBLE = float("-inf")


@dataclass(frozen=True)
class SearchSettings:
    """Limits of the search.

    ``ttable_limit`` options are tried for one run of source words; a stack keeps ``stack_size``
    nodes of the ``pop_limit`` hypotheses tried for it.  ``distortion_limit`` D: a phrase begins at
    most D words from where the last one ended and, unless it begins at the first word not yet
    done, it ends at most D words behind that.  So the first word not done is always in reach: no
    hypothesis is a dead end.
    """

    ttable_limit: int
    stack_size: int
    pop_limit: int
    distortion_limit: int
    reordering: Reordering

    @property
    def features(self) -> tuple[str, ...]:
        return FEATURES if self.reordering == DISTANCE else FEATURES + REORDERING_FEATURES

    @property
    def start_weights(self) -> tuple[float, ...]:
        return (*START_WEIGHTS, *REORDERING_START_WEIGHTS)[: len(self.features)]


@dataclass(frozen=True)
class Translator:
    """All that stays the same while weights change."""

    options: OptionTable
    model: LanguageModel
    search: SearchSettings

    def translate(self, line: str, weights: Sequence[float], *, nbest: int) -> list[Candidate]:
        """Up to ``nbest`` different translations of a line of tokens, best first."""
        spans = self.options.spans(tokens_of(line), weights)
        return best_candidates(_Search(self, spans, weights).run(), weights, nbest=nbest)

    def translate_all(
        self, lines: Iterable[str], weights: Sequence[float], *, nbest: int, processes: int
    ) -> Iterator[list[Candidate]]:
        translate = partial(self.translate, weights=weights, nbest=nbest)
        return fork_map(translate, lines, processes=processes)


def read_translator(
    phrase_table: str | Path, language_model: Files, search: SearchSettings, lines: Sequence[str]
) -> Translator:
    """Holds the phrases of the lines to translate."""
    model, lexical = LanguageModel.read(language_model), search.reordering != DISTANCE
    table = read_phrase_table(phrase_table, lines, reordering=lexical)
    options = OptionTable(table, model, limit=search.ttable_limit)
    return Translator(options, model, search)


Stack = dict[tuple[int, int, int, int, Scores], Node]  # by all but the score

# Minus estimate, serial number, and a point of a cube.
Queue = list[tuple[float, int, "Cube", int, int]]


class Cube(NamedTuple):
    """Nodes of one place (`_place`) and options of one run; the other costs are shared."""

    nodes: list[Node]
    options: list[Option]
    coverage: int
    swap: int
    jump: int
    orientation: int
    distortion: float
    constant: float  # distortion and the expected cost of what is left


def _place(node: Node) -> tuple[int, int, int]:
    return node.coverage, node.end, node.swap


class _Search:
    def __init__(
        self, translator: Translator, spans: list[list[Span]], weights: Sequence[float]
    ) -> None:
        self._spans, self._model, self._settings = spans, translator.model, translator.search
        self._distortion_weight, self._model_weight = weights[DISTORTION], weights[LANGUAGE_MODEL]
        self._lexical = translator.search.reordering != DISTANCE
        beside = tuple(weights[len(FEATURES) :]) or NO_SCORES * 2
        self._previous, self._following = beside[: len(ORIENTATIONS)], beside[len(ORIENTATIONS) :]
        self._future, self._complete = FutureCost(spans), (1 << len(spans)) - 1
        self._queues: list[Queue] = [[] for _ in range(len(spans) + 1)]
        self._followed: dict[tuple[int, int], Followed] = {}
        self._count = 0

    def run(self) -> Node:
        """The goal of a lattice that holds all hypotheses found."""
        nodes = [Node(0, 0, 0, self._model.start, NO_SCORES, score=0.0)]
        for size in range(len(self._spans) + 1):
            if size > 0:
                nodes = self._stack(self._queues[size])
            ordered = sorted(nodes, key=lambda node: (*_place(node), -node.score))
            for _, group in groupby(ordered, key=_place):
                self._extend(list(group))
        return self._goal(nodes)

    def _goal(self, nodes: list[Node]) -> Node:
        arcs = []
        for node in nodes:
            ending = self._model.end(node.state)
            arcs.append(Arc(node, END_OPTION, ending, 0, MONOTONE, self._model_weight * ending))
        score = max(arc.previous.score + arc.score for arc in arcs)
        return Node(0, 0, 0, NO_CONTEXT, NO_SCORES, score, arcs)

    def _extend(self, nodes: list[Node]) -> None:
        """Queue the cubes of these nodes, all of the same place, with every run."""
        coverage, end, swap = _place(nodes[0])
        size = coverage.bit_count()
        limit = self._settings.distortion_limit
        gap = (~coverage & (coverage + 1)).bit_length() - 1
        for begin in range(max(gap, end - limit), min(len(self._spans), end + limit + 1)):
            for span in self._spans[begin]:
                if coverage & span.mask or (begin > gap and span.end > gap + limit):
                    break
                jump = abs(begin - end)
                distortion = -jump * self._distortion_weight
                done = coverage | span.mask
                constant = distortion + self._future.of(done)
                swappable = self._lexical and begin > 0 and not done >> (begin - 1) & 1
                behind, beside = begin * swappable, self._orientation(end, swap, span)
                cube = Cube(nodes, span.options, done, behind, jump, beside, distortion, constant)
                self._push(self._queues[size + span.end - begin], cube, 0, 0)

    def _orientation(self, end: int, swap: int, span: Span) -> int:
        if span.begin == end:
            return MONOTONE
        return SWAP if span.end == swap else DISCONTINUOUS

    def _reordering(self, orientation: int, node: Node, option: Option) -> float:
        own = self._previous[orientation] * option.previous[orientation]
        return own + self._following[orientation] * node.following[orientation]

    def _push(self, queue: Queue, cube: Cube, row: int, column: int) -> None:
        node, option = cube.nodes[row], cube.options[column]
        estimate = node.score + option.estimate + cube.constant
        if self._lexical:
            estimate += self._reordering(cube.orientation, node, option)
        self._count += 1
        heappush(queue, (-estimate, self._count, cube, row, column))

    def _stack(self, queue: Queue) -> list[Node]:
        """The nodes that the best points of the queue lead to, pruned to the size of a stack."""
        nodes: Stack = {}
        for _ in range(self._settings.pop_limit):
            if not queue:
                break
            _, _, cube, row, column = heappop(queue)
            self._grow(nodes, cube, cube.nodes[row], cube.options[column])
            if column + 1 < len(cube.options):
                self._push(queue, cube, row, column + 1)
            if column == 0 and row + 1 < len(cube.nodes):
                self._push(queue, cube, row + 1, 0)
        queue.clear()
        best = sorted(nodes.values(), key=lambda node: -node.score - self._future.of(node.coverage))
        return best[: self._settings.stack_size]

    def _grow(self, nodes: Stack, cube: Cube, node: Node, option: Option) -> None:
        """Add the arc, to the node it leads to or to a new one."""
        if (followed := self._followed.get((node.state, option.number))) is None:
            followed = self._model.follow(node.state, option.words)
            self._followed[node.state, option.number] = followed
        added = option.score + self._model_weight * followed.log_probability + cube.distortion
        following = NO_SCORES if cube.coverage == self._complete else option.following
        if self._lexical:
            added += self._reordering(cube.orientation, node, option)
        arc = Arc(node, option, followed.log_probability, cube.jump, cube.orientation, added)
        key = (cube.coverage, option.end, cube.swap, followed.state, following)
        if (known := nodes.get(key)) is None:
            known = nodes[key] = Node(*key, node.score + added)
        known.score = max(known.score, node.score + added)
        known.arcs.append(arc)


class FutureCost:
    """The best that can be hoped for from the source words not done, run by run."""

    def __init__(self, spans: list[list[Span]]) -> None:
        length = len(spans)
        best = [[IMPOSSIBLE] * (length + 1) for _ in range(length + 1)]
        for starting in spans:
            for span in starting:
                best[span.begin][span.end] = span.options[0].estimate
        for width in range(2, length + 1):
            for begin in range(length - width + 1):
                end = begin + width
                row = best[begin]
                row[end] = max(row[end], max(row[middle] + best[middle][end]
                                             for middle in range(begin + 1, end)))  # fmt: skip
        self._best, self._length = best, length
        self._known: dict[int, float] = {}

    def of(self, coverage: int) -> float:
        """The sum over the gaps in ``coverage``."""
        if (known := self._known.get(coverage)) is None:
            done = format(coverage, f"0{self._length}b")[::-1]
            known = sum(self._best[gap.start()][gap.end()] for gap in re.finditer("0+", done))
            self._known[coverage] = known
        return known
