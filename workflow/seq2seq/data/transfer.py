"""One address of the web into one file: resumed where it broke off, never silently wrong.

What has arrived stays in the partial file, and beside it a note of the address and of the version
(``ETag`` or ``Last-Modified``) it came from; the next attempt, be it in a later run, asks for the rest.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests
import urllib3

from seq2seq.data.catalogue_rows import File
from seq2seq.data.http_response import (
    Answer,
    PermanentDownloadError,
    TooSlowError,
    TransientDownloadError,
    read_answer,
)
from seq2seq.errors import UserError
from seq2seq.io.files import read_json, write_json
from seq2seq.runtime.logging import Progress, duration, log

_BLOCK = 1 << 18
_FAILURES = (  # the library lets those of its own parts through, and ValueError for bad addresses
    *(TransientDownloadError, requests.RequestException),
    *(urllib3.exceptions.HTTPError, ValueError),
)
_PACKAGES = (".gz", ".tgz", ".bz2", ".xz", ".zip")


@dataclass(frozen=True)
class RetryPolicy:
    """How often in a row an address may fail without a new byte, and the seconds to wait.

    The wait doubles after each failure; a server may ask for a longer one, up to
    ``longest_wait_seconds``.  ``stall_seconds`` is how long nothing may arrive, and over as long the
    mean rate must not fall below ``slowest_bytes_per_second``.
    """

    attempts: int
    first_wait_seconds: float
    longest_wait_seconds: float
    connect_seconds: float
    stall_seconds: float
    slowest_bytes_per_second: float


@dataclass(frozen=True)
class PartialDownload:
    """What has arrived of a file, and the note that says where it came from."""

    path: Path

    @property
    def note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.from.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def version(self, url: str) -> str | None:
        """The validator that ``url`` gave for what is here."""
        try:
            note = read_json(self.note)
            return note["version"] if note["url"] == url else None
        except (UserError, KeyError, TypeError):  # a note of a killed run may be anything
            return None

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def fetch(url: str, file: File, partial: PartialDownload, retry_policy: RetryPolicy) -> int:
    """Complete ``partial`` from ``url``; from which byte the last answer went on, 0 if it had all.

    Raises:
        RefusedError: with what the address answered.
    """
    failures, most = 0, partial.size
    while True:
        try:
            return _transfer(url, file, partial, retry_policy)
        except _FAILURES as error:
            advanced = partial.size > most and not isinstance(error, TooSlowError)
            failures = 1 if advanced else failures + 1
            most = max(most, partial.size)
            if failures >= retry_policy.attempts or _is_final(error):
                raise PermanentDownloadError(_reason(error)) from error
            wait = retry_policy.first_wait_seconds * 2 ** (failures - 1)
            if isinstance(error, TransientDownloadError):
                wait = max(wait, error.wait_seconds)
            if wait > retry_policy.longest_wait_seconds:
                raise PermanentDownloadError(
                    f"{_reason(error)}, asks to wait {duration(wait)}"
                ) from error
            log.info(f"{file.name}: {_reason(error)}; again in {wait:g} s")
            time.sleep(wait)


def _is_final(error: Exception) -> bool:
    """Whether the address itself is at fault, or leads in a circle."""
    return isinstance(error, ValueError | requests.TooManyRedirects)


def _reason(error: Exception) -> str:
    """Without the object addresses and nested names of the library's own messages."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.TooManyRedirects):
        return "redirected in a circle"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate was not accepted"
    if isinstance(error, requests.ConnectionError):
        return f"no connection ({_innermost(error)})"
    return str(error)


def _innermost(error: BaseException) -> str:
    """What the library's exceptions, each in another, are about."""
    inner = [getattr(error, "reason", None), *error.args]
    for each in inner:
        if isinstance(each, BaseException):
            return _innermost(each)
    return str(error).rpartition(": ")[2]


def _transfer(url: str, file: File, partial: PartialDownload, retry_policy: RetryPolicy) -> int:
    start = _resumable(url, file, partial)
    version = partial.version(url) if start else None
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    if version:
        headers["If-Range"] = version
    timeout = (retry_policy.connect_seconds, retry_policy.stall_seconds)
    with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
        if response.status_code == 416 and start:
            if response.headers.get("Content-Range", "") == f"bytes */{start}":
                return start  # nothing is left to fetch
            partial.drop()
            raise TransientDownloadError("416, has less than was fetched before")
        answer = _accepted(response, file, partial, version)
        write_json(partial.note, {"url": url, "version": answer.version})
        left = (answer.size or answer.start) - answer.start
        progress = Progress(f"downloading {file.name}", total=left, unit="bytes")
        _write(response, partial.path, answer.start, retry_policy, progress.advance)
    if answer.size is not None and partial.size != answer.size:
        raise TransientDownloadError(f"ended after {partial.size:,} of {answer.size:,} bytes")
    progress.finish()
    return answer.start


def _accepted(
    response: requests.Response, file: File, partial: PartialDownload, version: str | None
) -> Answer:
    """The answer, if it goes on with what is there or begins anew; ``version`` is of what is there."""
    try:
        packed = file.name.endswith(_PACKAGES)
        answer = read_answer(response, asked=partial.size, packed=packed)
        if version and answer.start and answer.version not in (None, version):
            raise TransientDownloadError("206 of another version than was fetched before")
    except TransientDownloadError:
        if response.status_code == 206:
            partial.drop()  # this server's parts do not fit: ask for the whole
        raise
    if file.size is not None and answer.size is not None and answer.size != file.size:
        raise PermanentDownloadError(f"{answer.size:,} bytes, {file.size:,} were expected")
    if answer.start == 0:
        partial.drop()
    return answer


def _resumable(url: str, file: File, partial: PartialDownload) -> int:
    """From which byte to go on; 0 where nothing could tell that the rest belongs to another file."""
    too_long = file.size is not None and partial.size >= file.size
    if too_long or not (file.is_checkable or partial.version(url)):
        partial.drop()
    return partial.size


def _write(
    response: requests.Response,
    path: Path,
    start: int,
    retry_policy: RetryPolicy,
    advance: Callable[[int], None],
) -> None:
    """Append the answer's bytes as they came over the wire: a ``.gz`` stays one."""
    since, arrived = time.monotonic(), 0
    with path.open("r+b" if start else "wb") as out:
        out.seek(start)
        out.truncate()
        try:
            while block := response.raw.read1(_BLOCK, decode_content=False):
                out.write(block)
                advance(len(block))
                arrived += len(block)
                if (seconds := time.monotonic() - since) >= retry_policy.stall_seconds:
                    _check_rate(arrived / seconds, retry_policy)
                    since, arrived = time.monotonic(), 0
        except urllib3.exceptions.ReadTimeoutError as error:
            raise TransientDownloadError(f"stalled after {out.tell():,} bytes") from error
        except urllib3.exceptions.HTTPError as error:
            raise TransientDownloadError(f"broke off after {out.tell():,} bytes") from error
        finally:
            out.flush()
            os.fsync(out.fileno())


def _check_rate(rate: float, retry_policy: RetryPolicy) -> None:
    if rate < retry_policy.slowest_bytes_per_second:
        raise TooSlowError(
            f"only {rate:,.0f} bytes/s over {duration(retry_policy.stall_seconds)}, "
            f"{retry_policy.slowest_bytes_per_second:,.0f} are the least"
        )
