"""One address of the web into one file: resumed where it broke off, never silently wrong.

What has arrived stays in the partial file, and beside it a note of the address and of the version
(``ETag`` or ``Last-Modified``) it came from; the next attempt, be it in a later run, asks for the rest.
"""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests
import urllib3

from seq2seq.corpus.catalogue import File
from seq2seq.errors import UserError
from seq2seq.files import read_json, write_json
from seq2seq.program import Progress, say

_BLOCK = 1 << 18
_PASSING = (408, 425, 429)  # with all of 5xx: the same request may be answered later


@dataclass(frozen=True)
class Patience:
    """How often in a row an address may fail without a new byte, and the seconds to wait.

    The wait doubles after each failure.  ``stall_seconds`` is how long nothing may arrive.
    """

    attempts: int
    first_wait_seconds: float
    connect_seconds: float
    stall_seconds: float


class RefusedError(Exception):
    """The address will not give the file: no sense in asking it again."""


class _BrokenOffError(Exception):
    """The transfer did not get to its end, but the next may."""


@dataclass(frozen=True)
class Partial:
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
        except UserError:
            return None
        return note["version"] if note.get("url") == url else None

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def fetch(url: str, file: File, partial: Partial, patience: Patience) -> int:
    """Complete ``partial`` from ``url``; from which byte the last answer went on, 0 if it had all.

    Raises:
        RefusedError: with what the address answered.
    """
    failures, most = 0, partial.size
    while True:
        try:
            return _transfer(url, file, partial, patience)
        except (_BrokenOffError, requests.RequestException) as error:
            failures = 1 if partial.size > most else failures + 1
            most = max(most, partial.size)
            if failures >= patience.attempts or isinstance(error, ValueError):
                raise RefusedError(_reason(error)) from error
            wait = patience.first_wait_seconds * 2 ** (failures - 1)
            say(f"{file.name}: {_reason(error)}; again in {wait:g} s")
            time.sleep(wait)


def _reason(error: Exception) -> str:
    """Without the object addresses and nested names of the library's own messages."""
    if isinstance(error, _BrokenOffError):
        return str(error)
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate was not accepted"
    if isinstance(error, requests.ConnectionError):
        cause = str(error).rpartition(": ")[2].strip("()'\" ")
        return f"no connection ({cause})" if cause else "no connection"
    return str(error)


def _transfer(url: str, file: File, partial: Partial, patience: Patience) -> int:
    start = _resumable(url, file, partial)
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if version := partial.version(url):
            headers["If-Range"] = version
    timeout = (patience.connect_seconds, patience.stall_seconds)
    with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
        if response.status_code == 416 and start:
            if _is_whole(response, start):
                return start
            partial.drop()
            raise _BrokenOffError("416, has less than was fetched before")
        _check_status(response)
        start = _start(response, start)
        expected = _expected_size(response, start)
        if file.size is not None and expected is not None and expected != file.size:
            raise RefusedError(f"{expected:,} bytes, {file.size:,} were expected")
        if start == 0:
            partial.drop()
        write_json(partial.note, {"url": url, "version": _version(response)})
        _write(response, partial.path, start, Progress(
            f"downloading {file.name}", total=(expected or start) - start, unit="bytes"
        ).advance)  # fmt: skip
    if expected is not None and partial.size != expected:
        raise _BrokenOffError(f"ended after {partial.size:,} of {expected:,} bytes")
    return start


def _resumable(url: str, file: File, partial: Partial) -> int:
    """From which byte to go on; 0 where nothing could tell that the rest belongs to another file."""
    checkable = bool(file.sha256 or file.md5)
    too_long = file.size is not None and partial.size >= file.size
    if too_long or not (checkable or partial.version(url)):
        partial.drop()
    return partial.size


def _is_whole(response: requests.Response, size: int) -> bool:
    """Whether "cannot satisfy the range" means that nothing is left to fetch."""
    return response.headers.get("Content-Range", "") == f"bytes */{size}"


def _check_status(response: requests.Response) -> None:
    code = response.status_code
    if code in (200, 206):
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise RefusedError("a web page, not the file")
        return
    answer = f"{code} {response.reason or ''}".strip()
    if code >= 500 or code in _PASSING:
        raise _BrokenOffError(answer)
    raise RefusedError(answer)


def _start(response: requests.Response, asked: int) -> int:
    """Where the answer begins: a server may ignore that only the rest was asked for."""
    if response.status_code == 200:
        return 0
    match = re.match(rf"bytes {asked}-", response.headers.get("Content-Range", ""))
    if match is None:
        raise RefusedError("206 with another range than was asked for")
    return asked


def _expected_size(response: requests.Response, start: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _version(response: requests.Response) -> str | None:
    """A strong validator; a weak ETag does not promise equal bytes."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def _write(
    response: requests.Response, path: Path, start: int, advance: Callable[[int], None]
) -> None:
    """Append the answer's bytes as they came over the wire: a ``.gz`` stays one."""
    with path.open("r+b" if start else "wb") as out:
        out.seek(start)
        out.truncate()
        try:
            for block in response.raw.stream(_BLOCK, decode_content=False):
                out.write(block)
                advance(len(block))
        except urllib3.exceptions.ReadTimeoutError as error:
            raise _BrokenOffError(f"stalled after {out.tell():,} bytes") from error
        except urllib3.exceptions.HTTPError as error:
            raise _BrokenOffError(f"broke off after {out.tell():,} bytes") from error
        finally:
            out.flush()
            os.fsync(out.fileno())
