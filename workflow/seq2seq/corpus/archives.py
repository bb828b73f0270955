"""One side of a corpus as a stream of lines, out of whatever it is packed in.

Plain text, gzip, a member of a tar or zip archive (itself perhaps gzipped), SGML test sets, and
columns of tab-separated files.  Nothing is unpacked to disk.  Lines end at ``\\n`` alone; a ``\\r``
before it and a byte order mark are dropped, every other character is kept, U+2028 and NUL too.
"""

import difflib
import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

from seq2seq.corpus.catalogue import Corpus, Location
from seq2seq.errors import UserError, at

_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError, zipfile.BadZipFile)
_BLANKS = " \t\r\n"
_SEGMENT = re.compile(r"<seg\b[^>]*>(.*?)</seg>", re.IGNORECASE | re.DOTALL)
_SEGMENT_BEGIN = re.compile(r"<seg\b", re.IGNORECASE)


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
    name = location.member if inside else location.file.name
    with ExitStack() as stack:
        raw = _opened_member(path, location, stack) if inside else _opened(path, stack)
        if name.endswith(".gz"):
            raw = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=raw)))
        lines = _decoded(raw, place)
        if name.removesuffix(".gz").endswith(".sgm"):
            lines = _segments(lines, place)
        if location.column is not None:
            lines = _column(lines, location.column, place)
        yield from lines


def _opened(path: Path, stack: ExitStack) -> IO[bytes]:
    try:
        return stack.enter_context(path.open("rb"))
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file. Run the step `download` for it.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a directory, a file was expected.") from error


def _opened_member(path: Path, location: Location, stack: ExitStack) -> IO[bytes]:
    file = _opened(path, stack)
    find = _member_of_zip if path.suffix == ".zip" else _member_of_tar
    try:
        return find(file, location.member, path, stack)
    except _BROKEN as error:
        raise UserError(
            f"{path}: not a readable {path.suffix} archive ({error}). Fetch it anew."
        ) from error


def _member_of_tar(file: IO[bytes], name: str, path: Path, stack: ExitStack) -> IO[bytes]:
    """Read no further than to the member: the archives of this size are gigabytes."""
    archive = stack.enter_context(tarfile.open(fileobj=file, mode="r:*"))  # noqa: SIM115
    names = []
    for member in archive:
        names.append(member.name)
        if member.name.removeprefix("./") == name:
            opened = archive.extractfile(member)
            if opened is None:
                raise UserError(f"{path}: member {name} is not a file.")
            return stack.enter_context(opened)
    raise _no_member(path, name, names)


def _member_of_zip(file: IO[bytes], name: str, path: Path, stack: ExitStack) -> IO[bytes]:
    archive = stack.enter_context(zipfile.ZipFile(file))
    if name not in archive.namelist():
        raise _no_member(path, name, archive.namelist())
    return stack.enter_context(archive.open(name))


def _no_member(path: Path, name: str, names: list[str]) -> UserError:
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.3) or names[:3]
    return UserError(
        f"{path}: has no member {name}; the nearest of its {len(names)} are: "
        f"{', '.join(near) or 'none'}. Correct the catalogue."
    )


def _decoded(raw: Iterable[bytes], place: str) -> Iterator[str]:
    number = 0
    try:
        for number, line in enumerate(raw, start=1):
            text = line.decode("utf-8").removesuffix("\n").removesuffix("\r")
            yield text.removeprefix("\ufeff") if number == 1 else text
    except UnicodeDecodeError as error:
        raise UserError(
            f"{at(place, number)}: not valid UTF-8 ({error.reason}). Convert the file to UTF-8."
        ) from error
    except _BROKEN as error:
        raise UserError(
            f"{at(place, number + 1)}: the file is cut off or damaged ({error}). Fetch it anew."
        ) from error


def _segments(lines: Iterable[str], place: str) -> Iterator[str]:
    """The sentences of an SGML test set.

    These files are no XML: ``&`` stands bare, there are no entities.  The outer blanks of a segment
    are dropped, documents come in the order of the file.
    """
    text = "\n".join(lines)
    segments = _SEGMENT.findall(text)
    begun = len(_SEGMENT_BEGIN.findall(text))
    if begun == 0 or begun != len(segments):
        raise UserError(
            f"{place}: {begun} segments begin and {len(segments)} end, an SGML test set with equal "
            "numbers (not 0) was expected. Fetch it anew."
        )
    for segment in segments:
        parts = (part.strip(_BLANKS) for part in segment.split("\n"))
        yield " ".join(part for part in parts if part)


def _column(lines: Iterable[str], column: int, place: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t")
        if len(fields) < column:
            raise UserError(
                f"{at(place, number)}: {len(fields)} tab-separated columns, column {column} was "
                "expected."
            )
        yield fields[column - 1]
