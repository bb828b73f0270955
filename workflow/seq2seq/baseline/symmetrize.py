"""Two one-way alignments made one (grow-diag-final-and), the file of aligned text, and its links.

The heuristic is that of Koehn, Axelrod, Birch, Callison-Burch, Osborne and Talbot (2005).  A line of
the file is ``source TAB target TAB links``, with links in the Pharaoh format ``0-0 1-2``:
source-target, from 0.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from math import prod
from pathlib import Path
from typing import NamedTuple

from seq2seq.errors import UserError, location
from seq2seq.evaluation.bleu import tokens_of
from seq2seq.io.files import write_lines

Link = tuple[int, int]  # source position, target position

NO_WORD = ""
NOT_LINKED = 1 << 30
ORIENTATIONS = "msd"  # monotone, swap, discontinuous
NEIGHBORS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


class AlignedPair(NamedTuple):
    """One sentence pair with its links."""

    source: list[str]
    target: list[str]
    links: list[Link]

    def swapped(self) -> "AlignedPair":
        return AlignedPair(self.target, self.source, [(j, i) for i, j in self.links])

    def with_ends(self) -> set[Link]:
        """The links, and one where the sentences begin and one where they end."""
        return {(-1, -1), *self.links, (len(self.source), len(self.target))}


def symmetrize(source_of_target: Sequence[int], target_of_source: Sequence[int]) -> list[Link]:
    """The links, sorted; -1 in either alignment means none."""
    forward = [(source, target) for target, source in enumerate(source_of_target) if source >= 0]
    backward = [(source, target) for source, target in enumerate(target_of_source) if target >= 0]
    links = set(forward) & set(backward)
    sources, targets = {source for source, _ in links}, {target for _, target in links}
    _grow(links, set(forward) | set(backward), sources, targets)
    for source, target in (*sorted(forward), *backward):
        if source not in sources and target not in targets:
            links.add((source, target))
            sources.add(source)
            targets.add(target)
    return sorted(links)


def _grow(links: set[Link], union: set[Link], sources: set[int], targets: set[int]) -> None:
    """Add to ``links`` their neighbors in ``union`` that link a word so far without any."""
    before = 0
    while before < len(links):
        before = len(links)
        for link in sorted(links):
            for down, right in NEIGHBORS:
                source, target = link[0] + down, link[1] + right
                new = (source, target) in union and (source, target) not in links
                if new and (source not in sources or target not in targets):
                    links.add((source, target))
                    sources.add(source)
                    targets.add(target)


def format_links(links: Sequence[Link]) -> str:
    return " ".join(f"{source}-{target}" for source, target in links)


def parse_links(line: str) -> list[Link]:
    """The links of one line, in its order; a ValueError if they are not ``source-target``."""
    fields = [field.split("-") for field in line.split(" ")] if line else []
    return [(int(source), int(target)) for source, target in fields]


def write_aligned(
    path: str | Path, pairs: Iterable[tuple[str, str]], links: Iterable[list[Link]]
) -> int:
    """Write sentence pairs with their links; returns the number of pairs."""
    both = enumerate(zip(pairs, links, strict=True), start=1)
    return write_lines(path, (_line(number, *pair, own) for number, (pair, own) in both))


def _line(number: int, source: str, target: str, links: list[Link]) -> str:
    if "\t" in source or "\t" in target:
        raise UserError(
            f"training sentence pair {number} contains a tab, but tokens are separated by spaces. "
            "Tokenize the training text again."
        )
    return f"{source}\t{target}\t{format_links(links)}"


def parse_aligned(path: str | Path, lines: Iterable[tuple[int, str]]) -> Iterator[AlignedPair]:
    """The pairs of numbered lines of the file; the numbers are for messages."""
    for number, line in lines:
        try:
            source, target, links = line.split("\t")
            pair = AlignedPair(tokens_of(source), tokens_of(target), parse_links(links))
            if any(k >= len(pair.source) or j >= len(pair.target) for k, j in pair.links):
                raise ValueError(links)
        except ValueError as error:
            raise UserError(
                f"{location(path, number)}: expected a source and a target sentence and links such as "
                f"`0-0 1-2` to their words, separated by tabs, found {line[:60]!r}. Align the "
                "words again."
            ) from error
        yield pair


def reach(pair: AlignedPair) -> list[tuple[int, int]]:
    """The first and last target word linked to each source word; ``NOT_LINKED`` and -1 if none."""
    found = [(NOT_LINKED, -1)] * len(pair.source)
    for here, there in pair.links:
        first, last = found[here]
        found[here] = min(first, there), max(last, there)
    return found


def linked_words(pair: AlignedPair) -> Iterator[tuple[str, str]]:
    """The words of all links, source and target, and each word without links with ``NO_WORD``."""
    yield from ((pair.source[here], pair.target[there]) for here, there in pair.links)
    sources, targets = {here for here, _ in pair.links}, {there for _, there in pair.links}
    yield from ((word, NO_WORD) for k, word in enumerate(pair.source) if k not in sources)
    yield from ((NO_WORD, word) for k, word in enumerate(pair.target) if k not in targets)


def lexical_weight(pair: AlignedPair, probability: Callable[[str, str], float]) -> float:
    """How well the source words explain the target words, each by the mean of its links."""
    partners: list[list[str]] = [[] for _ in pair.target]
    for here, there in pair.links:
        partners[there].append(pair.source[here])
    return prod(
        sum(probability(other, word) for other in others or [NO_WORD]) / max(len(others), 1)
        for word, others in zip(pair.target, partners, strict=True)
    )


def orientations(links: Set[Link], begin: int, end: int, left: int, right: int) -> tuple[str, str]:
    """How a phrase pair lies beside the previous phrase and the next, by words as Moses' ``wbe-msd``.

    The previous is monotone if the words before both sides are linked, swapped if the target word
    before is linked to the source word after, and discontinuous if neither is, or both are.
    ``links`` have the sentences' ends.
    """
    previous = _orientation((begin - 1, left - 1) in links, (end, left - 1) in links)
    return previous, _orientation((end, right) in links, (begin - 1, right) in links)


def _orientation(monotone: bool, swap: bool) -> str:
    return "d" if monotone == swap else "m" if monotone else "s"
