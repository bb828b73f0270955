"""The training text with its word alignment, read together from three files."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from seq2seq.errors import UserError, at
from seq2seq.files import read_lines, read_parallel
from seq2seq.smt.extraction import Reach, reach
from seq2seq.smt.sentences import split
from seq2seq.smt.symmetrize import Link, parse_links


@dataclass(frozen=True)
class AlignedCorpus:
    """Where a word-aligned corpus lies, and how many of its first pairs are used (None: all)."""

    source: Path
    target: Path
    alignment: Path
    training_pairs: int | None

    def lines(self) -> Iterator["AlignedLines"]:
        """Every sentence pair, as often as one wants.

        Raises:
            UserError: the files do not belong together.
        """
        links = read_lines(self.alignment)
        pairs = islice(read_parallel(self.source, self.target), self.training_pairs)
        for number, (source, target) in enumerate(pairs, start=1):
            if (line := next(links, None)) is None:
                raise self._other_corpus(number, "has no such line")
            yield AlignedLines(self, number, source, target, line)
        if next(links, None) is not None:
            raise self._other_corpus(number + 1, "goes on after the last sentence pair")

    def _other_corpus(self, number: int, what: str) -> UserError:
        return UserError(
            f"{at(self.alignment, number)}: {what}, so it does not belong to {self.source} and "
            f"{self.target}. Align the words anew."
        )


@dataclass(frozen=True)
class AlignedLines:
    """One sentence pair and its links as text, cheap to keep and to send to a process."""

    corpus: AlignedCorpus
    number: int
    source: str
    target: str
    links: str

    def parse(self) -> "AlignedPair":
        """The same as words and numbers.

        Raises:
            UserError: links of wrong form, or to words that are not there.
        """
        source, target = split(self.source), split(self.target)
        try:
            links = parse_links(self.links)
            here = reach(len(source), links)
            there = reach(len(target), [(two, one) for one, two in links])
        except (ValueError, IndexError) as error:
            raise UserError(
                f"{at(self.corpus.alignment, self.number)}: links look like `0-0 1-2` and point to "
                f"words of line {self.number} of {self.corpus.source} and {self.corpus.target}, "
                f"found {self.links[:60]!r}. Align the words anew."
            ) from error
        return AlignedPair(source, target, links, here, there)


@dataclass(frozen=True)
class AlignedPair:
    """One sentence pair; ``here`` and ``there`` are the reaches of source and target."""

    source: list[str]
    target: list[str]
    links: list[Link]
    here: Reach
    there: Reach
