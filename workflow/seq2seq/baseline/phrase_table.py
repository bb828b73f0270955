"""The phrase table: phrase pairs of the aligned text with the four customary scores.

Only source phrases of the texts to translate are counted, in two passes: first the pairs, of which
the most frequent are kept, then how often the kept target phrases occur with any source phrase, and
the links of their words.  Chunks of text are counted by several processes.  The first pass leaves
sorted files that are added up line by line, so memory grows with the texts to translate alone.

A line of the table is ``source ||| target ||| p(s|t) lex(s|t) p(t|s) lex(t|s)``, sorted by source
phrase and then from the most to the least frequent.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TypeVar

from seq2seq.baseline.extraction import SEPARATOR, ngrams, phrase_key, phrase_pairs
from seq2seq.baseline.symmetrize import AlignedPair, Link, parse_aligned, parse_links
from seq2seq.errors import UserError, location
from seq2seq.evaluation.bleu import tokens_of
from seq2seq.io.files import read_lines, write_lines
from seq2seq.runtime.logging import Progress
from seq2seq.runtime.parallel import batched, fork_map

NO_WORD = ""
SCORES = 4

Chunk = tuple[int, list[tuple[int, str]]]  # its number, and lines with their numbers
Result = TypeVar("Result")
Phrases = frozenset[str]


class PhrasePair(NamedTuple):
    """One entry; ``scores`` are four probabilities in the order of the features."""

    source: str
    target: str
    scores: tuple[float, ...]


PhraseTable = dict[str, list[PhrasePair]]


@dataclass(frozen=True)
class KeptPair:
    """A phrase pair kept in the table, with its most frequent links and its counts."""

    source: str
    target: str
    links: str
    count: int
    source_count: int


class LexicalTable(NamedTuple):
    """Counts of linked words, of those in kept phrases alone, and of kept target phrases."""

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
        """``function`` of each chunk, in order, with progress lines."""
        lines = enumerate(read_lines(self.path), start=1)
        chunks = enumerate(batched(lines, self.chunk_size))
        progress, left = Progress(what, total=self.pairs, unit="pairs"), self.pairs
        for result in fork_map(function, chunks, processes=self.processes):
            progress.advance(min(left, self.chunk_size))
            left -= self.chunk_size
            yield result
        progress.finish()


def source_phrases(lines: Iterable[str], *, longest: int) -> Phrases:
    """All that the texts to translate can ask a table for; the file's separator is no phrase."""
    phrases = {phrase for line in lines for *_, phrase in ngrams(tokens_of(line), longest)}
    return frozenset(phrase for phrase in phrases if SEPARATOR not in phrase.split(" "))


def count_phrase_pairs(text: AlignedText, asked: Phrases, folder: Path) -> list[Path]:
    """The first pass: one sorted file of counts for each chunk, in ``folder``."""

    def count(chunk: Chunk) -> Path:
        output, counts = folder / f"{chunk[0]}.tsv", Counter[tuple[str, str, str]]()
        for pair in parse_aligned(text.path, chunk[1]):
            found = phrase_pairs(pair, asked, longest=text.max_phrase_length)
            counts.update(phrase_key(pair, spans) for spans in found)
        write_lines(output, ("\t".join((*key, str(counts[key]))) for key in sorted(counts)))
        return output

    return list(text.count(count, what="phrase pairs"))


def prune_phrase_table(files: Iterable[Path], *, limit: int) -> Iterator[KeptPair]:
    """The ``limit`` most frequent target phrases of each source phrase, most frequent first."""
    merged = heapq.merge(*map(_read_counts, files), key=itemgetter(0))
    for source, rows in groupby(merged, key=lambda row: row[0][0]):
        totals: Counter[str] = Counter()
        links: dict[str, Counter[str]] = {}
        for (_, target, inside), count in rows:
            totals[target] += count
            links.setdefault(target, Counter())[inside] += count
        best = sorted(totals, key=lambda target: (-totals[target], target))[:limit]
        for target in best:
            inside = min(links[target], key=lambda one: (-links[target][one], one))
            yield KeptPair(source, target, inside, totals[target], totals.total())


def _read_counts(path: Path) -> Iterator[tuple[tuple[str, ...], int]]:
    for line in read_lines(path):
        *key, count = line.split("\t")
        yield tuple(key), int(count)


def count_target_phrases(text: AlignedText, kept: Sequence[KeptPair]) -> LexicalTable:
    """The second pass: all that the scores of the kept pairs need."""
    phrases = frozenset(one.target for one in kept)
    sources = frozenset(word for one in kept for word in tokens_of(one.source)) | {NO_WORD}
    targets = frozenset(word for one in kept for word in tokens_of(one.target)) | {NO_WORD}

    def count(chunk: Chunk) -> LexicalTable:
        table = LexicalTable(Counter(), Counter(), Counter(), Counter())
        for pair in parse_aligned(text.path, chunk[1]):
            found = phrase_pairs(pair.swapped(), phrases, longest=text.max_phrase_length)
            table.phrases.update(" ".join(pair.target[begin:end]) for begin, end, *_ in found)
            linked = list(linked_words(pair))
            table.sources.update(source for source, _ in linked if source in sources)
            table.targets.update(target for _, target in linked if target in targets)
            table.links.update(one for one in linked if one[0] in sources and one[1] in targets)
        return table

    total = LexicalTable(Counter(), Counter(), Counter(), Counter())
    for table in text.count(count, what="target phrases"):
        total.links.update(table.links)
        total.sources.update(table.sources)
        total.targets.update(table.targets)
        total.phrases.update(table.phrases)
    return total


def linked_words(pair: AlignedPair) -> Iterator[tuple[str, str]]:
    """The words of all links, source and target, and each word without links with ``NO_WORD``."""
    yield from ((pair.source[here], pair.target[there]) for here, there in pair.links)
    sources, targets = {here for here, _ in pair.links}, {there for _, there in pair.links}
    yield from ((word, NO_WORD) for k, word in enumerate(pair.source) if k not in sources)
    yield from ((NO_WORD, word) for k, word in enumerate(pair.target) if k not in targets)


def score_phrases(kept: Iterable[KeptPair], table: LexicalTable) -> Iterator[PhrasePair]:
    """The kept pairs with their scores."""
    for one in kept:
        source, target = tokens_of(one.source), tokens_of(one.target)
        links = parse_links(one.links)
        swapped = [(there, here) for here, there in links]
        scores = (
            one.count / table.phrases[one.target],
            lexical_weight(target, source, swapped, table.inverse),
            one.count / one.source_count,
            lexical_weight(source, target, links, table.direct),
        )
        yield PhrasePair(one.source, one.target, scores)


def lexical_weight(
    given: list[str],
    explained: list[str],
    links: Sequence[Link],
    probability: Callable[[str, str], float],
) -> float:
    """How well the words of a phrase pair agree; a link is (place given, place explained).

    A word linked to several has the mean of their probabilities, a word without links that of
    having no counterpart.
    """
    partners: list[list[str]] = [[] for _ in explained]
    for here, there in links:
        partners[there].append(given[here])
    return prod(
        sum(probability(other, word) for other in others or [NO_WORD]) / max(len(others), 1)
        for word, others in zip(explained, partners, strict=True)
    )


def write_phrase_table(path: str | Path, pairs: Iterable[PhrasePair]) -> int:
    """Write the pairs as they come; returns their number."""
    return write_lines(path, map(_line, pairs))


def _line(pair: PhrasePair) -> str:
    scores = " ".join(format(score, ".8g") for score in pair.scores)
    return f"{pair.source} {SEPARATOR} {pair.target} {SEPARATOR} {scores}"


def read_phrase_table(path: str | Path) -> PhraseTable:
    """The entries of each source phrase, in the order of the file.

    Raises:
        UserError: a line that is not a phrase pair with four probabilities above zero.
    """
    grouped = groupby(_pairs(path), key=lambda pair: pair.source)
    return {source: list(pairs) for source, pairs in grouped}


def _pairs(path: str | Path) -> Iterator[PhrasePair]:
    for number, line in enumerate(read_lines(path), start=1):
        try:
            source, target, values = line.split(f" {SEPARATOR} ")
            scores = tuple(float(value) for value in values.split(" "))
            if len(scores) != SCORES or not all(0.0 < one <= 1.0 for one in scores):
                raise ValueError(values)
        except ValueError as error:
            raise UserError(
                f"{location(path, number)}: expected `source ||| target ||| .1 .2 .3 .4`, "
                f"found {line[:80]!r}. Extract the phrases again."
            ) from error
        yield PhrasePair(source, target, scores)
