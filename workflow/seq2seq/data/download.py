"""Fetch a published file: from a mirror of one's own first, then from its addresses in order.

Nothing takes its place in the downloads before its size and checksum are right.  Transfers that
broke off are kept in ``.partial`` beside the downloads and resumed; a lock there lets one program at
a time fetch a file.  A file of a mirror folder is copied, not linked: the workflow sets the time of
its outputs, and a mirror is not ours to change.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from seq2seq.data.catalogue_rows import File
from seq2seq.data.http_response import PermanentDownloadError
from seq2seq.data.transfer import PartialDownload, RetryPolicy, fetch
from seq2seq.data.verification import difference
from seq2seq.errors import UserError
from seq2seq.io.files import atomic
from seq2seq.runtime.logging import log

PATIENCE = RetryPolicy(
    attempts=5,
    first_wait_seconds=2,
    longest_wait_seconds=300,
    connect_seconds=20,
    stall_seconds=60,
    slowest_bytes_per_second=4000,
)


def download(
    file: File, output: str | Path, *, mirror: str | None, retry_policy: RetryPolicy = PATIENCE
) -> str:
    """Put ``file`` at ``output``; the address or path that gave it is returned.

    ``mirror`` is a folder, or an address below which files lie; they are looked for by our name and
    by the last part of their addresses.  An output that is there and right is left as it is.

    Raises:
        UserError: no place had the right bytes; with what each of them answered.
    """
    if mirror and "://" not in mirror and not Path(mirror).is_dir():
        raise UserError(
            f"{mirror}: no such folder; data.mirror or $SEQ2SEQ_MIRROR names it. Correct that."
        )
    output = Path(output)
    partial = PartialDownload(output.parent / ".partial" / file.name)
    try:
        partial.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(partial.path.with_name(f"{file.name}.lock"), file.name):
            if output.exists() and difference(output, file) is None:
                return str(output)
            return _first_right(file, output, partial, mirror, retry_policy)
    except OSError as error:
        raise UserError(
            f"{output} could not be written or its mirror not be read ({error.strerror}: "
            f"{error.filename or output.parent}). Make room there, or give the right to read and "
            "write, and start again: what has arrived is kept."
        ) from error


@contextmanager
def _alone(lock: Path, name: str) -> Iterator[None]:
    """Wait until no other program fetches the file; the lock is the kernel's, a kill releases it."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info(f"{name}: another program is fetching it; waiting for that")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            log.info(
                f"{name}: no locks on this file system; let one workflow at a time fetch files"
            )
        yield


def _first_right(
    file: File,
    output: Path,
    partial: PartialDownload,
    mirror: str | None,
    retry_policy: RetryPolicy,
) -> str:
    attempts: list[str] = []
    for place in _places(file, mirror):
        try:
            _obtain(place, file, output, partial, retry_policy)
            return place
        except (FileNotFoundError, IsADirectoryError) as error:
            attempts.append(f"{place} ({error.strerror})")
        except PermanentDownloadError as error:
            log.info(f"{file.name}: {place}: {error}")
            attempts.append(f"{place} ({error})")
    raise UserError(
        f"{file.name} could not be had from: {'; '.join(attempts) or 'anywhere, none is known'}. "
        "Put the file into a folder and name that folder as `mirror`."
    )


def _places(file: File, mirror: str | None) -> Iterator[str]:
    """Addresses and paths, each once, in the order to try them."""
    places = []
    if mirror:
        names = [PurePosixPath(unquote(urlsplit(url).path)).name for url in file.urls]
        places = [f"{mirror.rstrip('/')}/{name}" for name in (file.name, *names) if name]
    yield from dict.fromkeys((*places, *file.urls))


def _obtain(
    place: str, file: File, output: Path, partial: PartialDownload, retry_policy: RetryPolicy
) -> None:
    if place.startswith(("http://", "https://")):
        _fetch_verified(place, file, partial, retry_policy)
        partial.path.replace(output)
        partial.drop()
        return
    path = url2pathname(urlsplit(place).path) if place.startswith("file://") else place
    with atomic(output) as temporary:
        shutil.copyfile(path, temporary)
        if wrong := difference(temporary, file):
            raise PermanentDownloadError(wrong)


def _fetch_verified(
    url: str, file: File, partial: PartialDownload, retry_policy: RetryPolicy
) -> None:
    """If what was resumed turns out wrong the fault may lie with its beginning: fetch all of it."""
    if partial.size and partial.size == file.size and not difference(partial.path, file):
        return
    for _ in range(2):
        resumed = fetch(url, file, partial, retry_policy) > 0
        wrong = difference(partial.path, file)
        if wrong is None:
            return
        partial.drop()
        if not resumed:
            break
        log.info(f"{file.name}: {wrong} after resuming; fetching it from its beginning")
    raise PermanentDownloadError(wrong)
