"""A file, or a member of an archive, as a stream of bytes.

Nothing is unpacked to disk, so a member called ``../../x`` cannot write anywhere.  Links and devices
are not followed.  Text never compresses more than ``MOST_EXPANSION`` times; a file that expands
further is refused.  Archives are read to their end: this finds duplicate members and damaged tails.
"""

import bz2
import difflib
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

from seq2seq.errors import UserError

MOST_EXPANSION = 100  # French text expands three to ten times
ALWAYS_ALLOWED = 16 << 20  # bytes, for small files: a sentence repeated compresses better
BROKEN = (
    *(EOFError, OSError, zlib.error, lzma.LZMAError, struct.error),
    *(tarfile.TarError, zipfile.BadZipFile),
    NotImplementedError,  # zipfile raises it for a compression method it does not know
)
_BLOCK = 1 << 17
_DECOMPRESSORS: Mapping[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".tgz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}


@contextmanager
def open_member(path: Path, member: str) -> Iterator[io.BufferedReader]:
    """The decompressed file itself (``member`` is ``.``) or its decompressed member."""
    with _open_file(path) as file:
        if member == ".":
            with _decompressed(file, path.name, path) as raw:
                yield raw
            return
        find = _zip_member if path.suffix == ".zip" else _tar_member
        try:
            with find(file, member, path) as inside, _decompressed(inside, member, path) as raw:
                yield raw
        except BROKEN as error:
            raise UserError(
                f"{path}: not a readable {path.suffix} archive, or truncated ({error}). Download it "
                "again."
            ) from error


def damage(path: Path, name: str) -> str | None:
    """Why a compressed file or archive is damaged; ``name`` tells its kind.  Text has no checksum."""
    try:
        with _open_file(path) as file:
            if name.endswith(".zip"):
                with zipfile.ZipFile(file) as archive:
                    bad = archive.testzip()
                return f"member {bad} is damaged" if bad else None
            with _decompressed(file, name, path) as raw:
                while raw.read(_BLOCK):
                    pass
    except (*BROKEN, RuntimeError) as error:
        return f"truncated, damaged or of another kind ({error})"
    except UserError as error:
        return str(error)
    return None


def _open_file(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}). Run the step `download` for it."
        ) from error


@contextmanager
def _decompressed(inner: IO[bytes], name: str, path: Path) -> Iterator[io.BufferedReader]:
    decompress = _DECOMPRESSORS.get(Path(name).suffix)
    with decompress(inner, "rb") if decompress else nullcontext(inner) as stream:
        yield io.BufferedReader(_Bounded(stream, path), _BLOCK)


class _Bounded(io.RawIOBase):
    """Refuses to read more bytes than text in a file of this size can hold."""

    def __init__(self, inner: IO[bytes], path: Path) -> None:
        self._inner, self._path, self._read = inner, path, 0
        self._limit = max(ALWAYS_ALLOWED, MOST_EXPANSION * path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._inner.read(len(buffer))
        buffer[: len(block)] = block
        self._read += len(block)
        if self._read > self._limit:
            raise UserError(
                f"{self._path}: expands to more than {self._limit:,} bytes, over {MOST_EXPANSION} "
                "times its size. Text does not; check what the file holds."
            )
        return len(block)


@contextmanager
def _tar_member(file: IO[bytes], name: str, path: Path) -> Iterator[IO[bytes]]:
    names: list[str] = []
    with (
        _decompressed(file, path.name, path) as raw,
        tarfile.open(fileobj=raw, mode="r|", bufsize=_BLOCK) as archive,
    ):
        for member in archive:
            plain = member.name.removeprefix("./")
            if plain == name:
                if name in names:
                    raise UserError(f"{path}: has several members {name}. Pack only one.")
                content = archive.extractfile(member) if member.isreg() else None
                if content is None:
                    raise _not_a_file(path, member.name)
                yield content
            names.append(plain)
        while raw.read(_BLOCK):
            pass
    if name not in names:
        raise _no_member(path, name, names)


@contextmanager
def _zip_member(file: IO[bytes], name: str, path: Path) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(file) as archive:
        members = [member for member in archive.infolist() if member.filename == name]
        if not members:
            raise _no_member(path, name, archive.namelist())
        if len(members) > 1:
            raise UserError(f"{path}: has several members {name}. Pack only one.")
        if members[0].is_dir() or stat.S_ISLNK(members[0].external_attr >> 16):
            raise _not_a_file(path, name)
        if members[0].flag_bits & 1:
            raise UserError(f"{path}: member {name} is encrypted. Pack it without a password.")
        with archive.open(members[0]) as content:
            yield content


def _not_a_file(path: Path, name: str) -> UserError:
    return UserError(
        f"{path}: member {name} is not a file but a folder, link or device. Pack the file itself."
    )


def _no_member(path: Path, name: str, names: Iterable[str]) -> UserError:
    known = list(dict.fromkeys(names))
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.3) or known[:3]
    return UserError(
        f"{path}: has no member {name}; the nearest of its {len(known)} are: "
        f"{', '.join(near) or 'none'}. Correct the catalogue."
    )
