"""Read a corpus as a stream of sentence pairs from plain, compressed or archived files.

Sides may be plain text, gzip, bzip2 or xz, members of tar or zip archives, SGML test sets, and columns
of tab-separated files.  Lines end at ``\\n`` alone.  A ``\\r`` before it and a byte order mark are
dropped; every other character is kept, U+2028 and NUL too.  Lines are limited to ``LONGEST_LINE``.
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from seq2seq.config.data import HubDataset
from seq2seq.data.archive_members import BROKEN, open_member
from seq2seq.data.catalogue import Corpus, CorpusSide
from seq2seq.errors import UserError, location, optional_package
from seq2seq.io.files import in_pairs

LONGEST_LINE = 1 << 20  # bytes; the longest line of the five WMT corpora has a few thousand
_COMPRESSED = (".gz", ".bz2", ".xz")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SGML = (".sgm", ".sgml")
MOST_CHARACTERS = 100_000_000  # files are read whole; test sets have about a million
_SPACES = " \t\r\n"
_SGML_TAG = re.compile(r"<(?P<end>/?)(?P<tag>seg|doc)\b(?P<attributes>[^>]*)>", re.I)
_SGML_ID = re.compile(r"\b(?:docid|id)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I)


def read_pairs(corpus: Corpus | HubDataset, downloads: str | Path) -> Iterator[tuple[str, str]]:
    """The pairs of a corpus whose files are in the folder ``downloads``, or of the Hub."""
    if isinstance(corpus, HubDataset):
        yield from _read_hub(corpus)
        return
    names = " and ".join(file.name for file in corpus.files)
    again = f"Download {names} again" if corpus.files[0].urls else f"Correct {names}"
    name = f"corpus `{corpus.name}`"
    source, target = (read_side(side, downloads) for side in (corpus.source, corpus.target))
    count = 0
    for pair in in_pairs(source, target, name, f"{again}."):
        count += 1
        yield pair
    if count == 0:
        raise UserError(f"{name} is empty. {again}.")
    if corpus.pairs is not None and count != corpus.pairs:
        raise UserError(
            f"{name} has {count} pairs, but the catalogue says {corpus.pairs}. {again} or correct "
            "the catalogue."
        )


def _read_hub(dataset: HubDataset) -> Iterator[tuple[str, str]]:
    """The pairs of a dataset of the Hub; a line break within a sentence becomes a space."""
    datasets, which = optional_package("datasets"), (dataset.hf, dataset.subset)
    try:
        rows = datasets.load_dataset(*which, split=dataset.split, revision=dataset.revision)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"{dataset.hf}: cannot be loaded from the Hub. {error}") from error
    for number, row in enumerate(rows):
        texts = row.get("translation", row)
        pair = [texts.get(side) for side in (dataset.source, dataset.target)]
        if not all(isinstance(text, str) for text in pair):
            raise UserError(
                f"{dataset.hf}: row {number} of `{dataset.split}` has no text in `{dataset.source}` "
                f"or `{dataset.target}`, but in {', '.join(texts)}. Name both beside `hf`."
            )
        yield " ".join(pair[0].splitlines()), " ".join(pair[1].splitlines())


def read_side(side: CorpusSide, downloads: str | Path) -> Iterator[str]:
    """The sentences of one side of a corpus; errors name the line."""
    path = Path(downloads) / side.file.name
    is_member = side.member != "."
    place = f"{path}:{side.member}" if is_member else str(path)
    name = Path(side.member if is_member else path.name)
    with open_member(path, side.member) as raw:
        lines = _decoded(raw, place)
        if str(name.with_suffix("") if name.suffix in _COMPRESSED else name).endswith(_SGML):
            lines = _segments(lines, place)
        yield from lines if side.column is None else _column(lines, side.column, place)


def _decoded(raw: io.BufferedReader, place: str) -> Iterator[str]:
    number = 0
    try:
        while line := raw.readline(LONGEST_LINE + 1):
            number += 1
            _check_line(line, number, place)
            text = line.decode("utf-8").removesuffix("\n").removesuffix("\r")
            yield text.removeprefix("\ufeff") if number == 1 else text
    except UnicodeDecodeError as error:
        raise UserError(
            f"{location(place, number)}: not valid UTF-8 ({error.reason}). Convert the file to UTF-8."
        ) from error
    except BROKEN as error:
        raise UserError(
            f"{location(place, number + 1)}: the file is truncated or damaged ({error}). Download it "
            "again."
        ) from error


def _check_line(line: bytes, number: int, place: str) -> None:
    if len(line) > LONGEST_LINE:
        raise UserError(
            f"{location(place, number)}: longer than {LONGEST_LINE:,} bytes. Give a text with one "
            "sentence per line."
        )
    if number == 1 and (line.startswith(_UTF_16) or 3 * line.count(0) > len(line)):
        raise UserError(
            f"{location(place, number)}: looks like UTF-16, not UTF-8. Convert the file to UTF-8."
        )


def _column(lines: Iterable[str], column: int, place: str) -> Iterator[str]:
    """One column of a table in which all lines have the same number of columns."""
    columns = 0
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t")
        columns = columns or len(fields)
        if len(fields) != columns or len(fields) < column:
            raise UserError(
                f"{location(place, number)}: {len(fields)} tab-separated columns, but "
                f"{max(columns, column)} were expected. Correct the line, whose text may contain a "
                "tab, or the column in the catalogue."
            )
        yield fields[column - 1]


def _segments(lines: Iterable[str], place: str) -> Iterator[str]:
    """The segments of an SGML test set, as WMT publishes them: stripped, each on one line.

    These files are not XML: ``&`` is literal and there are no entities.  We look for a few tags only.
    """
    text = _read_whole(lines, place)

    def wrong(tag: re.Match[str], problem: str) -> UserError:
        line = text.count("\n", 0, tag.start()) + 1
        return UserError(f"{location(place, line)}: {problem}. Download the file again, or fix it.")

    def check_unique(tag: re.Match[str], known: set[str], kind: str) -> None:
        found = _SGML_ID.search(tag["attributes"])
        name = found and (found[1] or found[2] or found[3])
        if name in known:
            raise wrong(tag, f"{kind} `{name}` appears twice")
        known.update([name] if name else [])

    opening: re.Match[str] | None = None
    documents, names = set[str](), set[str]()
    count = 0
    for tag in _SGML_TAG.finditer(text):
        if tag["tag"].lower() == "doc":
            names = set()
            if not tag["end"]:
                check_unique(tag, documents, "document")
        elif not tag["end"]:
            if opening is not None:
                raise wrong(opening, "this segment does not end before the next begins")
            check_unique(tag, names, "segment")
            opening = tag
        elif opening is None:
            raise wrong(tag, "a segment ends here that did not begin")
        else:
            count += 1
            parts = (part.strip(_SPACES) for part in text[opening.end() : tag.start()].split("\n"))
            yield " ".join(filter(None, parts))
            opening = None
    if opening is not None:
        raise wrong(opening, "this segment does not end")
    if count == 0:
        raise UserError(f"{place}: holds no segments (`<seg id=...>`). Give an SGML test set.")


def _read_whole(lines: Iterable[str], place: str) -> str:
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > MOST_CHARACTERS:
            raise UserError(
                f"{place}: more than {MOST_CHARACTERS:,} characters, too long for a test set. Give a "
                "large corpus as plain text."
            )
        kept.append(line)
    return "\n".join(kept)
