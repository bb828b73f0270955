"""Files: atomic writes, lines that end at ``\\n`` alone, and what bad input is answered with."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.io.files import (
    atomic,
    digest,
    read_json,
    read_lines,
    read_parallel,
    remove_abandoned,
    sha256,
    write_json,
    write_lines,
    writing,
)

# Every character at which str.splitlines cuts, but for "\n", and some blanks.
ODD = "a\rb\x0bc\x0cd\x1ce\x1df\x1eg\x85h\u2028i\u2029j\u00a0k\ufeffl\x00m"


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
@pytest.mark.parametrize(
    "lines", [[], [""], ["", ""], ["one", "", ODD, " two ", "é"], [ODD * 9999]]
)
def test_lines_come_back_as_they_were(tmp_path: Path, name: str, lines: list[str]) -> None:
    assert write_lines(tmp_path / name, lines) == len(lines)
    assert list(read_lines(tmp_path / name)) == lines


def test_a_text_file_is_utf8_with_line_feeds_alone(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.txt", ["é", "\u2028"])
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\n\xe2\x80\xa8\n"


def test_a_last_line_may_lack_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\ntwo")
    assert list(read_lines(tmp_path / "a.txt")) == ["one", "two"]


def test_equal_lines_make_equal_gzip_files(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.gz", ["one"])
    write_lines(tmp_path / "other.gz", ["one"])
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "other.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()) == b"one\n"


def test_real_text_has_as_many_lines_as_line_feeds(shared_data: Path) -> None:
    path = shared_data / "multi30k" / "train.fr.gz"
    text = gzip.decompress(path.read_bytes())
    assert sum(1 for _ in read_lines(path)) == text.count(b"\n") == 29_000


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        yield "half"
        raise ZeroDivisionError

    for name in ("a.txt", "a.gz"):
        write_lines(tmp_path / name, ["old"])
        with pytest.raises(ZeroDivisionError):
            write_lines(tmp_path / name, lines())
        assert list(read_lines(tmp_path / name)) == ["old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gz", "a.txt"]


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.bin"
    with writing(path) as file:
        file.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"


def test_an_atomic_file_has_the_usual_rights(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        with atomic(tmp_path / "a") as temporary:
            temporary.write_bytes(b"")
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(old)


@pytest.mark.parametrize("name", ["a.txt", "a.gz"])
def test_invalid_text_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    content = b"one\n\xe9t\xe9\n"
    (tmp_path / name).write_bytes(gzip.compress(content) if name == "a.gz" else content)
    with pytest.raises(UserError, match=rf"{name}, line 2: not valid UTF-8 \(.*\)\. Convert"):
        list(read_lines(tmp_path / name))


@pytest.mark.parametrize("name", ["a.txt", "a.gz"])
def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="no such file"):
        list(read_lines(tmp_path / name))
    (tmp_path / name).mkdir()
    with pytest.raises(UserError, match="is a directory, but a text file was expected"):
        list(read_lines(tmp_path / name))


def test_a_truncated_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"{k} {k * k}\n" for k in range(9999)).encode())
    (tmp_path / "a.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"a\.gz, line \d+: damaged gzip file"):
        list(read_lines(tmp_path / "a.gz"))
    (tmp_path / "a.gz").write_bytes(b"plain text\n")
    with pytest.raises(UserError, match=r"a\.gz, line 1: damaged gzip file"):
        list(read_lines(tmp_path / "a.gz"))


def test_pairs_come_in_order(tmp_path: Path) -> None:
    write_lines(tmp_path / "a", ["1", ODD])
    write_lines(tmp_path / "b.gz", ["one", ""])
    assert list(read_parallel(tmp_path / "a", tmp_path / "b.gz")) == [("1", "one"), (ODD, "")]


@pytest.mark.parametrize(("source", "target"), [(5, 2), (2, 5), (0, 1), (1, 0)])
def test_files_of_different_length_are_refused_with_both_counts(tmp_path, source, target):
    write_lines(tmp_path / "a", ["x"] * source)
    write_lines(tmp_path / "b", ["y"] * target)
    with pytest.raises(UserError, match=rf"a and .*b: {source} source lines but {target} target"):
        list(read_parallel(tmp_path / "a", tmp_path / "b"))


def test_equal_values_are_equal_json_files(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"b": [1, 2.5, None], "a": "é\u2028"})
    write_json(tmp_path / "b", {"a": "é\u2028", "b": [1, 2.5, None]})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert read_json(tmp_path / "a") == {"a": "é\u2028", "b": [1, 2.5, None]}


def test_a_number_that_json_lacks_is_our_own_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nan"):
        write_json(tmp_path / "a", float("nan"))
    assert list(tmp_path.iterdir()) == []


def test_broken_json_is_refused_with_its_line(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.json", ["{", '  "a": 1,', "}"])
    with pytest.raises(UserError, match=r"a\.json, line [23]: not valid JSON"):
        read_json(tmp_path / "a.json")


def test_a_checksum_is_that_of_the_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    (tmp_path / "a").write_bytes(content)
    assert sha256(tmp_path / "a") == hashlib.sha256(content).hexdigest()
    both = digest(tmp_path / "a", tmp_path / "a", algorithm="md5")
    assert both == hashlib.md5(content + content).hexdigest()


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"{k} {k * k}\n" for k in range(9999)).encode())
    for begin in range(20, len(whole) - 60, len(whole) // 20):
        (tmp_path / "a.gz").write_bytes(whole[:begin] + b"\xff" * 40 + whole[begin + 40 :])
        with pytest.raises(UserError, match=r"a\.gz, line \d+: (damaged gzip|not valid UTF-8)"):
            list(read_lines(tmp_path / "a.gz"))


def test_a_line_that_would_be_two_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds a line break"):
        write_lines(tmp_path / "a", ["one\ntwo"])
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_is_removed_and_nothing_else(tmp_path):
    for name in (
        ".001.jsonl.abcd1234",
        ".001.jsonl.gz.abcd1234",
        "001.jsonl",
        ".002.jsonl.abcd1234",
    ):
        (tmp_path / name).touch()
    remove_abandoned(tmp_path / "001.jsonl.gz")
    remove_abandoned(tmp_path / "002.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".001.jsonl.abcd1234", "001.jsonl"]


def test_a_living_writer_s_file_is_left_to_it(tmp_path):
    with atomic(tmp_path / "a") as first:
        first.write_text("first")
        with atomic(tmp_path / "a") as second:
            second.write_text("second")
        assert first.exists()
    assert (tmp_path / "a").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
