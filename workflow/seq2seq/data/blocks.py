"""A text, or a job's part of it, a megabyte at a time: whole lines, found without reading the rest.

A line belongs to the part in whose range of bytes it begins, so that the parts one after the other
are the text, however many there are, and nothing needs to be cut up on disk.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from seq2seq.errors import UserError
from seq2seq.runtime.shards import WHOLE, Shard

_SIZE = 1 << 20  # bytes


def read_blocks(path: str | Path, shard: Shard = WHOLE, *, size: int = _SIZE) -> Iterator[bytes]:
    """The shard's lines in blocks of about ``size`` bytes, each ending with a line's end.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            places = shard.of(file.seek(0, 2))
            end = _line_start(file, places.stop)
            left = end - _line_start(file, places.start)
            while left > 0:
                block = file.read(min(size, left))
                if not block.endswith(b"\n"):
                    block += file.readline()
                left -= len(block)
                yield block if block.endswith(b"\n") else block + b"\n"
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error


def _line_start(file: BinaryIO, position: int) -> int:
    """Move to the first line that begins at ``position`` or later, and tell where that is."""
    file.seek(max(position - 1, 0))
    if position > 0:
        file.readline()
    return file.tell()


def read_shard(path: str | Path, shard: Shard) -> Iterator[str]:
    """The shard's lines without their ends.

    Raises:
        UserError: the file cannot be read, or is not UTF-8.
    """
    for block in read_blocks(path, shard):
        try:
            yield from block[:-1].decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            before = block[: error.start].split(b"\n")[-1].decode("utf-8", "replace")
            raise UserError(
                f"{path}: not valid UTF-8 ({error.reason}) after `{before[-40:]}`. "
                "Convert the file to UTF-8."
            ) from error
