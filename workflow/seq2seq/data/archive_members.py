"""The bytes of a file, or of a member of an archive, as a stream.

Nothing is unpacked to disk: members are found by name and read where they lie, so that a name such as
``../../x`` can write nowhere.  Links and devices are not followed.  What expands beyond
``MOST_EXPANSION`` times its file is given up: no text does.  An archive is read to its end behind the
member, which tells a second member of the same name and, by its checksum, a damaged rest.
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

MOST_EXPANSION = 100  # French text becomes three to ten times as long when unpacked
ALWAYS_ALLOWED = 16 << 20  # bytes, however small the file: short texts of one sentence pack better
BROKEN = (
    *(EOFError, OSError, zlib.error, lzma.LZMAError, struct.error),
    *(tarfile.TarError, zipfile.BadZipFile, NotImplementedError),
)
_BLOCK = 1 << 17
_PACKED: Mapping[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".tgz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}


@contextmanager
def opened(path: Path, member: str) -> Iterator[io.BufferedReader]:
    """The file itself (``member`` is ``.``) or its member, unpacked.

    Raises:
        UserError: no such file or member, not an archive, or it expands beyond reason.
    """
    if member == ".":
        with _opened_file(path) as file, _unpacked(file, path.name, path) as raw:
            yield raw
        return
    find = _member_of_zip if path.suffix == ".zip" else _member_of_tar
    with (
        _opened_file(path) as file,
        find(file, member, path) as inside,
        _unpacked(inside, member, path) as raw,
    ):
        yield raw


def damage(path: Path, name: str) -> str | None:
    """What is wrong with a package of the kind its ``name`` says, read to its end, or nothing.

    Packages keep checksums of their contents, plain text does not.
    """
    try:
        with _opened_file(path) as file:
            if name.endswith(".zip"):
                with zipfile.ZipFile(file) as archive:
                    bad = archive.testzip()
                return f"member {bad} is damaged" if bad else None
            with _unpacked(file, name, path) as raw:
                _read_to_end(raw)
    except (*BROKEN, RuntimeError) as error:
        return f"cut off, damaged or of another kind ({error})"
    except UserError as error:
        return str(error)
    return None


def _opened_file(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file. Run the step `download` for it.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a directory, a file was expected.") from error
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}). Give the right to read it, or fetch it anew."
        ) from error


@contextmanager
def _unpacked(inner: IO[bytes], name: str, path: Path) -> Iterator[io.BufferedReader]:
    """``inner``, unpacked as the ending of its name says."""
    unpack = _PACKED.get(Path(name).suffix)
    with unpack(inner, "rb") if unpack else nullcontext(inner) as stream:
        bounded = _Bounded(stream, path)
        yield io.BufferedReader(bounded, _BLOCK)


class _Bounded(io.RawIOBase):
    """The bytes of a stream, up to as many as a file of the size of ``path`` may become."""

    def __init__(self, inner: IO[bytes], path: Path) -> None:
        self._inner, self._path, self._given = inner, path, 0
        self._most = max(ALWAYS_ALLOWED, MOST_EXPANSION * path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._inner.read(len(buffer))
        buffer[: len(block)] = block
        self._given += len(block)
        if self._given > self._most:
            raise UserError(
                f"{self._path}: expands to more than {self._most:,} bytes, over {MOST_EXPANSION} "
                "times its size, which no text does. Look at what it holds."
            )
        return len(block)


def _read_to_end(stream: IO[bytes]) -> None:
    while stream.read(_BLOCK):
        pass


@contextmanager
def _member_of_tar(file: IO[bytes], name: str, path: Path) -> Iterator[IO[bytes]]:
    names: list[str] = []
    try:
        with (
            _unpacked(file, path.name, path) as raw,
            tarfile.open(fileobj=raw, mode="r|", bufsize=_BLOCK) as archive,
        ):
            for member in archive:
                plain = member.name.removeprefix("./")
                if plain == name and name in names:
                    raise UserError(
                        f"{path}: has two members {name}. Pack the right one alone, or fetch the "
                        "archive anew."
                    )
                names.append(plain)
                if plain == name:
                    yield _regular(archive, member, path)
            _read_to_end(raw)
    except BROKEN as error:
        raise _damaged(path, error) from error
    if name not in names:
        raise _no_member(path, name, names)


def _regular(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> IO[bytes]:
    content = archive.extractfile(member) if member.isreg() else None
    if content is None:
        raise _not_a_file(path, member.name)
    return content


@contextmanager
def _member_of_zip(file: IO[bytes], name: str, path: Path) -> Iterator[IO[bytes]]:
    try:
        with zipfile.ZipFile(file) as archive:
            named = [member for member in archive.infolist() if member.filename == name]
            if not named:
                raise _no_member(path, name, archive.namelist())
            member = named[-1]
            if len(named) > 1:
                raise UserError(
                    f"{path}: has {len(named)} members {name}. Pack the right one alone, or fetch "
                    "the archive anew."
                )
            if member.is_dir() or stat.S_ISLNK(member.external_attr >> 16):
                raise _not_a_file(path, name)
            if member.flag_bits & 1:
                raise UserError(
                    f"{path}: member {name} is encrypted. Pack it anew without a password."
                )
            with archive.open(member) as content:
                yield content
    except BROKEN as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: BaseException) -> UserError:
    return UserError(
        f"{path}: not a readable {path.suffix} archive, or cut off ({error}). Fetch it anew."
    )


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
