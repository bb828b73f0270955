"""A corpus as a stream of pairs, out of whatever its sides are packed in.

Plain text, gzip, bzip2 or xz, a member of a tar or zip archive (itself perhaps packed), SGML test sets,
and columns of tab-separated files.  Lines end at ``\\n`` alone; a ``\\r`` before it and a byte order
mark are dropped, every other character is kept, U+2028 and NUL too.  No line is taken into memory
beyond ``LONGEST_LINE``.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from seq2seq.data.archive_members import BROKEN, opened
from seq2seq.data.catalogue import Corpus
from seq2seq.data.catalogue_rows import Location
from seq2seq.data.sgml import SUFFIXES, segments
from seq2seq.errors import UserError, at

LONGEST_LINE = 1 << 20  # bytes; the longest of the five WMT corpora has a few thousand
_PACKED = (".gz", ".bz2", ".xz")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_pairs(corpus: Corpus, downloads: str | Path) -> Iterator[tuple[str, str]]:
    """The corpus pair by pair, in the order of its files, which lie in the folder ``downloads``.

    Raises:
        UserError: the sides differ in length, or the corpus is empty or not of the known size.
    """
    sources, targets = read_side(corpus.source, downloads), read_side(corpus.target, downloads)
    count = 0
    for source in sources:
        target = next(targets, None)
        if target is None:
            raise _unequal(corpus, count + 1 + sum(1 for _ in sources), count)
        count += 1
        yield source, target
    if rest := sum(1 for _ in targets):
        raise _unequal(corpus, count, count + rest)
    if count == 0:
        raise UserError(f"corpus `{corpus.name}` is empty. Fetch {_files(corpus)} anew.")
    if corpus.pairs is not None and count != corpus.pairs:
        raise UserError(
            f"corpus `{corpus.name}` has {count} pairs, the catalogue says {corpus.pairs}. "
            f"Fetch {_files(corpus)} anew or correct the catalogue."
        )


def _unequal(corpus: Corpus, sources: int, targets: int) -> UserError:
    return UserError(
        f"corpus `{corpus.name}` has {sources} source lines but {targets} target lines: line k of "
        f"one must translate line k of the other. Fetch {_files(corpus)} anew."
    )


def _files(corpus: Corpus) -> str:
    return " and ".join(file.name for file in corpus.files)


def read_side(location: Location, downloads: str | Path) -> Iterator[str]:
    """The sentences of one side, which is looked for in the folder ``downloads``.

    Raises:
        UserError: the file or member is missing, broken or not UTF-8; with the line's number.
    """
    path = Path(downloads) / location.file.name
    inside = location.member != "."
    place = f"{path}:{location.member}" if inside else str(path)
    with opened(path, location.member) as raw:
        lines = _decoded(raw, place)
        if _unpacked_name(location.member if inside else path.name).endswith(SUFFIXES):
            lines = segments(lines, place)
        if location.column is not None:
            lines = _column(lines, location.column, place)
        yield from lines


def _unpacked_name(name: str) -> str:
    return str(Path(name).with_suffix("")) if name.endswith(_PACKED) else name


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
            f"{at(place, number)}: not valid UTF-8 ({error.reason}). Convert the file to UTF-8."
        ) from error
    except BROKEN as error:
        raise UserError(
            f"{at(place, number + 1)}: the file is cut off or damaged ({error}). Fetch it anew."
        ) from error


def _check_line(line: bytes, number: int, place: str) -> None:
    if len(line) > LONGEST_LINE:
        raise UserError(
            f"{at(place, number)}: longer than {LONGEST_LINE:,} bytes, a sentence was expected. "
            "Is this a text of a sentence a line?"
        )
    if number == 1 and (line.startswith(_UTF_16) or 3 * line.count(0) > len(line)):
        raise UserError(
            f"{at(place, number)}: looks like UTF-16, not UTF-8. Convert the file to UTF-8."
        )


def _column(lines: Iterable[str], column: int, place: str) -> Iterator[str]:
    """One column of a table all of whose lines have as many columns as its first."""
    columns = 0
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t")
        columns = columns or len(fields)
        if len(fields) < column:
            raise UserError(
                f"{at(place, number)}: {len(fields)} tab-separated columns, column {column} was "
                "expected. Correct the line, or the column in the catalogue."
            )
        if len(fields) != columns:
            raise UserError(
                f"{at(place, number)}: {len(fields)} tab-separated columns, line 1 has {columns}. "
                "Correct the line: a tab may stand in its text."
            )
        yield fields[column - 1]
