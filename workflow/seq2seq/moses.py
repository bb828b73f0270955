"""Moses n-best lists as they are found: ``0 ||| the text ||| F= 1 2 ||| -3.4``, also gzipped.

Real lists lack the blank before the first bars, have double blanks, repeat a text, give several values
to a label, add alignment fields, or hold fewer hypotheses than asked for; all of that is read.  Spec:
the Moses manual, "Generating n-Best Lists".
"""

import html
import math
import re
from collections.abc import Iterator
from pathlib import Path

from seq2seq.errors import UserError, at
from seq2seq.files import read_lines
from seq2seq.nbest import Hypothesis

_ENTITIES = re.compile(r"&(?:apos|quot|amp|lt|gt|#124|#91|#93);")


def read_moses(path: str | Path, *, sentences: int) -> Iterator[Hypothesis]:
    """The hypotheses with their total score, each sentence's texts once, best first.

    Args:
        sentences: of the test set; a list for another one is refused.

    Raises:
        UserError: a malformed line, a number out of order or out of range; with file and line.
    """
    current, texts = -1, dict[str, float]()
    for line_number, line in enumerate(read_lines(path), start=1):
        sentence, text, total = _fields(line, at(path, line_number), sentences)
        if sentence < current:
            raise UserError(
                f"{at(path, line_number)}: sentence {sentence} comes after sentence {current}. "
                "Sort the list by its sentence numbers."
            )
        if sentence > current:
            yield from _ranked(current, texts)
            current, texts = sentence, {}
        texts[text] = max(total, texts.get(text, total))
    if current == -1:
        raise UserError(f"{path}: holds no hypothesis. Give the list of this test set.")
    yield from _ranked(current, texts)


def _fields(line: str, place: str, sentences: int) -> tuple[int, str, float]:
    fields = [field.strip(" ") for field in line.split("|||")]
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
    if not 0 <= sentence < sentences:
        raise UserError(
            f"{place}: sentence {sentence}, but the test set has {sentences} sentences, numbered "
            "from 0. Give the list that was made for this test set."
        )
    tokens = [token for token in fields[1].replace("\t", " ").split(" ") if token]
    return sentence, _ENTITIES.sub(lambda found: html.unescape(found[0]), " ".join(tokens)), total


def _ranked(sentence: int, texts: dict[str, float]) -> Iterator[Hypothesis]:
    ranked = sorted(texts.items(), key=lambda item: -item[1])
    for rank, (text, total) in enumerate(ranked, start=1):
        yield Hypothesis(sentence, rank, (total,), text)
