"""A web server of our own that misbehaves on demand, and files for it to give."""

import hashlib
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from seq2seq.data.catalogue import PublishedFile
from seq2seq.data.transfer import RetryPolicy

CONTENT = random.Random(1).randbytes(700_000)
OTHER = random.Random(2).randbytes(700_000)
PATIENCE = RetryPolicy(
    attempts=3,
    first_wait_seconds=0.01,
    longest_wait_seconds=3,
    connect_seconds=2,
    stall_seconds=0.3,
    slowest_bytes_per_second=30_000,
)


@dataclass(frozen=True)
class Answer:
    """What the server does at one request; ``headers`` take the place of those it would send.

    ``claimed`` is the Content-Length it tells of what it gives (nothing: the truth; 0: no length at
    all); ``shift`` moves the part that it gives away from the one that was asked for.
    """

    status: int = 200
    content: bytes = CONTENT
    cut_after: int | None = None
    stall: bool = False
    trickle: bool = False
    ranges: bool = True
    shift: int = 0
    etag: str | None = '"one"'
    heeds_if_range: bool = True
    claimed: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Server:
    """Answers in turn, the last one for ever; keeps the headers and paths of the requests."""

    address: str
    http_response: list[Answer] = field(default_factory=lambda: [Answer()])
    requests: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Answer:
        return self.http_response.pop(0) if len(self.http_response) > 1 else self.http_response[0]


class Handler(BaseHTTPRequestHandler):
    """One request, answered as the server's list of answers says."""

    protocol_version = "HTTP/1.1"
    state: Server

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.state.requests.append(dict(self.headers))
        self.state.paths.append(self.path)
        self.close_connection = True
        answer = self.state.next()
        start = self._start(answer)
        whole = len(answer.content)
        if answer.status != 200:
            self._send_head(answer.status, {"Content-Length": "0"}, answer)
        elif start >= whole:
            head = {"Content-Range": f"bytes */{whole}", "Content-Length": "0"}
            self._send_head(416, head, answer)
        else:
            self._give(answer, start)

    def _start(self, answer: Answer) -> int:
        nbest = self.headers.get("Range")
        if nbest is None or not answer.ranges:
            return 0
        if answer.heeds_if_range and self.headers.get("If-Range", answer.etag) != answer.etag:
            return 0
        return int(nbest.removeprefix("bytes=").removesuffix("-"))

    def _give(self, answer: Answer, start: int) -> None:
        head = {"Content-Type": "application/octet-stream"}
        whole = len(answer.content)
        code = 206 if start else 200
        if start:
            start += answer.shift
            head["Content-Range"] = f"bytes {start}-{whole - 1}/{whole}"
        if answer.etag:
            head["ETag"] = answer.etag
        if answer.claimed != 0:
            head["Content-Length"] = str(answer.claimed or whole - start)
        self._send_head(code, head, answer)
        end = None if answer.cut_after is None else start + answer.cut_after
        for block in self._blocks(answer.content[start:end], answer):
            self.wfile.write(block)
        self.wfile.flush()
        if answer.stall:
            self.state.released.wait(5)

    def _blocks(self, content: bytes, answer: Answer) -> Iterator[bytes]:
        """All at once, or a thousand bytes every now and then."""
        if not answer.trickle:
            yield content
            return
        for begin in range(0, len(content), 1000):
            yield content[begin : begin + 1000]
            if self.state.released.wait(0.05):
                return

    def _send_head(self, code: int, head: dict[str, str], answer: Answer) -> None:
        self.send_response(code)
        self.send_header("Connection", "close")
        for name, value in (head | dict(answer.headers)).items():
            self.send_header(name, value)
        self.end_headers()


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has seen enough hangs up: no error here."""


@contextmanager
def serve() -> Iterator[Server]:
    """A server at an address of its own, until the end of the block."""
    http = Quiet(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{http.server_port}")
    http.RequestHandlerClass = type("Bound", (Handler,), {"state": state})
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.released.set()
        http.shutdown()
        http.server_close()
        thread.join()


def described(
    *urls: str,
    content: bytes = CONTENT,
    name: str = "corpus.txt",
    checked: bool = True,
    sized: bool = True,
) -> PublishedFile:
    """The row of the catalogue that tells of ``content``, or tells less of it."""
    return PublishedFile(
        name=name,
        size=len(content) if sized else None,
        sha256=hashlib.sha256(content).hexdigest() if checked else None,
        md5=hashlib.md5(content).hexdigest() if checked else None,
        urls=urls,
        licence="",
    )
