"""Files: every write is atomic, every text is UTF-8 with ``\\n`` alone ending a line.

Lines are never split with ``str.splitlines``, which also cuts at U+2028, U+0085 and others.
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from seq2seq.errors import UserError, at


@contextlib.contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes the place of ``path`` only if no error came up."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_abandoned(path: str | Path) -> None:
    """Remove what a killed writer of ``path`` left beside it; nobody else may be writing now."""
    path = Path(path)
    for temporary in path.parent.glob(f".{path.name}.*"):
        temporary.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def writing(path: str | Path) -> Iterator[BinaryIO]:
    """A binary file, gzipped if ``path`` ends in ``.gz`` (the same bytes at every run), atomic."""
    with atomic(path) as temporary, temporary.open("wb") as raw:
        if Path(path).suffix == ".gz":
            with gzip.GzipFile(
                filename="", fileobj=raw, mode="wb", mtime=0, compresslevel=6
            ) as file:
                yield file  # type: ignore[misc]
        else:
            yield raw


def write_lines(path: str | Path, lines: Iterable[str]) -> int:
    """Write one line each; the number of lines is returned."""
    count = 0
    with writing(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=False)
        for line in lines:
            assert "\n" not in line, line
            text.write(line)
            text.write("\n")
            count += 1
        text.flush()
        text.detach()
    return count


def read_lines(path: str | Path) -> Iterator[str]:
    """The lines of a text file (``.gz`` read as such), without their ``\\n``.

    Raises:
        UserError: no such file, not UTF-8, or a broken gzip file; with the line's number.
    """
    number = 0
    try:
        with _open_binary(path) as file:
            for number, raw in enumerate(file, start=1):  # noqa: B007  (the error below names it)
                yield raw.decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{at(path, number)}: not valid UTF-8 ({error.reason}). Convert the file to UTF-8."
        ) from error
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a directory, a text file was expected.") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UserError(
            f"{at(path, number + 1)}: broken gzip file ({error}). Fetch or make it anew."
        ) from error


def _open_binary(path: str | Path) -> BinaryIO:
    if Path(path).suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return Path(path).open("rb")


def read_parallel(source: str | Path, target: str | Path) -> Iterator[tuple[str, str]]:
    """Pairs of lines of two files; files of different length are refused with both counts."""
    sources, targets = read_lines(source), read_lines(target)
    count = 0
    for line in sources:
        other = next(targets, None)
        if other is None:
            total = count + 1 + sum(1 for _ in sources)
            raise _unequal(source, total, target, count)
        count += 1
        yield line, other
    if (rest := sum(1 for _ in targets)) > 0:
        raise _unequal(source, count, target, count + rest)


def _unequal(
    source: str | Path, source_lines: int, target: str | Path, target_lines: int
) -> UserError:
    return UserError(
        f"{source} has {source_lines} lines but {target} has {target_lines}: line k of one must "
        "translate line k of the other. Fetch or make both anew from the same place."
    )


def read_table(path: str | Path, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The rows of a tab-separated table: the place of each, for messages, and its fields.

    Raises:
        UserError: another header, or a row of another length; with file and line.
    """
    lines = read_lines(path)
    if next(lines, "").split("\t") != list(columns):
        raise UserError(
            f"{at(path, 1)}: the header must be `{' '.join(columns)}`, separated by tabs."
        )
    for number, line in enumerate(lines, start=2):
        fields = line.split("\t")
        if len(fields) != len(columns):
            raise UserError(
                f"{at(path, number)}: {len(fields)} columns, the header has {len(columns)}."
            )
        yield at(path, number), fields


def write_json(path: str | Path, value: object) -> None:
    """Write readable JSON with sorted keys, so that equal values are equal files."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_lines(path, text.split("\n"))


def read_json(path: str | Path) -> Any:
    try:
        return json.loads("\n".join(read_lines(path)))
    except json.JSONDecodeError as error:
        raise UserError(f"{at(path, error.lineno)}: not valid JSON ({error.msg}).") from error


def sha256(path: str | Path, *, update: Callable[[int], None] | None = None) -> str:
    """The file's SHA-256 in hexadecimal; ``update`` is told the number of bytes of each block read."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            if update is not None:
                update(len(block))
    return digest.hexdigest()
