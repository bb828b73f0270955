"""The decoder's search graph and its n best translations.

Hypotheses the model cannot tell apart become one node, but all ways into a node are kept as arcs.
The best score from the start to every node is known exactly, so a best-first search backwards from
the goal (A*) meets complete translations in the order of their scores.  A node met a second time
with the same words behind it can only bring a worse derivation of the same translations: dropped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

STEPS_FOR_EACH = 50  # the search is given up after so many steps for each translation asked for


@dataclass(slots=True, eq=False)
class Option:
    """A translation of source words ``begin`` to ``end`` (exclusive).

    ``number`` is unique in the sentence, ``features`` hold wherever the option stands, ``score`` is
    their weighted sum, and ``estimate`` adds the language model's opinion of the words alone.
    """

    number: int
    begin: int
    end: int
    target: str
    words: tuple[int, ...]
    features: tuple[float, ...]
    score: float
    estimate: float


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


class _Rest(NamedTuple):
    """A way from a node to the goal, as a linked list: its first arc and what follows."""

    arc: Arc
    after: "_Rest | None"
    words: str
    score: float


class Derivation(NamedTuple):
    """A complete translation and its arcs, in the order of the target words."""

    words: str
    arcs: list[Arc]


def best_derivations(goal: Node, wanted: int) -> list[Derivation]:
    """Up to ``wanted`` different translations, best first, each by its best derivation."""
    found: list[Derivation] = []
    seen: set[tuple[int, str]] = set()
    queue: list[tuple[float, int, Arc, _Rest | None]] = []
    count = 0
    node, rest, words, score = goal, None, "", 0.0
    for _ in range(STEPS_FOR_EACH * wanted):
        if (id(node), words) not in seen:
            seen.add((id(node), words))
            for arc in node.arcs:
                heappush(queue, (-(arc.previous.score + arc.score + score), count, arc, rest))
                count += 1
            if rest is not None and not node.arcs:
                found.append(Derivation(words, list(_arcs(rest))))
        if not queue or len(found) == wanted:
            break
        _, _, arc, after = heappop(queue)
        rest = _prepended(arc, after)
        node, words, score = arc.previous, rest.words, rest.score
    return found


def _prepended(arc: Arc, after: _Rest | None) -> _Rest:
    if after is None:
        return _Rest(arc, None, arc.option.target, arc.score)
    words = f"{arc.option.target} {after.words}" if after.words else arc.option.target
    return _Rest(arc, after, words, arc.score + after.score)


def _arcs(rest: _Rest | None) -> Iterator[Arc]:
    while rest is not None:
        yield rest.arc
        rest = rest.after
