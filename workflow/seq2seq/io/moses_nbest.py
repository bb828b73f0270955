"""Moses n-best lists as they are found: ``0 ||| the text ||| F= 1 2 ||| -3.4``, also gzipped.

Real lists lack the blank before the first bars, have double blanks, repeat a text, give several values
to a label, add alignment fields, or hold fewer hypotheses than asked for; all of that is read.  Spec:
the Moses manual, "Generating n-Best Lists".
"""

import html
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines
from seq2seq.io.nbest import Hypothesis

BARS = "|||"
_ENTITIES = re.compile(r"&(?:apos|quot|amp|lt|gt|#124|#91|#93);")


@dataclass(frozen=True)
class MosesLine:
    """A line as it stands but for the blanks around its fields; ``more`` are fields of alignment."""

    sentence: int
    text: str
    features: str
    total: float
    more: tuple[str, ...]

    @property
    def tokens(self) -> str:
        """The words of the text, parted by one blank, Moses' entities resolved."""
        words = (token for token in self.text.replace("\t", " ").split(" ") if token)
        return unescape(" ".join(words))

    def __str__(self) -> str:
        fields = (str(self.sentence), self.text, self.features, f"{self.total:.9g}", *self.more)
        return f" {BARS} ".join(fields)


def unescape(text: str) -> str:
    """Moses' names for what it cannot have in its text, such as ``&apos;``, and nothing else."""
    return _ENTITIES.sub(lambda found: html.unescape(found[0]), text)


def parse_lists(lines: Iterable[str], name: object, *, sentences: int) -> Iterator[list[MosesLine]]:
    """The lines of each sentence that has some, as a stream, in the order in which they stand.

    Args:
        name: of the file, for messages.
        sentences: of the test set; a list for another one is refused.

    Raises:
        UserError: a malformed line, a number out of order or out of range; with file and line.
    """
    parsed = _in_order(lines, name, sentences)
    for _, group in groupby(parsed, key=lambda line: line.sentence):
        yield list(group)


def _in_order(lines: Iterable[str], name: object, sentences: int) -> Iterator[MosesLine]:
    current = -1
    for number, text in enumerate(lines, start=1):
        line = _parse(text, at(name, number))
        if not 0 <= line.sentence < sentences:
            raise UserError(
                f"{at(name, number)}: sentence {line.sentence}, but the test set has {sentences} "
                "sentences, numbered from 0. Give the list that was made for this test set."
            )
        if line.sentence < current:
            raise UserError(
                f"{at(name, number)}: sentence {line.sentence} comes after sentence {current}. "
                "Sort the list by its sentence numbers."
            )
        current = line.sentence
        yield line
    if current < 0:
        raise UserError(f"{name}: holds no hypothesis. Give the list of this test set.")


def _parse(line: str, place: str) -> MosesLine:
    fields = [field.strip(" \r") for field in line.split(BARS)]
    try:
        if len(fields) < 4:
            raise ValueError(f"{len(fields)} fields between bars, at least 4 are needed")
        sentence, total = int(fields[0]), float(fields[3])
        if not math.isfinite(total):
            raise ValueError(f"the total is {total}, no finite number")
    except ValueError as error:
        raise UserError(
            f"{place}: {error}; a Moses n-best line reads `0 ||| text ||| features ||| total`."
        ) from error
    return MosesLine(sentence, fields[1], fields[2], total, tuple(fields[4:]))


def read_moses(path: str | Path, *, sentences: int) -> Iterator[Hypothesis]:
    """The hypotheses with their total score, each sentence's texts once, best first.

    Raises:
        UserError: as ``parse_lists``.
    """
    for lines in parse_lists(read_lines(path), path, sentences=sentences):
        texts: dict[str, float] = {}
        for line in lines:
            texts[line.tokens] = max(line.total, texts.get(line.tokens, line.total))
        ranked = sorted(texts.items(), key=lambda item: -item[1])
        for rank, (text, total) in enumerate(ranked, start=1):
            yield Hypothesis(lines[0].sentence, rank, (total,), text)
