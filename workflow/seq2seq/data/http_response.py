"""What a server's answer says of the bytes that follow: where they begin, how many, of which version.

An answer that cannot be the file is refused before a byte of it is kept.
"""

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import requests

_PASSING = (408, 425, 429)  # with all of 5xx: the same request may be answered later
_RANGE = re.compile(r"bytes (?P<first>\d+)-(?P<last>\d+)/(?P<size>\d+|\*)")


class PermanentDownloadError(Exception):
    """The address will not give the file: no sense in asking it again."""


class TransientDownloadError(Exception):
    """The transfer did not get to its end, but the next may, after ``wait_seconds``."""

    def __init__(self, reason: str, *, wait_seconds: float = 0) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class TooSlowError(TransientDownloadError):
    """Bytes came, but so few that another connection or address should be tried."""


@dataclass(frozen=True)
class Answer:
    """The bytes that follow: from ``start`` on, of a file of ``size`` bytes in all, if it is told.

    ``version`` is a strong validator of the file.
    """

    start: int
    size: int | None
    version: str | None


def read_answer(response: requests.Response, *, asked: int, packed: bool) -> Answer:
    """The head of an answer to a request for the bytes from ``asked`` on.

    ``packed`` tells that the file itself is a package: some servers call that an encoding.

    Raises:
        RefusedError: this will not become the file.
        BrokenOffError: it may at another time.
    """
    _check_status(response)
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise PermanentDownloadError("a web page, not the file")
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity" and not packed:
        raise PermanentDownloadError(f"sent packed as {encoding}, which was not asked for")
    version = _version(response)
    if response.status_code == 200:
        return Answer(0, _length(response), version)
    return _part(response, asked, version)


def _check_status(response: requests.Response) -> None:
    code = response.status_code
    if code in (200, 206):
        return
    answer = f"{code} {response.reason or ''}".strip()
    if code >= 500 or code in _PASSING:
        raise TransientDownloadError(answer, wait_seconds=_retry_after(response))
    raise PermanentDownloadError(answer)


def _retry_after(response: requests.Response) -> float:
    """The seconds that a busy server asks to wait, which it may tell as a date."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return 0.0


def _part(response: requests.Response, asked: int, version: str | None) -> Answer:
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None or int(found["first"]) != asked:
        raise TransientDownloadError("206 with another range than was asked for")
    if found["size"] != "*":
        return Answer(asked, int(found["size"]), version)
    length = _length(response)
    return Answer(asked, None if length is None else asked + length, version)


def _length(response: requests.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _version(response: requests.Response) -> str | None:
    """A strong validator; a weak ETag does not promise equal bytes."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")
