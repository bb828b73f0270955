"""Downloads, from a server of our own that misbehaves on demand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faulty_server import CONTENT, OTHER, PATIENCE, Answer, Server, described, serve
from seq2seq.data.catalogue import PublishedFile
from seq2seq.data.download import download
from seq2seq.errors import UserError


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def fetch(file: PublishedFile, folder: Path, mirror: str | None = None) -> bytes:
    output = folder / file.name
    download(file, output, mirror=mirror, policy=PATIENCE)
    left = [path.name for path in (folder / ".partial").iterdir()]
    assert left == [f"{file.name}.lock"]
    return output.read_bytes()


def test_a_file_is_fetched(server: Server, tmp_path: Path) -> None:
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT
    assert server.paths == ["/a.tgz"]


def test_a_broken_transfer_is_resumed(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(cut_after=300_000), Answer(cut_after=200_000), Answer()]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT
    assert [request.get("Range") for request in server.requests] == [
        None,
        "bytes=300000-",
        "bytes=500000-",
    ]
    assert server.requests[1]["If-Range"] == '"one"'


def test_a_transfer_that_broke_off_in_an_earlier_run_is_resumed(server, tmp_path):
    file = described(f"{server.address}/a.tgz")
    server.http_response = [Answer(cut_after=300_000), Answer(status=404)]
    with pytest.raises(UserError):
        fetch(file, tmp_path)
    server.http_response = [Answer()]
    assert fetch(file, tmp_path) == CONTENT
    assert server.requests[-1]["Range"] == "bytes=300000-"


def test_progress_does_not_use_up_the_attempts(server: Server, tmp_path: Path) -> None:
    server.http_response = [*(Answer(cut_after=100_000) for _ in range(6)), Answer()]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT


def test_a_stall_is_noticed(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(cut_after=300_000, stall=True), Answer()]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT
    assert server.requests[1]["Range"].startswith("bytes=")


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(server, tmp_path):
    server.http_response = [Answer(content=OTHER, cut_after=300_000), Answer(etag='"two"')]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT
    assert len(server.requests) == 2


def test_a_beginning_of_other_bytes_is_found_out_and_fetched_again(server, tmp_path):
    server.http_response = [Answer(content=OTHER, cut_after=300_000, etag=None), Answer(etag=None)]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT
    assert "Range" in server.requests[1]
    assert "Range" not in server.requests[2]


def test_a_server_that_ignores_ranges_is_put_up_with(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(cut_after=300_000), Answer(ranges=False)]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT


def test_without_a_checksum_or_a_version_nothing_is_resumed(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(content=OTHER, cut_after=300_000, etag=None), Answer(etag=None)]
    file = described(f"{server.address}/a.tgz", checked=False)
    assert fetch(file, tmp_path) == CONTENT
    assert "Range" not in server.requests[1]


def test_a_whole_partial_file_of_unknown_size_is_not_fetched_again(server, tmp_path):
    file = described(f"{server.address}/a.tgz", sized=False)
    (tmp_path / ".partial").mkdir()
    (tmp_path / ".partial" / file.name).write_bytes(CONTENT)
    assert fetch(file, tmp_path) == CONTENT
    assert server.requests[0]["Range"] == "bytes=700000-"
    assert len(server.requests) == 1


def test_a_whole_partial_file_of_known_size_is_not_even_asked_for(server, tmp_path):
    file = described(f"{server.address}/a.tgz")
    (tmp_path / ".partial").mkdir()
    (tmp_path / ".partial" / file.name).write_bytes(CONTENT)
    assert fetch(file, tmp_path) == CONTENT
    assert server.requests == []


def test_the_next_address_is_asked_after_a_refusal(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(status=404), Answer()]
    file = described(f"{server.address}/gone.tgz", f"{server.address}/here.tgz")
    assert fetch(file, tmp_path) == CONTENT
    assert server.paths == ["/gone.tgz", "/here.tgz"]


def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(status=503), Answer(status=429), Answer()]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT


def test_a_redirection_is_followed(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(status=302, headers=(("Location", "/moved.tgz"),)), Answer()]
    assert fetch(described(f"{server.address}/a.tgz"), tmp_path) == CONTENT
    assert server.paths == ["/a.tgz", "/moved.tgz"]


def test_wrong_bytes_are_dropped_and_the_next_address_is_asked(server, tmp_path):
    server.http_response = [Answer(content=OTHER), Answer()]
    file = described(f"{server.address}/wrong.tgz", f"{server.address}/right.tgz")
    assert fetch(file, tmp_path) == CONTENT
    assert "Range" not in server.requests[1]


def test_a_file_of_wrong_size_is_not_even_fetched(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(content=CONTENT + b"more")]
    with pytest.raises(UserError, match="700,004 bytes, but 700,000 were expected"):
        fetch(described(f"{server.address}/a.tgz"), tmp_path)
    assert not (tmp_path / ".partial" / "corpus.txt").exists()


def test_a_web_page_is_not_taken_for_the_file(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(headers=(("Content-Type", "text/html; charset=utf-8"),))]
    with pytest.raises(UserError, match="a web page, not the file"):
        fetch(described(f"{server.address}/a.tgz", checked=False, sized=False), tmp_path)


def test_an_answer_of_untold_length_is_fetched(server: Server, tmp_path: Path) -> None:
    server.http_response = [Answer(claimed=0)]
    assert fetch(described(f"{server.address}/a.tgz", sized=False), tmp_path) == CONTENT


def test_the_error_lists_what_each_address_answered(server: Server, tmp_path: Path) -> None:
    server.http_response = [
        Answer(status=404),
        *(Answer(status=500) for _ in range(3)),
        Answer(content=OTHER),
    ]
    names = ("gone", "broken", "wrong")
    file = described(*(f"{server.address}/{name}.tgz" for name in names), "http://127.0.0.1:1/x.gz")
    with pytest.raises(UserError) as caught:
        fetch(file, tmp_path)
    message = str(caught.value)
    assert "/gone.tgz (404 Not Found)" in message
    assert "/broken.tgz (500 Internal Server Error)" in message
    assert "/wrong.tgz (wrong bytes, sha256 " in message
    assert "http://127.0.0.1:1/x.gz (no connection" in message
    assert "0x" not in message
    assert message.endswith("set `data.mirror` to that folder.")
    assert not (tmp_path / file.name).exists()


def test_a_mirror_folder_comes_first(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "corpus.txt").write_bytes(CONTENT)
    file = described(f"{server.address}/a.tgz")
    for mirror in (str(tmp_path / "mirror"), (tmp_path / "mirror").as_uri()):
        assert fetch(file, tmp_path / "downloads", mirror=mirror) == CONTENT
    assert server.requests == []


def test_a_mirror_may_use_the_published_name(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "dev+test.tgz").write_bytes(CONTENT)
    file = described(f"{server.address}/folder/dev%2Btest.tgz")
    assert fetch(file, tmp_path / "downloads", mirror=str(tmp_path / "mirror")) == CONTENT


def test_a_mirror_may_be_an_address(server: Server, tmp_path: Path) -> None:
    file = described("https://nowhere.invalid/a.tgz")
    assert fetch(file, tmp_path, mirror=f"{server.address}/mirror/") == CONTENT
    assert server.paths == ["/mirror/corpus.txt"]


def test_wrong_bytes_in_the_mirror_are_passed_over(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "corpus.txt").write_bytes(OTHER)
    file = described(f"{server.address}/a.tgz")
    assert fetch(file, tmp_path / "downloads", mirror=str(tmp_path / "mirror")) == CONTENT
    assert server.paths == ["/a.tgz"]


def test_a_mirror_is_left_as_it_is(server: Server, tmp_path: Path) -> None:
    original = tmp_path / "mirror" / "corpus.txt"
    original.parent.mkdir()
    original.write_bytes(CONTENT)
    original.chmod(0o444)
    fetch(described(), tmp_path / "downloads", mirror=str(tmp_path / "mirror"))
    (tmp_path / "downloads" / "corpus.txt").write_bytes(b"")
    assert original.read_bytes() == CONTENT


def test_a_mirror_that_is_not_there_is_told_at_once(server: Server, tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"mirorr: no such folder\. Correct data\.mirror or \$SEQ2SEQ"
    ):
        fetch(described(f"{server.address}/a.txt"), tmp_path, mirror=str(tmp_path / "mirorr"))
    assert server.requests == []


def test_a_right_file_that_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    file = described(f"{server.address}/a.txt")
    (tmp_path / file.name).write_bytes(CONTENT)
    assert fetch(file, tmp_path) == CONTENT
    assert server.requests == []


def test_a_wrong_file_that_is_there_is_replaced(server: Server, tmp_path: Path) -> None:
    file = described(f"{server.address}/a.txt")
    (tmp_path / file.name).write_bytes(OTHER)
    assert fetch(file, tmp_path) == CONTENT


def test_a_file_that_nobody_publishes_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be downloaded from anywhere, no URL is known"):
        fetch(described(), tmp_path)


def test_multi30k_comes_out_of_a_mirror_folder(repository, shared_data, tmp_path):
    from seq2seq.data.catalogue import read_catalogue

    file = read_catalogue(repository / "config" / "corpora.tsv").file("multi30k-val.fr.gz")
    content = fetch(file, tmp_path, mirror=str(shared_data / "multi30k"))
    assert content == (shared_data / "multi30k" / "val.fr.gz").read_bytes()
