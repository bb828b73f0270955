"""Download one URL into one file; resume it where it broke off, and never mix versions.

A partial file stays on disk beside a note of its URL and version (``ETag`` or ``Last-Modified``).
The next attempt, perhaps in a later run, requests the rest.  A response that cannot be the file is
refused before any of its bytes are kept.
"""

import os
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests
import urllib3

from seq2seq.data.catalogue import PublishedFile
from seq2seq.errors import UserError
from seq2seq.io.files import read_json, write_json
from seq2seq.runtime.logging import Progress, duration, log

_BLOCK = 1 << 18
_RETRYABLE_STATUS = (408, 425, 429)  # and all of 5xx
_RANGE = re.compile(r"bytes (?P<first>\d+)-(?P<last>\d+)/(?P<size>\d+|\*)")
_COMPRESSED = (".gz", ".tgz", ".bz2", ".xz", ".zip")


class PermanentDownloadError(Exception):
    """The URL will not give the file; do not retry it."""


class TransientDownloadError(Exception):
    """The transfer failed, but may succeed after ``wait_seconds``."""

    def __init__(self, reason: str, *, wait_seconds: float = 0) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class SlowDownloadError(TransientDownloadError):
    """So few bytes arrive that another connection or URL should be tried."""


# requests lets urllib3's errors through, and raises ValueError for malformed URLs.
_FAILURES = (
    *(TransientDownloadError, requests.RequestException),
    *(urllib3.exceptions.HTTPError, ValueError),
)


@dataclass(frozen=True)
class RetryPolicy:
    """``attempts`` counts consecutive failures without a new byte.

    The wait doubles after each failure.  A server may ask for a longer wait, up to
    ``longest_wait_seconds``.  Over ``stall_seconds``, something must arrive, at a mean rate of at
    least ``slowest_bytes_per_second``.
    """

    attempts: int = 5
    first_wait_seconds: float = 2
    longest_wait_seconds: float = 300
    connect_seconds: float = 20
    stall_seconds: float = 60
    slowest_bytes_per_second: float = 4000


@dataclass(frozen=True)
class PartialDownload:
    """The bytes that arrived so far, and the note of their origin."""

    path: Path

    @property
    def note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.from.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def version(self, url: str) -> str | None:
        """The validator that ``url`` gave for these bytes."""
        try:
            note = read_json(self.note)
            return note["version"] if note["url"] == url else None
        except (UserError, KeyError, TypeError):  # a killed run may leave anything
            return None

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Body:
    """The bytes that follow a response: from ``start``, of ``size`` in total if known."""

    start: int
    size: int | None
    version: str | None


def fetch(url: str, file: PublishedFile, partial: PartialDownload, policy: RetryPolicy) -> int:
    """Complete ``partial`` from ``url``; returns where the last response began, 0 if it was whole."""
    failures, most = 0, partial.size
    while True:
        try:
            return _transfer(url, file, partial, policy)
        except _FAILURES as error:
            advanced = partial.size > most and not isinstance(error, SlowDownloadError)
            failures = 1 if advanced else failures + 1
            most = max(most, partial.size)
            permanent = isinstance(error, ValueError | requests.TooManyRedirects)
            if failures >= policy.attempts or permanent:
                raise PermanentDownloadError(_reason(error)) from error
            wait = policy.first_wait_seconds * 2 ** (failures - 1)
            if isinstance(error, TransientDownloadError):
                wait = max(wait, error.wait_seconds)
            if wait > policy.longest_wait_seconds:
                reason = f"{_reason(error)}, asks to wait {duration(wait)}"
                raise PermanentDownloadError(reason) from error
            log.info(f"{file.name}: {_reason(error)}; retrying in {wait:g} s")
            time.sleep(wait)


def _reason(error: Exception) -> str:
    """The cause, without the object addresses and nested names of the library's own messages."""
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
    for each in (getattr(error, "reason", None), *error.args):
        if isinstance(each, BaseException):
            return _innermost(each)
    return str(error).rpartition(": ")[2]


def _transfer(url: str, file: PublishedFile, partial: PartialDownload, policy: RetryPolicy) -> int:
    too_long = file.size is not None and partial.size >= file.size
    if too_long or not (file.is_checkable or partial.version(url)):
        partial.drop()  # nothing could tell whether the rest belongs to the same file
    start = partial.size
    version = partial.version(url) if start else None
    headers = {"Accept-Encoding": "identity"}
    headers |= {"Range": f"bytes={start}-"} if start else {}
    headers |= {"If-Range": version} if version else {}
    timeout = (policy.connect_seconds, policy.stall_seconds)
    with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
        if response.status_code == 416 and start:
            if response.headers.get("Content-Range", "") == f"bytes */{start}":
                return start  # complete already
            partial.drop()
            raise TransientDownloadError("416, has less than was downloaded before")
        body = _accept(response, file, partial, version)
        write_json(partial.note, {"url": url, "version": body.version})
        left = (body.size or body.start) - body.start
        progress = Progress(f"downloading {file.name}", total=left, unit="bytes")
        _write(response, partial.path, body.start, policy, progress)
    if body.size is not None and partial.size != body.size:
        raise TransientDownloadError(f"ended after {partial.size:,} of {body.size:,} bytes")
    progress.finish()
    return body.start


def _accept(
    response: requests.Response, file: PublishedFile, partial: PartialDownload, version: str | None
) -> _Body:
    """The response's body, if it continues the partial file of ``version`` or is the whole file."""
    try:
        body = _read_head(response, file, asked=partial.size)
        if version and body.start and body.version not in (None, version):
            raise TransientDownloadError("206 of another version than was downloaded before")
    except TransientDownloadError:
        if response.status_code == 206:
            partial.drop()  # this server's parts do not fit: request the whole file next
        raise
    if file.size is not None and body.size is not None and body.size != file.size:
        raise PermanentDownloadError(f"{body.size:,} bytes, but {file.size:,} were expected")
    if body.start == 0:
        partial.drop()
    return body


def _read_head(response: requests.Response, file: PublishedFile, *, asked: int) -> _Body:
    """Check the response to a request for the bytes from ``asked`` on."""
    headers = response.headers
    _check_status(response)
    if headers.get("Content-Type", "").startswith("text/html"):
        raise PermanentDownloadError("a web page, not the file")
    encoding = headers.get("Content-Encoding", "identity")
    # Some servers declare a compressed file's own format as its encoding.
    if encoding != "identity" and not file.name.endswith(_COMPRESSED):
        raise PermanentDownloadError(f"sent compressed as {encoding}, which was not requested")
    tag = headers.get("ETag", "")  # a weak ETag does not promise equal bytes
    version = tag if tag.startswith('"') else headers.get("Last-Modified")
    length = headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else None
    if response.status_code == 200:
        return _Body(0, size, version)
    found = _RANGE.fullmatch(headers.get("Content-Range", ""))
    if found is None or int(found["first"]) != asked:
        raise TransientDownloadError("206 with another range than was requested")
    if found["size"] != "*":
        return _Body(asked, int(found["size"]), version)
    return _Body(asked, None if size is None else asked + size, version)


def _check_status(response: requests.Response) -> None:
    code = response.status_code
    if code in (200, 206):
        return
    status = f"{code} {response.reason or ''}".strip()
    if code < 500 and code not in _RETRYABLE_STATUS:
        raise PermanentDownloadError(status)
    wait = response.headers.get("Retry-After", "").strip()  # in seconds or as a date
    try:
        date = None if wait.isdecimal() else parsedate_to_datetime(wait)
        seconds = float(wait) if date is None else max(0.0, date.timestamp() - time.time())
    except ValueError:
        seconds = 0.0
    raise TransientDownloadError(status, wait_seconds=seconds)


def _write(
    response: requests.Response, path: Path, start: int, policy: RetryPolicy, progress: Progress
) -> None:
    """Append the body as it came over the wire: a ``.gz`` stays compressed."""
    since, arrived = time.monotonic(), 0
    with path.open("r+b" if start else "wb") as out:
        out.seek(start)
        out.truncate()
        try:
            while block := response.raw.read1(_BLOCK, decode_content=False):
                out.write(block)
                progress.advance(len(block))
                arrived += len(block)
                if (seconds := time.monotonic() - since) >= policy.stall_seconds:
                    if (rate := arrived / seconds) < policy.slowest_bytes_per_second:
                        raise SlowDownloadError(f"only {rate:,.0f} bytes/s")
                    since, arrived = time.monotonic(), 0
        except urllib3.exceptions.HTTPError as error:
            stalled = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            what = "stalled" if stalled else "broke off"
            raise TransientDownloadError(f"{what} after {out.tell():,} bytes") from error
        finally:
            out.flush()
            os.fsync(out.fileno())
