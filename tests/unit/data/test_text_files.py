"""Parts of a text: together they are the text, whatever their number."""

from pathlib import Path

import pytest

from seq2seq.data.text_files import read_blocks, read_shard
from seq2seq.errors import UserError
from seq2seq.runtime.shards import WHOLE, Shard

TEXTS = [
    b"",
    b"\n",
    b"a\n",
    b"one\ntwo\n\nthree and more\n" * 7,
    b"long " * 100 + b"\nshort\n",
    "é\u2028\u0085\r\n".encode() * 9,
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("count", [1, 2, 3, 16])
@pytest.mark.parametrize("size", [1, 10, 1000])
def test_the_parts_one_after_the_other_are_the_text(tmp_path, text, count, size):
    path = tmp_path / "a.txt"
    path.write_bytes(text)
    blocks = [
        block
        for number in range(1, count + 1)
        for block in read_blocks(path, Shard(number, count), size=size)
    ]
    assert b"".join(blocks) == text
    assert all(block.endswith(b"\n") for block in blocks)


def test_lines_end_at_line_feeds_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("a\u2028b\r\nc\u0085d".encode())
    assert list(read_shard(path, WHOLE)) == ["a\u2028b\r", "c\u0085d"]


def test_text_that_is_no_utf_8_is_refused_with_what_stands_before(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"good\nbefore \xff after\n")
    with pytest.raises(UserError, match=r"a.txt: not valid UTF-8 .* after `before `"):
        list(read_shard(path, WHOLE))


def test_a_missing_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none.txt: cannot be read \(No such file"):
        list(read_blocks(tmp_path / "none.txt"))
    with pytest.raises(UserError, match="cannot be read"):
        list(read_blocks(tmp_path))
