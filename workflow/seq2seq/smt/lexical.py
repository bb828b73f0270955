"""Lexical weights (Koehn, Och and Marcu 2003): how well the words inside a phrase pair agree.

Word translation probabilities are relative frequencies of links.  A word linked to several takes
the mean of their probabilities, a word linked to none that of having no counterpart.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod

from seq2seq.smt.aligned import AlignedPair
from seq2seq.smt.symmetrize import Link

NO_WORD = ""

WordPair = tuple[str, str]  # source, target; either may be NO_WORD


def count_links(pair: AlignedPair) -> Iterator[WordPair]:
    """The word pairs of all links, and each word without links paired with ``NO_WORD``."""
    for source, target in pair.links:
        yield pair.source[source], pair.target[target]
    for word, last in zip(pair.source, pair.here.last, strict=True):
        if last < 0:
            yield word, NO_WORD
    for word, last in zip(pair.target, pair.there.last, strict=True):
        if last < 0:
            yield NO_WORD, word


def swapped(counts: Counter[WordPair]) -> Counter[WordPair]:
    """The same counts with target words first."""
    return Counter({(target, source): count for (source, target), count in counts.items()})


class WordTranslation:
    """p(explained word | given word) from counts of (given, explained)."""

    def __init__(self, counts: Counter[WordPair]) -> None:
        self._counts = counts
        self._given: Counter[str] = Counter()
        for (given, _), count in counts.items():
            self._given[given] += count

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
        return self._counts[given, explained] / self._given[given]
