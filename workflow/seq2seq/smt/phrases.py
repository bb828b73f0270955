"""Counting phrase pairs, and the four translation scores that follow from the counts.

Only source phrases that can be asked for (those of the development and the test set) are counted,
in two passes over the aligned corpus: first the pairs, of which the most frequent are kept, then how
often the kept target phrases occur with any source phrase.  Both passes go part by part; what they
count is added up in between.  So memory grows with the sets to translate, not the corpus.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from seq2seq.smt.aligned import AlignedPair
from seq2seq.smt.extraction import Block, consistent_blocks
from seq2seq.smt.lexical import WordTranslations, count_links
from seq2seq.smt.phrase_counts import Key
from seq2seq.smt.phrase_table import SEPARATOR, PhrasePair
from seq2seq.smt.sentences import split
from seq2seq.smt.symmetrize import format_links, parse_links

PAIR_FIELDS = 3  # source phrase, target phrase, the links inside
WORD_FIELDS = 2  # source word, target word
KEPT_FIELDS = 4  # source phrase, target phrase, its most frequent links, pairs with this source


@dataclass(frozen=True)
class Counts:
    """What the first pass counts: phrase pairs with the links inside, and links by word pair."""

    phrases: Counter[Key]
    words: Counter[Key]


def count_pairs(corpus: Iterable[AlignedPair], asked: frozenset[str], *, longest: int) -> Counts:
    """The pairs whose source phrase is asked for; phrases have up to ``longest`` words."""
    counts = Counts(Counter(), Counter())
    for pair in corpus:
        counts.words.update(count_links(pair))
        spans = _spans(pair.source, asked, longest)
        for block in consistent_blocks(spans, pair.here, pair.there, longest=longest):
            target = pair.target[block.other_begin : block.other_end]
            if SEPARATOR not in target:
                source = " ".join(pair.source[block.begin : block.end])
                counts.phrases[source, " ".join(target), _links_inside(pair, block)] += 1
    return counts


def most_frequent(counts: Iterable[tuple[Key, int]], *, options: int) -> Iterator[tuple[Key, int]]:
    """The ``options`` most frequent target phrases of each source phrase, in the order of keys.

    A key has ``KEPT_FIELDS``; counts come sorted and added up.
    """
    for source, rows in groupby(counts, key=lambda row: row[0][0]):
        seen = sorted(((count, key) for key, count in rows), key=lambda row: (-row[0], row[1]))
        totals: Counter[str] = Counter()
        links: dict[str, str] = {}
        for count, (_, target, inside) in seen:
            totals[target] += count
            links.setdefault(target, inside)
        every = str(totals.total())
        best = sorted(totals, key=lambda target: (-totals[target], target))[:options]
        for target in sorted(best):
            yield (source, target, links[target], every), totals[target]


def count_targets(
    corpus: Iterable[AlignedPair], asked: frozenset[str], *, longest: int
) -> Counter[Key]:
    """How often these target phrases occur with any source phrase."""
    counts: Counter[Key] = Counter()
    for pair in corpus:
        spans = _spans(pair.target, asked, longest)
        for block in consistent_blocks(spans, pair.there, pair.here, longest=longest):
            source = pair.source[block.other_begin : block.other_end]
            if SEPARATOR not in source:
                counts[(" ".join(pair.target[block.begin : block.end]),)] += 1
    return counts


def scored(
    kept: Sequence[tuple[Key, int]],
    targets: Counter[str],
    words: WordTranslations,
) -> Iterator[PhrasePair]:
    """The kept pairs with their scores, those of a source phrase from the most frequent on."""
    ordered = sorted(kept, key=lambda row: (row[0][0], -row[1], row[0][1]))
    for (source, target, inside, every), count in ordered:
        links = parse_links(inside)
        swapped = [(there, here) for here, there in links]
        scores = (
            count / targets[target],
            words.inverse.weight(split(target), split(source), swapped),
            count / int(every),
            words.direct.weight(split(source), split(target), links),
        )
        yield PhrasePair(source, target, scores)


def _spans(tokens: list[str], asked: frozenset[str], longest: int) -> Iterator[tuple[int, int]]:
    for begin in range(len(tokens)):
        for end in range(begin + 1, min(begin + longest, len(tokens)) + 1):
            if " ".join(tokens[begin:end]) in asked:
                yield begin, end


def _links_inside(pair: AlignedPair, block: Block) -> str:
    return format_links(
        [
            (source - block.begin, target - block.other_begin)
            for source, target in pair.links
            if block.begin <= source < block.end
        ]
    )
