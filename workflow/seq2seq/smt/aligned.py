"""Sentence pairs with their word alignment: a file of the three, and what is read from it.

A line is ``source TAB target TAB links``: tokens parted by blanks, links in the Pharaoh format
``0-0 1-2``, source-target, from 0.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines, write_lines
from seq2seq.smt.extraction import Reach, reach
from seq2seq.smt.sentences import split
from seq2seq.smt.symmetrize import Link, format_links, parse_links


@dataclass(frozen=True)
class AlignedPair:
    """One sentence pair; ``here`` and ``there`` are the reaches of source and target."""

    source: list[str]
    target: list[str]
    links: list[Link]
    here: Reach
    there: Reach


def write_aligned(
    path: str | Path, pairs: Iterable[tuple[str, str]], links: Iterable[list[Link]]
) -> int:
    """Write both together; the number of pairs is returned.

    Raises:
        UserError: a text with a tab, which would part it.
    """
    both = enumerate(zip(pairs, links, strict=True), start=1)
    return write_lines(path, (_line(number, *pair, own) for number, (pair, own) in both))


def _line(number: int, source: str, target: str, links: list[Link]) -> str:
    if "\t" in source or "\t" in target:
        raise UserError(
            f"sentence pair {number} of the part holds a tab: tokens are parted by blanks. "
            "Tokenize the training text anew."
        )
    return f"{source}\t{target}\t{format_links(links)}"


def read_aligned(path: str | Path) -> Iterator[AlignedPair]:
    """The pairs of a file, as a stream.

    Raises:
        UserError: links of wrong form, or to words that are not there.
    """
    for number, line in enumerate(read_lines(path), start=1):
        try:
            source, target, links = line.split("\t")
            yield _pair(split(source), split(target), parse_links(links))
        except (ValueError, IndexError) as error:
            raise UserError(
                f"{at(path, number)}: a source and a target sentence and links such as `0-0 1-2` "
                f"to their words were expected, parted by tabs, found {line[:60]!r}. Align the "
                "words anew."
            ) from error


def _pair(source: list[str], target: list[str], links: list[Link]) -> AlignedPair:
    here = reach(len(source), links)
    there = reach(len(target), [(two, one) for one, two in links])
    return AlignedPair(source, target, links, here, there)
