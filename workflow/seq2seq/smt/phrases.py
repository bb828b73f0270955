"""Counting phrase pairs, and the four translation scores that follow from the counts.

Only source phrases that can be asked for (those of the development and the test set) are counted,
in two passes: first the pairs, of which the most frequent are kept, then how often the kept target
phrases occur with any source phrase.  So memory grows with the sets to translate, not the corpus.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from seq2seq.smt.aligned import AlignedCorpus, AlignedLines, AlignedPair
from seq2seq.smt.extraction import Block, consistent_blocks
from seq2seq.smt.lexical import WordPair, WordTranslation, count_links, swapped
from seq2seq.smt.parallel import ordered_map
from seq2seq.smt.phrase_table import SEPARATOR, PhrasePair
from seq2seq.smt.sentences import split

LINES_AT_ONCE = 2000

Seen = tuple[
    str, bytes
]  # a target phrase, and the links inside: source, target, source, target ...


@dataclass(frozen=True)
class PhraseSettings:
    """``longest`` words on either side; ``options`` translations kept for a source phrase."""

    longest: int
    options: int


@dataclass(frozen=True)
class _Asked:
    """Which phrases of one side are counted."""

    phrases: frozenset[str]
    longest: int


@dataclass(frozen=True)
class _Counts:
    """What the first pass counts: phrase pairs by source phrase, and links by word pair."""

    phrases: dict[str, Counter[Seen]] = field(default_factory=dict)
    words: Counter[WordPair] = field(default_factory=Counter)

    def add(self, other: "_Counts") -> None:
        for source, seen in other.phrases.items():
            self.phrases.setdefault(source, Counter()).update(seen)
        self.words.update(other.words)


@dataclass(frozen=True)
class _Kept:
    """A phrase pair that goes into the table, with its most frequent links."""

    source: str
    target: str
    links: bytes
    count: int
    share: float  # p(target | source)


def build_phrase_table(
    corpus: AlignedCorpus, asked: Iterable[str], settings: PhraseSettings, *, processes: int
) -> Iterator[PhrasePair]:
    """The scored pairs of the source phrases in ``asked``, sorted as the file wants them."""
    counts = _Counts()
    wanted = _Asked(frozenset(asked), settings.longest)
    for part in ordered_map(_count_pairs, wanted, _chunks(corpus), processes=processes):
        counts.add(part)
    kept = [one for source in sorted(counts.phrases)
            for one in _most_frequent(source, counts.phrases[source], settings.options)]  # fmt: skip
    counts.phrases.clear()
    totals: Counter[str] = Counter()
    wanted = _Asked(frozenset(one.target for one in kept), settings.longest)
    for counted in ordered_map(_count_targets, wanted, _chunks(corpus), processes=processes):
        totals.update(counted)
    direct, inverse = WordTranslation(counts.words), WordTranslation(swapped(counts.words))
    for one in kept:
        yield _scored(one, totals[one.target], direct, inverse)


def _chunks(corpus: AlignedCorpus) -> Iterator[list[AlignedLines]]:
    lines = corpus.lines()
    while chunk := list(islice(lines, LINES_AT_ONCE)):
        yield chunk


def _count_pairs(asked: _Asked, chunk: list[AlignedLines]) -> _Counts:
    counts = _Counts()
    for pair in (lines.parse() for lines in chunk):
        counts.words.update(count_links(pair))
        spans = _spans(pair.source, asked)
        for block in consistent_blocks(spans, pair.here, pair.there, longest=asked.longest):
            target = pair.target[block.other_begin : block.other_end]
            if SEPARATOR not in target:
                source = " ".join(pair.source[block.begin : block.end])
                seen = counts.phrases.setdefault(source, Counter())
                seen[" ".join(target), _links_inside(pair, block)] += 1
    return counts


def _count_targets(asked: _Asked, chunk: list[AlignedLines]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for pair in (lines.parse() for lines in chunk):
        spans = _spans(pair.target, asked)
        for block in consistent_blocks(spans, pair.there, pair.here, longest=asked.longest):
            source = pair.source[block.other_begin : block.other_end]
            if SEPARATOR not in source:
                counts[" ".join(pair.target[block.begin : block.end])] += 1
    return counts


def _spans(tokens: list[str], asked: _Asked) -> Iterator[tuple[int, int]]:
    for begin in range(len(tokens)):
        for end in range(begin + 1, min(begin + asked.longest, len(tokens)) + 1):
            if " ".join(tokens[begin:end]) in asked.phrases:
                yield begin, end


def _links_inside(pair: AlignedPair, block: Block) -> bytes:
    return bytes(
        place
        for source, target in pair.links
        if block.begin <= source < block.end
        for place in (source - block.begin, target - block.other_begin)
    )


def _most_frequent(source: str, seen: Counter[Seen], options: int) -> list[_Kept]:
    """The ``options`` most frequent target phrases, each with its most frequent links."""
    counts: Counter[str] = Counter()
    links: dict[str, bytes] = {}
    for (target, inside), count in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        counts[target] += count
        links.setdefault(target, inside)
    total = counts.total()
    best = sorted(counts, key=lambda target: (-counts[target], target))[:options]
    return [_Kept(source, one, links[one], counts[one], counts[one] / total) for one in best]


def _scored(
    kept: _Kept, total: int, direct: WordTranslation, inverse: WordTranslation
) -> PhrasePair:
    source, target = split(kept.source), split(kept.target)
    links = list(zip(kept.links[::2], kept.links[1::2], strict=True))
    swapped_links = [(there, here) for here, there in links]
    scores = (
        kept.count / total,
        inverse.weight(target, source, swapped_links),
        kept.share,
        direct.weight(source, target, links),
    )
    return PhrasePair(kept.source, kept.target, scores)
