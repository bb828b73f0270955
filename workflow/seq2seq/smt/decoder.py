"""Phrase-based decoding: stacks of hypotheses with as many source words done, cube pruning.

A hypothesis grows by translating one more run of source words (Koehn 2004).  Hypotheses with the
same words done, and the options for one run, form a grid whose corner looks best; all grids that lead
to one stack share a queue, of which only the best ``pop_limit`` points are looked at (Huang and
Chiang 2007).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from heapq import heappop, heappush
from itertools import groupby
from typing import NamedTuple

from seq2seq.smt.features import DISTORTION, LANGUAGE_MODEL
from seq2seq.smt.language_model import NO_CONTEXT, Followed, LanguageModel
from seq2seq.smt.lattice import Arc, Node, Option
from seq2seq.smt.options import END, Span

IMPOSSIBLE = float("-inf")


@dataclass(frozen=True)
class SearchSettings:
    """Limits of the search.

    ``options`` are looked at for one run of source words; a stack keeps ``stack_size`` nodes of
    the ``pop_limit`` hypotheses tried for it.  ``distortion_limit`` D: a phrase begins at most D
    words from where the last one ended and, unless it begins at the first word not yet done, it
    ends at most D words behind that.  So the first word not done is always in reach: no hypothesis
    is a dead end.
    """

    options: int
    stack_size: int
    pop_limit: int
    distortion_limit: int

    @classmethod
    def parse(cls, settings: Mapping[str, int]) -> "SearchSettings":
        """Those of all settings that the search needs."""
        return cls(**{name.name: settings[name.name] for name in fields(cls)})


Queue = list[tuple[float, int, "_Grid", int, int]]  # minus estimate, serial number, point of grid


class _Grid(NamedTuple):
    """Nodes of one coverage and end, and options of one run; what else a point costs is the same."""

    nodes: list[Node]
    options: list[Option]
    coverage: int
    jump: int
    distortion: float
    constant: float  # distortion and the expected cost of what is left


def search(
    spans: list[list[Span]],
    model: LanguageModel,
    weights: Sequence[float],
    settings: SearchSettings,
) -> Node:
    """The goal of a lattice that holds all hypotheses found."""
    return _Search(spans, model, weights, settings).run()


class _Search:
    """One sentence's search."""

    def __init__(
        self,
        spans: list[list[Span]],
        model: LanguageModel,
        weights: Sequence[float],
        settings: SearchSettings,
    ) -> None:
        self._spans, self._model, self._settings = spans, model, settings
        self._distortion_weight = weights[DISTORTION]
        self._model_weight = weights[LANGUAGE_MODEL]
        self._outlook = _Outlook(spans)
        self._queues: list[Queue] = [[] for _ in range(len(spans) + 1)]
        self._followed: dict[tuple[int, int], Followed] = {}
        self._count = 0

    def run(self) -> Node:
        nodes = [Node(coverage=0, end=0, state=self._model.start, score=0.0)]
        for size in range(len(self._spans) + 1):
            if size > 0:
                nodes = self._stack(self._queues[size])
            for _, group in groupby(
                sorted(nodes, key=lambda node: (node.coverage, node.end)),
                key=lambda node: (node.coverage, node.end),
            ):
                self._extend(sorted(group, key=lambda node: -node.score))
        return self._goal(nodes)

    def _goal(self, nodes: list[Node]) -> Node:
        arcs = []
        for node in nodes:
            ending = self._model.end(node.state)
            arcs.append(Arc(node, END, ending, 0, self._model_weight * ending))
        score = max(arc.previous.score + arc.score for arc in arcs)
        return Node(coverage=0, end=0, state=NO_CONTEXT, score=score, arcs=arcs)

    def _extend(self, nodes: list[Node]) -> None:
        """Queue the grids of these nodes, all of the same coverage and end, with every run."""
        coverage, end = nodes[0].coverage, nodes[0].end
        size = coverage.bit_count()
        limit = self._settings.distortion_limit
        gap = (~coverage & (coverage + 1)).bit_length() - 1
        for begin in range(max(gap, end - limit), min(len(self._spans), end + limit + 1)):
            for span in self._spans[begin]:
                if coverage & span.mask or (begin > gap and span.end > gap + limit):
                    break
                jump = abs(begin - end)
                distortion = -jump * self._distortion_weight
                constant = distortion + self._outlook.of(coverage | span.mask)
                grid = _Grid(nodes, span.options, coverage | span.mask, jump, distortion, constant)
                self._push(self._queues[size + span.end - begin], grid, 0, 0)

    def _push(self, queue: Queue, grid: _Grid, row: int, column: int) -> None:
        estimate = grid.nodes[row].score + grid.options[column].estimate + grid.constant
        self._count += 1
        heappush(queue, (-estimate, self._count, grid, row, column))

    def _stack(self, queue: Queue) -> list[Node]:
        """The nodes that the best points of the queue lead to, pruned to the size of a stack."""
        nodes: dict[tuple[int, int, int], Node] = {}
        for _ in range(self._settings.pop_limit):
            if not queue:
                break
            _, _, grid, row, column = heappop(queue)
            self._grow(nodes, grid, grid.nodes[row], grid.options[column])
            if column + 1 < len(grid.options):
                self._push(queue, grid, row, column + 1)
            if column == 0 and row + 1 < len(grid.nodes):
                self._push(queue, grid, row + 1, 0)
        queue.clear()
        best = sorted(
            nodes.values(), key=lambda node: -node.score - self._outlook.of(node.coverage)
        )
        return best[: self._settings.stack_size]

    def _grow(
        self, nodes: dict[tuple[int, int, int], Node], grid: _Grid, node: Node, option: Option
    ) -> None:
        """Add the arc, to the node it leads to or to a new one."""
        if (followed := self._followed.get((node.state, option.number))) is None:
            followed = self._model.follow(node.state, option.words)
            self._followed[node.state, option.number] = followed
        added = option.score + self._model_weight * followed.log_probability + grid.distortion
        arc = Arc(node, option, followed.log_probability, grid.jump, added)
        key = (grid.coverage, option.end, followed.state)
        if (known := nodes.get(key)) is None:
            known = nodes[key] = Node(*key, node.score + added)
        known.score = max(known.score, node.score + added)
        known.arcs.append(arc)


class _Outlook:
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
            known, begin = 0.0, 0
            while begin < self._length:
                end = begin
                while end < self._length and not coverage >> end & 1:
                    end += 1
                known += self._best[begin][end] if end > begin else 0.0
                begin = end + 1
            self._known[coverage] = known
        return known
