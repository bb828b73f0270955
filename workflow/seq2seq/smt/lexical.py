"""Lexical weights (Koehn, Och and Marcu 2003): how well the words inside a phrase pair agree.

Word translation probabilities are relative frequencies of links.  A word linked to several takes
the mean of their probabilities, a word linked to none that of having no counterpart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

from seq2seq.smt.aligned import AlignedPair
from seq2seq.smt.phrase_counts import Key
from seq2seq.smt.symmetrize import Link

NO_WORD = ""


def count_links(pair: AlignedPair) -> Iterator[Key]:
    """The words of all links, source and target, and each word without links with ``NO_WORD``."""
    for source, target in pair.links:
        yield pair.source[source], pair.target[target]
    for word, last in zip(pair.source, pair.here.last, strict=True):
        if last < 0:
            yield word, NO_WORD
    for word, last in zip(pair.target, pair.there.last, strict=True):
        if last < 0:
            yield NO_WORD, word


@dataclass(frozen=True)
class WordTranslation:
    """p(explained word | given word) by counts of (given, explained) and of the given words."""

    pairs: Counter[Key] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)

    def weight(self, given: list[str], explained: list[str], links: Sequence[Link]) -> float:
        """The probability of the words ``explained``; a link is (place given, place explained)."""
        partners: list[list[str]] = [[] for _ in explained]
        for here, there in links:
            partners[there].append(given[here])
        return prod(
            sum(self._probability(other, word) for other in others or [NO_WORD])
            / max(len(others), 1)
            for word, others in zip(explained, partners, strict=True)
        )

    def _probability(self, given: str, explained: str) -> float:
        return self.pairs[given, explained] / self.given[given]


@dataclass(frozen=True)
class WordTranslations:
    """Both directions, for some source and target words alone."""

    direct: WordTranslation = field(default_factory=WordTranslation)
    inverse: WordTranslation = field(default_factory=WordTranslation)

    @classmethod
    def of(
        cls, counts: Iterable[tuple[Key, int]], *, sources: set[str], targets: set[str]
    ) -> "WordTranslations":
        """From the counts of all links, read once; memory goes with the words asked for."""
        made = cls()
        for (source, target), count in counts:
            known_source = source == NO_WORD or source in sources
            known_target = target == NO_WORD or target in targets
            if known_source:
                made.direct.given[source] += count
            if known_target:
                made.inverse.given[target] += count
            if known_source and known_target:
                made.direct.pairs[source, target] += count
                made.inverse.pairs[target, source] += count
        return made
