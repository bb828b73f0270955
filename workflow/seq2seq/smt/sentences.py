"""Tokenized text as this package reads it: one sentence a line, tokens joined by one blank."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def evenly(items: Iterable[T], *, total: int, wanted: int) -> Iterator[T]:
    """``wanted`` of the ``total`` items, as evenly spaced as whole numbers can be."""
    for place, item in enumerate(items):
        if place * wanted // total < (place + 1) * wanted // total:
            yield item


def split(line: str) -> list[str]:
    """The tokens of a line; an empty line has none."""
    return line.split(" ") if line else []


def ngrams(tokens: list[str], longest: int) -> list[str]:
    """All runs of one to ``longest`` tokens, each joined by blanks, as often as they occur."""
    return [
        " ".join(tokens[begin:end])
        for begin in range(len(tokens))
        for end in range(begin + 1, min(begin + longest, len(tokens)) + 1)
    ]
