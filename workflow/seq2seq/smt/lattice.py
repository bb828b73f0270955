"""The decoder's search graph and its n best translations.

Hypotheses the model cannot tell apart become one node, but all ways into a node are kept as arcs.
The best score from the start to every node is known exactly, so a best-first search backwards from
the goals (A*) meets complete translations in the order of their scores.  A node met a second time
with the same words behind it can only bring a worse derivation of the same translations: dropped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
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
    ``state`` is the language model's.
    """

    coverage: int
    end: int
    state: int
    score: float
    arcs: list[Arc] = field(default_factory=list)


class Goal(NamedTuple):
    """A node that covers all source words, and what the language model says to ending there."""

    node: Node
    language_model: float
    score: float


class _Rest(NamedTuple):
    """The way from a node to the end, as a linked list: its first arc and what follows."""

    arc: Arc | None
    after: "_Rest | None"
    goal: Goal
    words: str
    score: float


class Derivation(NamedTuple):
    """A complete translation; its arcs are in the order of the target words."""

    words: str
    score: float
    goal: Goal
    arcs: list[Arc]


def best_derivations(goals: list[Goal], wanted: int) -> list[Derivation]:
    """Up to ``wanted`` different translations, best first, each by its best derivation."""
    found: list[Derivation] = []
    seen: set[tuple[int, str]] = set()
    queue = [
        (
            -(goal.node.score + goal.score),
            number,
            goal.node,
            _Rest(None, None, goal, "", goal.score),
        )
        for number, goal in enumerate(goals)
    ]
    heapify(queue)
    count = len(queue)
    for _ in range(STEPS_FOR_EACH * wanted):
        if not queue or len(found) == wanted:
            break
        _, _, node, rest = heappop(queue)
        if (key := (id(node), rest.words)) in seen:
            continue
        seen.add(key)
        if not node.arcs:
            found.append(Derivation(rest.words, rest.score, rest.goal, list(_arcs(rest))))
        for arc in node.arcs:
            score = arc.score + rest.score
            words = f"{arc.option.target} {rest.words}" if rest.words else arc.option.target
            longer = _Rest(arc, rest, rest.goal, words, score)
            heappush(queue, (-(arc.previous.score + score), count, arc.previous, longer))
            count += 1
    return found


def _arcs(rest: _Rest | None) -> Iterator[Arc]:
    while rest is not None and rest.arc is not None:
        yield rest.arc
        rest = rest.after
