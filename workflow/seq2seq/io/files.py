"""Files: every write is atomic; text is UTF-8, and only ``\\n`` ends a line.

Never split lines with ``str.splitlines``: it also splits at U+2028, U+0085 and others.
"""

import contextlib
import fcntl
import glob
import gzip
import hashlib
import io
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from seq2seq.errors import UserError, location

Number = TypeVar("Number", int, float)
_RANDOM = "[a-z0-9_]" * 8  # ends the name of a temporary file


@contextlib.contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; it replaces ``path`` if the block succeeds."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp's files are private
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)


def remove_abandoned(path: str | Path) -> None:
    """Remove what killed writers of ``path`` left beside it.  A living writer holds a lock."""
    path = Path(path)
    for temporary in path.parent.glob(f".{glob.escape(path.name)}.{_RANDOM}"):
        with contextlib.suppress(OSError), temporary.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.unlink()


@contextlib.contextmanager
def scratch(output: str | Path) -> Iterator[Path]:
    """A folder beside ``output``, where there is room; a killed job's is removed by the next."""
    folder = Path(output).with_name(f".{Path(output).name}.scratch")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def writing(path: str | Path) -> Iterator[BinaryIO]:
    """Write a binary file atomically; gzipped, with reproducible bytes, if its name ends in .gz."""
    with atomic(path) as temporary, temporary.open("wb") as raw:
        if Path(path).suffix == ".gz":
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as file:
                yield file  # type: ignore[misc]
        else:
            yield raw


def write_lines(path: str | Path, lines: Iterable[str]) -> int:
    """Write one line each; returns the number of lines."""
    count = 0
    with writing(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=False)
        for line in lines:
            if "\n" in line:
                raise UserError(
                    f"{path}: {line[:80]!a} holds a line break and would be two lines. Take it out of "
                    "the text or setting that it comes from."
                )
            text.write(line)
            text.write("\n")
            count += 1
        text.flush()
        text.detach()
    return count


def read_lines(path: str | Path) -> Iterator[str]:
    """The lines of a text file, also of a .gz, without a byte order mark; errors name the line."""
    number = 0
    try:
        with gzip.open(path) if Path(path).suffix == ".gz" else Path(path).open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.decode("utf-8").removesuffix("\n")
                yield line.removeprefix("\ufeff") if number == 1 else line
    except UnicodeDecodeError as error:
        raise UserError(
            f"{location(path, number)}: not valid UTF-8 ({error.reason}). Convert the file to UTF-8."
        ) from error
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a directory, but a text file was expected.") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UserError(
            f"{location(path, number + 1)}: damaged gzip file ({error}). Download or make it again."
        ) from error


def read_parallel(source: str | Path, target: str | Path) -> Iterator[tuple[str, str]]:
    """Pairs of lines of two files, which must have equally many."""
    name = f"{source} and {target}"
    return in_pairs(read_lines(source), read_lines(target), name, "Get both from the same place.")


def in_pairs(
    source: Iterable[str], target: Iterable[str], name: str, advice: str
) -> Iterator[tuple[str, str]]:
    """Pairs of lines of two texts, which must have equally many."""
    source_lines = target_lines = 0
    for one, other in zip_longest(source, target):
        source_lines += one is not None
        target_lines += other is not None
        if one is not None and other is not None:
            yield one, other
    if source_lines != target_lines:
        raise UserError(
            f"{name}: {source_lines} source lines but {target_lines} target lines. Line k of one "
            f"must translate line k of the other. {advice}"
        )


def read_table(path: str | Path, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The rows of a tab-separated table: the location of each, for messages, and its fields."""
    lines = read_lines(path)
    if next(lines, "").removesuffix("\r").split("\t") != list(columns):
        raise UserError(
            f"{location(path, 1)}: the header must be `{' '.join(columns)}`, separated by tabs."
        )
    for number, line in enumerate(lines, start=2):
        place, fields = location(path, number), line.removesuffix("\r").split("\t")
        if len(fields) != len(columns):
            raise UserError(f"{place}: {len(fields)} columns, but the header has {len(columns)}.")
        yield place, fields


def parse_number(text: str, kind: type[Number]) -> Number:
    """Parse an ``int`` or ``float``, but refuse what Python alone accepts, such as ``1_000``.
    Raises ValueError with a message for the user.
    """
    try:
        if "_" not in text and text.isascii():
            return kind(text)
    except ValueError:
        pass
    raise ValueError(f"`{text}` is not a {'whole number' if kind is int else 'number'}")


def write_json(path: str | Path, value: object) -> None:
    """Write indented JSON with sorted keys, so equal values give equal files."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_lines(path, text.split("\n"))


def read_json(path: str | Path) -> Any:
    try:
        return json.loads("\n".join(read_lines(path)))
    except json.JSONDecodeError as error:
        raise UserError(f"{location(path, error.lineno)}: not valid JSON ({error.msg}).") from error
    except RecursionError as error:
        raise UserError(f"{path}: not valid JSON (nested too deeply).") from error


def digest(*paths: str | Path, algorithm: str = "sha256") -> str:
    """The checksum of files, concatenated, in hexadecimal."""
    total = hashlib.new(algorithm, usedforsecurity=False)
    for path in paths:
        with Path(path).open("rb") as file:
            hashlib.file_digest(file, lambda: total)
    return total.hexdigest()


def sha256(path: str | Path) -> str:
    return digest(path)
