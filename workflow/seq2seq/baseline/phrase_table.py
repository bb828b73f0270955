"""The phrase table: phrase pairs of the aligned text with the four customary scores, and reordering.

Phrase pairs are consistent with the word alignment (Och and Ney 2004, Koehn, Och and Marcu 2003).  A
run of words on one side and a run on the other are a phrase pair if at least one link joins them and
no link joins a word inside to a word outside.  Words without links may be at either end.  The
definition is the same from both sides, so the same function serves both.

Only source phrases of the texts to translate are counted, in two passes: first the pairs, of which
the most frequent are kept, then how often the kept target phrases occur with any source phrase, and
the links of their words.  Chunks of text are counted by several processes.  The first pass leaves
sorted files that are added up line by line: memory holds a chunk's counts and the kept target phrases.

A line of the table is ``source ||| target ||| p(s|t) lex(s|t) p(t|s) lex(t|s)``, sorted by source
phrase and then from the most to the least frequent.  With lexicalised reordering follow six more
probabilities, as in Moses' ``msd-bidirectional-fe``: of the ``ORIENTATIONS`` towards the previous
phrase, and of those towards the next.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TypeVar

from seq2seq.baseline.symmetrize import (
    ORIENTATIONS,
    AlignedPair,
    format_links,
    lexical_weight,
    linked_words,
    orientations,
    parse_aligned,
    parse_links,
    reach,
)
from seq2seq.errors import UserError, location
from seq2seq.evaluation.bleu import tokens_of
from seq2seq.io.files import read_lines, write_lines
from seq2seq.runtime.logging import with_progress
from seq2seq.runtime.parallel import batched, fork_map

SCORES = 4
SMOOTHING = 0.5  # of the counts of orientations, as in Moses
SEPARATOR = "|||"  # as a token it cannot be part of a phrase in the table's file

Chunk = tuple[int, list[tuple[int, str]]]  # its number, and lines with their numbers
Result = TypeVar("Result")


class PhrasePair(NamedTuple):
    """One entry; ``scores`` are probabilities in the order of the features, then of reordering."""

    source: str
    target: str
    scores: tuple[float, ...]


PhraseTable = dict[str, list[PhrasePair]]


class KeptPair(NamedTuple):
    """A phrase pair kept in the table, with its most frequent links and its counts.

    ``orientations`` are counts in the order of the table's last scores.
    """

    source: str
    target: str
    links: str
    pair_count: int
    source_count: int
    orientations: tuple[int, ...]

    @property
    def pair(self) -> AlignedPair:
        return AlignedPair(tokens_of(self.source), tokens_of(self.target), parse_links(self.links))


class LexicalTable(NamedTuple):
    """Counts of the links in kept pairs, of their words with any link, and of kept target phrases."""

    links: Counter[tuple[str, str]]
    sources: Counter[str]
    targets: Counter[str]
    phrases: Counter[str]

    def direct(self, source: str, target: str) -> float:
        return self.links[source, target] / self.sources[source]

    def inverse(self, target: str, source: str) -> float:
        return self.links[source, target] / self.targets[target]


@dataclass(frozen=True)
class AlignedText:
    """A file of aligned text, counted in chunks of so many pairs by so many processes."""

    path: str | Path
    pairs: int
    max_phrase_length: int
    chunk_size: int
    processes: int

    def count(self, function: Callable[[Chunk], Result], *, what: str) -> Iterator[Result]:
        """``function`` of each chunk, in order; progress lines count what was read."""
        lines = with_progress(read_lines(self.path), what, total=self.pairs, unit="pairs")
        chunks = enumerate(batched(enumerate(lines, start=1), self.chunk_size))
        return fork_map(function, chunks, processes=self.processes)


class SpanPair(NamedTuple):
    """Source words ``begin`` to ``end`` (exclusive), target words ``left`` to ``right``."""

    begin: int
    end: int
    left: int
    right: int


def phrase_pairs(pair: AlignedPair, asked: Set[str], *, longest: int) -> Iterator[SpanPair]:
    """All phrase pairs of up to ``longest`` words whose source phrase is asked for."""
    here, there = reach(pair), reach(pair.swapped())
    for begin, end, phrase in ngrams(pair.source, longest):
        if phrase not in asked:
            continue
        low = min(first for first, _ in here[begin:end])
        high = max(last for _, last in here[begin:end]) + 1
        if high == 0 or high - low > longest:
            continue
        if any(first < begin or last >= end for first, last in there[low:high] if last >= 0):
            continue
        leftmost = _widened(there, low, -1, max(high - longest, 0))
        rightmost = _widened(there, high - 1, 1, min(low + longest, len(there)) - 1) + 1
        for left in range(low, leftmost - 1, -1):
            for right in range(high, min(rightmost, left + longest) + 1):
                if SEPARATOR not in pair.target[left:right]:
                    yield SpanPair(begin, end, left, right)


def _widened(side: list[tuple[int, int]], place: int, step: int, limit: int) -> int:
    """The last place before a word with links, going by ``step`` and not beyond ``limit``."""
    while place != limit and side[place + step][1] < 0:
        place += step
    return place


def phrase_key(pair: AlignedPair, spans: SpanPair) -> tuple[str, str, str]:
    """Source phrase, target phrase and the links inside."""
    begin, end, left, right = spans
    inside = [(here - begin, there - left) for here, there in pair.links if begin <= here < end]
    source, target = " ".join(pair.source[begin:end]), " ".join(pair.target[left:right])
    return source, target, format_links(inside)


def ngrams(tokens: list[str], longest: int) -> Iterator[tuple[int, int, str]]:
    """All runs of one to ``longest`` tokens: begin, end (exclusive) and text."""
    for begin in range(len(tokens)):
        for end in range(begin + 1, min(begin + longest, len(tokens)) + 1):
            yield begin, end, " ".join(tokens[begin:end])


def source_phrases(lines: Iterable[str], *, longest: int) -> frozenset[str]:
    """All that the texts to translate can ask a table for; the file's separator is no phrase."""
    phrases = {phrase for line in lines for *_, phrase in ngrams(tokens_of(line), longest)}
    return frozenset(phrase for phrase in phrases if SEPARATOR not in phrase.split(" "))


def count_phrase_pairs(text: AlignedText, asked: Set[str], folder: Path) -> list[Path]:
    """The first pass: one sorted file of counts for each chunk, in ``folder``."""

    def count(chunk: Chunk) -> Path:
        output, counts = folder / f"{chunk[0]}.tsv", Counter[tuple[str, ...]]()
        for pair in parse_aligned(text.path, chunk[1]):
            links = pair.with_ends()
            found = phrase_pairs(pair, asked, longest=text.max_phrase_length)
            counts.update((*phrase_key(pair, one), *orientations(links, *one)) for one in found)
        write_lines(output, ("\t".join((*key, str(counts[key]))) for key in sorted(counts)))
        return output

    return list(text.count(count, what="phrase pairs"))


def prune_phrase_table(files: Iterable[Path], *, limit: int) -> Iterator[KeptPair]:
    """The ``limit`` most frequent target phrases of each source phrase, most frequent first."""
    merged = heapq.merge(*map(_read_counts, files), key=itemgetter(0))
    for source, rows in groupby(merged, key=lambda row: row[0][0]):
        best: list[tuple[int, str, str, tuple[int, ...]]] = []
        source_count = 0
        for target, same in groupby(rows, key=lambda row: row[0][1]):
            links, previous, following = Counter[str](), Counter[str](), Counter[str]()
            for (*_, inside, before, after), count in same:
                links[inside] += count
                previous[before] += count
                following[after] += count
            source_count += links.total()
            beside = tuple(counts[one] for counts in (previous, following) for one in ORIENTATIONS)
            most = min(links, key=lambda one: (-links[one], one))
            best.append((-links.total(), target, most, beside))
            if len(best) > 2 * limit:
                best = sorted(best)[:limit]
        for count, target, inside, beside in sorted(best)[:limit]:
            yield KeptPair(source, target, inside, -count, source_count, beside)


def write_kept(path: str | Path, kept: Iterable[KeptPair]) -> None:
    write_lines(path, ("\t".join(map(str, (*one[:-1], *one.orientations))) for one in kept))


def read_kept(path: str | Path) -> Iterator[KeptPair]:
    for line in read_lines(path):
        source, target, links, pairs, sources, *beside = line.split("\t")
        yield KeptPair(source, target, links, int(pairs), int(sources), tuple(map(int, beside)))


def _read_counts(path: Path) -> Iterator[tuple[tuple[str, ...], int]]:
    for line in read_lines(path):
        *key, count = line.split("\t")
        yield tuple(key), int(count)


def count_target_phrases(text: AlignedText, kept: Iterable[KeptPair]) -> LexicalTable:
    """The second pass: count what the scores of the kept pairs need."""
    phrases, links = set[str](), set[tuple[str, str]]()
    for one in kept:
        phrases.add(one.target)
        links.update(linked_words(one.pair))
    sources, targets = {source for source, _ in links}, {target for _, target in links}

    def count(chunk: Chunk) -> LexicalTable:
        table = LexicalTable(Counter(), Counter(), Counter(), Counter())
        for pair in parse_aligned(text.path, chunk[1]):
            found = phrase_pairs(pair.swapped(), phrases, longest=text.max_phrase_length)
            table.phrases.update(" ".join(pair.target[begin:end]) for begin, end, *_ in found)
            linked = list(linked_words(pair))
            table.sources.update(source for source, _ in linked if source in sources)
            table.targets.update(target for _, target in linked if target in targets)
            table.links.update(one for one in linked if one in links)
        return table

    total = LexicalTable(Counter(), Counter(), Counter(), Counter())
    for table in text.count(count, what="target phrases"):
        for counts, found in zip(total, table, strict=True):
            counts.update(found)  # type: ignore[attr-defined]
    return total


def score_phrases(
    kept: Iterable[KeptPair], table: LexicalTable, *, reordering: bool
) -> Iterator[PhrasePair]:
    for one in kept:
        pair, total = one.pair, one.pair_count + SMOOTHING * len(ORIENTATIONS)
        beside = [(count + SMOOTHING) / total for count in one.orientations if reordering]
        scores = (
            one.pair_count / table.phrases[one.target],
            lexical_weight(pair.swapped(), table.inverse),
            one.pair_count / one.source_count,
            lexical_weight(pair, table.direct),
            *beside,
        )
        yield PhrasePair(one.source, one.target, scores)


def write_phrase_table(path: str | Path, pairs: Iterable[PhrasePair]) -> int:
    """Write the pairs as they come; returns their number."""
    lines = (
        f" {SEPARATOR} ".join((source, target, " ".join(f"{score:.8g}" for score in scores)))
        for source, target, scores in pairs
    )
    return write_lines(path, lines)


def read_phrase_table(
    path: str | Path, to_translate: Sequence[str], *, reordering: bool
) -> PhraseTable:
    """The entries of each source phrase that occurs in these lines, in the order of the file."""
    table: PhraseTable = {}
    asked, longest = frozenset[str](), 0
    expected = SCORES + 2 * len(ORIENTATIONS) * reordering
    for number, line in enumerate(read_lines(path), start=1):
        try:
            source, target, values = line.split(f" {SEPARATOR} ")
            scores = tuple(float(value) for value in values.split(" "))
            if len(scores) != expected or not all(0.0 < one <= 1.0 for one in scores):
                raise ValueError(values)
        except ValueError as error:
            raise UserError(
                f"{location(path, number)}: expected `source ||| target |||` and {expected} numbers, "
                f"found {line[:80]!r}. Extract the phrases again."
            ) from error
        if source.count(" ") >= longest:
            asked = source_phrases(to_translate, longest=(longest := source.count(" ") + 1))
        if source in asked:
            table.setdefault(source, []).append(PhrasePair(source, target, scores))
    return table
