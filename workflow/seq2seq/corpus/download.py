"""Fetch a published file: from a mirror of one's own first, then from its addresses in order.

Nothing takes its place in the downloads before its size and checksum are right.  Transfers that
broke off are kept in ``.partial`` beside the downloads and resumed.  A file of a mirror folder is
copied, not linked: the workflow sets the time of its outputs, and a mirror is not ours to change.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from seq2seq.corpus.catalogue import File
from seq2seq.corpus.transfer import Partial, Patience, RefusedError, fetch
from seq2seq.errors import UserError
from seq2seq.files import atomic
from seq2seq.program import say

PATIENCE = Patience(attempts=5, first_wait_seconds=2, connect_seconds=20, stall_seconds=60)


def download(
    file: File, output: str | Path, *, mirror: str | None, patience: Patience = PATIENCE
) -> str:
    """Put ``file`` at ``output``; the address or path that gave it is returned.

    ``mirror`` is a folder, or an address below which files lie; they are looked for by our name and
    by the last part of their addresses.

    Raises:
        UserError: no place had the right bytes; with what each of them answered.
    """
    output = Path(output)
    partial = Partial(output.parent / ".partial" / file.name)
    partial.path.parent.mkdir(parents=True, exist_ok=True)
    answers: list[str] = []
    for place in _places(file, mirror):
        try:
            _obtain(place, file, output, partial, patience)
            return place
        except RefusedError as error:
            if _is_address(place):
                say(f"{file.name}: {place}: {error}")
            answers.append(f"{place} ({error})")
        except OSError as error:
            raise UserError(
                f"{place} could not be copied to {output} ({error.strerror}). Make room there, or "
                "give the right to read and write, and start again: what has arrived is kept."
            ) from error
    raise UserError(
        f"{file.name} could not be had from: {'; '.join(answers) or 'anywhere, none is known'}. "
        "Put the file into a folder and name that folder as `mirror`."
    )


def _places(file: File, mirror: str | None) -> Iterator[str]:
    """Addresses and paths, each once, in the order to try them."""
    places = []
    if mirror:
        names = [PurePosixPath(unquote(urlsplit(url).path)).name for url in file.urls]
        places = [f"{mirror.rstrip('/')}/{name}" for name in (file.name, *names) if name]
    yield from dict.fromkeys((*places, *file.urls))


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _obtain(place: str, file: File, output: Path, partial: Partial, patience: Patience) -> None:
    if _is_address(place):
        _fetch_verified(place, file, partial, patience)
        partial.path.replace(output)
        partial.drop()
        return
    path = Path(url2pathname(urlsplit(place).path) if place.startswith("file://") else place)
    if not path.is_file():
        raise RefusedError("no such file")
    if wrong := _difference(path, file):
        raise RefusedError(wrong)
    with atomic(output) as temporary:
        shutil.copyfile(path, temporary)


def _fetch_verified(url: str, file: File, partial: Partial, patience: Patience) -> None:
    """If what was resumed turns out wrong the fault may lie with its beginning: fetch all of it."""
    if partial.size and partial.size == file.size and not _difference(partial.path, file):
        return
    for _ in range(2):
        resumed = fetch(url, file, partial, patience) > 0
        wrong = _difference(partial.path, file)
        if wrong is None:
            return
        partial.drop()
        if not resumed:
            break
        say(f"{file.name}: {wrong} after resuming; fetching it from its beginning")
    raise RefusedError(wrong)


def _difference(path: Path, file: File) -> str | None:
    """How the bytes at ``path`` differ from those that are known of ``file``, or nothing."""
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        return f"{size:,} bytes, {file.size:,} were expected"
    for algorithm, expected in (("sha256", file.sha256), ("md5", file.md5)):
        if expected is not None and (found := _digest(path, algorithm)) != expected:
            return f"wrong bytes, {algorithm} {found} instead of {expected}"
    return None


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()
