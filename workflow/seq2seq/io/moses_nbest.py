"""Read Moses n-best lists, ``0 ||| the text ||| F= 1 2 ||| -3.4``, also gzipped.

Real lists lack the space before the first bars, have double spaces, repeat a text, give several
values to a label, add alignment fields, or hold fewer hypotheses than requested; we read all of that.
Spec: the Moses manual, "Generating n-Best Lists".
"""

import html
import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from seq2seq.errors import UserError, location
from seq2seq.io.files import parse_number, read_lines
from seq2seq.io.nbest import Hypothesis

BARS = "|||"
_ENTITIES = re.compile(r"&(?:apos|quot|amp|lt|gt|#124|#91|#93);")
_SEGMENTATION = re.compile(r"\|[0-9]+-[0-9]+\|")
_SEGMENTATION_ENRICHED = re.compile(r"\|[0-9]+-[0-9]+,")
_MOST_MISSING = 0.01  # of the sentences; Moses gives every line at least one hypothesis


@dataclass(frozen=True)
class MosesLine:
    """A line with its fields stripped; ``more`` are alignment fields."""

    sentence: int
    text: str
    features: str
    total: float
    more: tuple[str, ...]

    @property
    def tokens(self) -> str:
        """The words of the text, entities resolved, without the marks of ``-report-segmentation``."""
        tokens = self.text.replace("\t", " ").split(" ")
        return unescape(" ".join(t for t in tokens if t and not _SEGMENTATION.fullmatch(t)))

    def __str__(self) -> str:
        fields = (str(self.sentence), self.text, self.features, f"{self.total:.9g}", *self.more)
        return f" {BARS} ".join(fields)


def unescape(text: str) -> str:
    """Resolve the entities that Moses writes, such as ``&apos;``, and no others."""
    return _ENTITIES.sub(lambda found: html.unescape(found[0]), text)


def warn(problem: str, share: float) -> None:
    """Some sentences have no list, ``share`` of them."""
    logging.getLogger("seq2seq").info(f"warning: {problem}")


def refuse_many(problem: str, share: float) -> None:
    if share > _MOST_MISSING:
        raise UserError(f"{problem}. Give the lists of all sentences of this source.")
    warn(problem, share)


def parse_lists(
    lines: Iterable[str],
    name: object,
    *,
    sentences: int,
    longer: bool = False,
    on_missing: Callable[[str, float], None] = warn,
) -> Iterator[list[MosesLine]]:
    """The lines of each sentence that has some, as a stream, in file order.

    ``sentences`` is the test set's number of sentences; a list for another one is refused, or cut
    if it may be ``longer``.  ``on_missing`` is called at the end if sentences have no list.
    """
    found, first = 0, 0
    ordered = _in_order(lines, name, sentences, longer)
    for sentence, group in groupby(ordered, key=lambda one: one.sentence):
        yield list(group)
        found, first = found + 1, first + (first == sentence)
    if missing := sentences - found:
        problem = f"{missing:,} of {sentences:,} sentences have no list, the first is {first}"
        on_missing(f"{name}: {problem} (from 0)", missing / sentences)


def _in_order(
    lines: Iterable[str], name: object, sentences: int, longer: bool
) -> Iterator[MosesLine]:
    current = -1
    for number, text in enumerate(lines, start=1):
        place = location(name, number)
        line = _parse(text, place)
        if longer and line.sentence >= sentences:
            return
        if not 0 <= line.sentence < sentences:
            raise UserError(
                f"{place}: sentence {line.sentence}, but the test set has {sentences} sentences, "
                "numbered from 0. Give the list of this test set."
            )
        if line.sentence < current:
            raise UserError(
                f"{place}: sentence {line.sentence} comes after sentence {current}. Sort the list "
                "by sentence number."
            )
        current = line.sentence
        yield line
    if current < 0:
        raise UserError(f"{name}: holds no hypothesis. Give the list of this test set.")


def _parse(line: str, place: str) -> MosesLine:
    fields = [field.strip(" \r") for field in line.split(BARS)]
    try:
        if len(fields) < 4:
            raise ValueError(f"{len(fields)} fields between bars, but at least 4 are needed")
        sentence, total = parse_number(fields[0], int), parse_number(fields[3], float)
        if not math.isfinite(total):
            raise ValueError(f"the total is {total}, not a finite number")
        if _SEGMENTATION_ENRICHED.search(fields[1]):
            raise ValueError("scores in the text; run Moses without -report-segmentation-enriched")
    except ValueError as error:
        raise UserError(
            f"{place}: {error}; a Moses n-best line reads `0 ||| text ||| features ||| total`."
        ) from error
    return MosesLine(sentence, fields[1], fields[2], total, tuple(fields[4:]))


def read_moses(
    path: str | Path, *, sentences: int, longer: bool = False, features: Sequence[str] = ()
) -> Iterator[Hypothesis]:
    """The distinct hypotheses of each sentence with these features and the total, best first."""
    lists = parse_lists(
        read_lines(path), path, sentences=sentences, longer=longer, on_missing=refuse_many
    )
    for lines in lists:
        best: dict[str, MosesLine] = {}
        for line in lines:
            known = best.setdefault(line.tokens, line)
            if line.total > known.total:
                best[line.tokens] = line
        ranked = sorted(best.items(), key=lambda item: -item[1].total)
        for rank, (text, line) in enumerate(ranked, start=1):
            values = _values_of(line, features, path) if features else ()
            yield Hypothesis(line.sentence, rank, (*values, line.total), text)


def feature_names(path: str | Path) -> tuple[str, ...]:
    """The features of a list's first line: ``LM0``, or of several values ``TranslationModel0_1``."""
    return tuple(_parse_features(_parse(next(read_lines(path), ""), location(path, 1)), path))


def _values_of(line: MosesLine, names: Sequence[str], path: str | Path) -> tuple[float, ...]:
    found = _parse_features(line, path)
    if list(found) != list(names):
        raise UserError(
            f"{path}: sentence {line.sentence}: its features are {', '.join(found)}, but those of the "
            f"test set's list are {', '.join(names)}. Make both lists by one Moses without sparse "
            "features, or set `baseline.nbest_dev` to null."
        )
    return tuple(found.values())


def _parse_features(line: MosesLine, path: str | Path) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    label = "feature"  # where Moses was asked for a list without labels
    try:
        for word in line.features.split():
            if word.endswith("="):
                label = word[:-1]
            else:
                values.setdefault(label, []).append(parse_number(word, float))
    except ValueError as error:
        raise UserError(
            f"{path}: sentence {line.sentence}: {error} in the features {line.features[:80]!r}; "
            "expected `LM0= -9.1 Distortion0= -4` and so on. Give the list that Moses wrote."
        ) from error
    return {
        f"{label}_{place}" if len(own) > 1 else label: value
        for label, own in values.items()
        for place, value in enumerate(own, start=1)
    }
