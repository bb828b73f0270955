"""Whatever a server does, a download ends with the right file or with one clear sentence."""

import email.utils
import fcntl
import gzip
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from faulty_server import CONTENT, OTHER, PATIENCE, Answer, Server, described, serve
from seq2seq.data.catalogue import PublishedFile
from seq2seq.data.download import download
from seq2seq.errors import UserError

WHOLE = Answer()
CUT = Answer(cut_after=300_000)
PACKED = gzip.compress(CONTENT, mtime=0)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def outcome(file: PublishedFile, folder: Path) -> bytes | str:
    """The bytes that were accepted, or the sentence that was said in their place."""
    output = folder / file.name
    try:
        download(file, output, mirror=None, policy=PATIENCE)
    except UserError as error:
        assert not output.exists()
        return str(error)
    return output.read_bytes()


FAULTS = {
    "it cuts the connection": CUT,
    "it cuts the connection at once": Answer(cut_after=0),
    "it stalls": replace(CUT, stall=True),
    "it trickles": Answer(trickle=True),
    "it does not know the file": Answer(status=404),
    "it forbids the file": Answer(status=403),
    "it is busy": Answer(status=503),
    "it is busy and says for how long": Answer(status=503, headers=(("Retry-After", "0"),)),
    "it has had enough of us": Answer(status=429, headers=(("Retry-After", "soon"),)),
    "it has an error": Answer(status=500),
    "it ignores ranges": replace(CUT, ranges=False),
    "it gives another part than was asked for": replace(CUT, shift=7),
    "it gives wrong bytes": Answer(content=OTHER),
    "it gives wrong bytes and breaks off": Answer(content=OTHER, cut_after=200_000),
    "it gives wrong bytes of another version": Answer(content=OTHER, cut_after=9, etag='"b"'),
    "it gives another version, whatever we ask": Answer(
        content=OTHER, cut_after=400_000, etag='"b"', heeds_if_range=False
    ),
    "it gives too little": Answer(content=CONTENT[:-1]),
    "it gives too much": Answer(content=CONTENT + b"x"),
    "it gives nothing": Answer(content=b""),
    "it tells of too few bytes": Answer(claimed=100_000),
    "it tells of too many bytes": Answer(claimed=800_000),
    "it tells no length": Answer(claimed=0),
    "it tells no length and breaks off": Answer(claimed=0, cut_after=100_000),
    "it tells nonsense of the length": Answer(headers=(("Content-Length", "many"),)),
    "it redirects in a circle": Answer(status=302, headers=(("Location", "/again"),)),
    "it redirects to nowhere": Answer(status=302, headers=(("Location", "http://127.0.0.1:1/"),)),
    "it redirects to a file of ours": Answer(
        status=302, headers=(("Location", "file:///etc/hostname"),)
    ),
    "it redirects to nonsense": Answer(status=302, headers=(("Location", "http://[::/"),)),
    "it packs the file": Answer(content=PACKED, headers=(("Content-Encoding", "gzip"),)),
    "it answers with a page": Answer(content=b"<html>", headers=(("Content-Type", "text/html"),)),
}


KNOWN = {
    "all": {"checked": True, "sized": True},
    "the checksum": {"checked": True, "sized": False},
    "the size": {"checked": False, "sized": True},
    "nothing": {"checked": False, "sized": False},
}


def can_be_told(fault: Answer, known: dict[str, bool]) -> bool:
    """Whether anything contradicts the bytes: what is known of them, or the answer's own head."""
    if known["checked"] or fault.status != 200 or fault.headers:
        return True
    if len(fault.content) != len(CONTENT):
        return known["sized"]
    cut_unseen = fault.claimed == 0 and fault.cut_after
    wrong = fault.content != CONTENT or cut_unseen or (fault.claimed or len(CONTENT)) < len(CONTENT)
    return not wrong


TOLD = [
    pytest.param(fault, known, id=f"{name}, {what} is known")
    for name, fault in FAULTS.items()
    for what, known in KNOWN.items()
    if can_be_told(fault, known)
]


@pytest.mark.parametrize(("fault", "known"), TOLD)
def test_a_fault_that_passes_is_overcome_and_one_that_lasts_is_told(server, tmp_path, fault, known):
    file = described(f"{server.address}/a.txt", **known)
    server.http_response = [CUT, fault]
    lasting = outcome(file, tmp_path / "lasting")
    assert lasting == CONTENT or _is_clear(lasting, server)
    server.http_response = [fault, WHOLE]
    passing = outcome(file, tmp_path / "passing")
    assert passing == CONTENT or _is_clear(passing, server)


def _is_clear(said: bytes | str, server: Server) -> bool:
    return (
        isinstance(said, str)
        and said.startswith(f"corpus.txt: cannot be downloaded from {server.address}/a.txt (")
        and said.endswith("Put the file into a folder and set `data.mirror` to that folder.")
        and "object at 0x" not in said
        and "Traceback" not in said
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_server_of_random_faults_is_outlasted_when_another_address_is_right(
    server: Server, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    faults = [fault for fault in FAULTS.values() if not (fault.stall or fault.trickle)]
    server.http_response = [*chance.choices(faults, k=8), WHOLE]
    file = described(*(f"{server.address}/{place}.txt" for place in range(9)))
    assert outcome(file, tmp_path) == CONTENT


def test_a_transfer_cut_again_and_again_goes_on_where_it_was(server, tmp_path):
    chance = random.Random(5)
    cuts = [replace(CUT, cut_after=chance.randint(1, 60_000)) for _ in range(30)]
    server.http_response = [*cuts, WHOLE]
    assert outcome(described(f"{server.address}/a.txt"), tmp_path) == CONTENT
    begins = [int(each.get("Range", "bytes=0-")[6:-1]) for each in server.requests]
    assert begins == sorted(begins)


def test_a_busy_server_is_given_the_time_it_asks_for(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(status=503, headers=(("Retry-After", "1"),)), WHOLE]
    begin = time.monotonic()
    assert outcome(described(f"{server.address}/a.txt"), tmp_path) == CONTENT
    assert time.monotonic() - begin >= 1


def test_a_server_that_names_a_date_is_given_time_until_then(server, tmp_path):
    date = email.utils.formatdate(time.time() + 2, usegmt=True)
    server.http_response = [Answer(status=429, headers=(("Retry-After", date),)), WHOLE]
    begin = time.monotonic()
    assert outcome(described(f"{server.address}/a.txt"), tmp_path) == CONTENT
    assert time.monotonic() - begin > 0.5


def test_a_server_that_asks_for_hours_is_left_for_the_next_address(server, tmp_path):
    server.http_response = [Answer(status=503, headers=(("Retry-After", "7200"),)), WHOLE]
    file = described(f"{server.address}/busy.txt", f"{server.address}/right.txt")
    assert outcome(file, tmp_path) == CONTENT
    assert server.paths == ["/busy.txt", "/right.txt"]


def test_a_trickle_is_given_up_and_what_came_is_kept(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(trickle=True)] * 3 + [WHOLE]
    file = described(f"{server.address}/slow.txt", f"{server.address}/quick.txt")
    assert outcome(file, tmp_path) == CONTENT
    assert server.paths == ["/slow.txt"] * 3 + ["/quick.txt"]
    begins = [int(each.get("Range", "bytes=0-")[6:-1]) for each in server.requests]
    assert begins == sorted(set(begins))


def test_a_circle_of_redirections_is_left_at_once(server: Server, tmp_path: Path) -> None:
    server.http_response = [FAULTS["it redirects in a circle"]]
    said = outcome(described(f"{server.address}/a.txt"), tmp_path)
    assert "(redirected in a circle)" in said
    assert len(server.requests) < 40


def test_a_package_that_is_labelled_as_an_encoding_is_kept_packed(server, tmp_path):
    server.http_response = [Answer(content=PACKED, headers=(("Content-Encoding", "gzip"),))]
    file = described(f"{server.address}/a.gz", content=PACKED, name="corpus.txt.gz")
    assert outcome(file, tmp_path) == PACKED


@pytest.mark.parametrize("content", [PACKED[:-9], b"<!DOCTYPE html>", PACKED[:500] + PACKED[501:]])
def test_without_a_checksum_a_package_must_at_least_be_whole(server, tmp_path, content):
    server.http_response = [Answer(content=content)]
    file = described(f"{server.address}/a.gz", name="corpus.txt.gz", checked=False, sized=False)
    assert "(truncated, damaged or of another kind (" in outcome(file, tmp_path)


def test_two_programs_do_not_write_into_each_other_s_transfer(server, tmp_path, capfd):
    file = described(f"{server.address}/a.txt")
    lock = tmp_path / ".partial" / "corpus.txt.lock"
    lock.parent.mkdir()
    results: list[bytes | str] = []
    fetching = [
        threading.Thread(target=lambda: results.append(outcome(file, tmp_path))) for _ in range(2)
    ]
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for thread in fetching:
            thread.start()
        time.sleep(0.3)
        assert server.requests == []
    for thread in fetching:
        thread.join()
    assert results == [CONTENT, CONTENT]
    assert len(server.requests) == 1
    assert "corpus.txt: another program is downloading it; waiting" in capfd.readouterr().err
