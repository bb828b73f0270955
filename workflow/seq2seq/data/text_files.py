"""Text files with one sentence per line: parallel pairs, byte blocks of whole lines, and shards.

A line belongs to the shard whose byte range contains its first byte.  So the shards in order are the
text, for any number of shards, and nothing needs to be split on disk.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from seq2seq.errors import UserError
from seq2seq.io.files import in_pairs, read_lines, read_parallel, writing
from seq2seq.runtime.shards import WHOLE, Shard

_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True)
class PairFiles:
    source: Path
    target: Path

    def read(self) -> Iterator[tuple[str, str]]:
        return read_parallel(self.source, self.target)

    def write(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Write both files, or neither if ``pairs`` fails; returns the number of pairs."""
        count = 0
        with writing(self.source) as source_file, writing(self.target) as target_file:
            for source, target in pairs:
                source_file.write(f"{source}\n".encode())
                target_file.write(f"{target}\n".encode())
                count += 1
        return count


@dataclass(frozen=True)
class ShardFiles:
    """The two sides of a corpus, each in several files in order."""

    source: Sequence[Path]
    target: Sequence[Path]

    def read(self) -> Iterator[tuple[str, str]]:
        sides = self.source, self.target
        source, target = (chain.from_iterable(map(read_lines, side)) for side in sides)
        name = f"{self.source[0]} and {self.target[0]}, with the shards that follow them"
        return in_pairs(source, target, name, "Delete them and rerun.")


def read_blocks(path: str | Path, shard: Shard = WHOLE, *, size: int = _BLOCK) -> Iterator[bytes]:
    """The shard's lines in blocks of about ``size`` bytes; each block ends with ``\\n``."""
    try:
        with Path(path).open("rb") as file:
            byte_range = shard.of(file.seek(0, 2))
            end = _seek_line(file, byte_range.stop)
            left = end - _seek_line(file, byte_range.start)
            while left > 0:
                block = file.read(min(size, left))
                if not block.endswith(b"\n"):
                    block += file.readline()
                left -= len(block)
                yield block if block.endswith(b"\n") else block + b"\n"
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error


def _seek_line(file: BinaryIO, position: int) -> int:
    """Seek to the first line that begins at ``position`` or later, and return its offset."""
    file.seek(max(position - 1, 0))
    if position > 0:
        file.readline()
    return file.tell()


def read_shard(path: str | Path, shard: Shard) -> Iterator[str]:
    for block in read_blocks(path, shard):
        try:
            yield from block[:-1].decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            before = block[: error.start].split(b"\n")[-1].decode("utf-8", "replace")
            raise UserError(
                f"{path}: not valid UTF-8 ({error.reason}) after `{before[-40:]}`. "
                "Convert the file to UTF-8."
            ) from error
