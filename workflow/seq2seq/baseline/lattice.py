"""The decoder's search graph and its n best translations.

Hypotheses the model cannot tell apart become one node, but all ways into a node are kept as arcs.
The best score from the start to every node is known exactly, so a best-first search backwards from
the goal (A*) meets complete translations in the order of their scores.  A node met a second time
with the same words behind it can only give a worse derivation of the same translations: dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from seq2seq.baseline.options import DISTORTION, FEATURES, LANGUAGE_MODEL, Option, weighted

STEPS_FOR_EACH = 50  # the search gives up after so many steps for each translation asked for


class Arc(NamedTuple):
    """One way into a node: from ``previous`` by ``option``, which adds ``score`` in all."""

    previous: "Node"
    option: Option
    language_model: float
    jump: int
    score: float


@dataclass(slots=True, eq=False)
class Node:
    """A point of the search; ``score`` is that of the best way here from the start.

    ``coverage`` has a bit for each source word done, ``end`` is where the last phrase ended, and
    ``state`` is the language model's.  The start is the one node without arcs.
    """

    coverage: int
    end: int
    state: int
    score: float
    arcs: list[Arc] = field(default_factory=list)


class Candidate(NamedTuple):
    """One translation, its features in the order of ``FEATURES`` and their weighted sum."""

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
        rest = _prepended(arc, after)
        node, words, score = arc.previous, rest.words, rest.score
    return sorted(found, key=lambda one: (-one.total, one.tokens))


def _prepended(arc: Arc, after: _Rest | None) -> _Rest:
    if after is None:
        return _Rest(arc, None, arc.option.target, arc.score)
    words = f"{arc.option.target} {after.words}" if after.words else arc.option.target
    return _Rest(arc, after, words, arc.score + after.score)


def _candidate(rest: _Rest, weights: Sequence[float]) -> Candidate:
    arcs = list(_arcs(rest))
    sums = [0.0] * len(FEATURES)
    for arc in arcs:
        sums = list(map(float.__add__, sums, arc.option.features))
    sums[LANGUAGE_MODEL] = sum(arc.language_model for arc in arcs)
    sums[DISTORTION] = float(-sum(arc.jump for arc in arcs))
    return Candidate(rest.words, tuple(sums), weighted(weights, sums))


def _arcs(rest: _Rest | None) -> Iterator[Arc]:
    while rest is not None:
        yield rest.arc
        rest = rest.after
