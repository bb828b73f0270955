"""Texts of a sentence a line: one file, or two whose lines k translate each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.io.files import read_parallel, writing


@dataclass(frozen=True)
class PairFiles:
    """The two sides of a corpus, a sentence a line."""

    source: Path
    target: Path

    def read(self) -> Iterator[tuple[str, str]]:
        """Raises UserError: they differ in length."""
        return read_parallel(self.source, self.target)

    def write(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Write both, neither of them if ``pairs`` fails; the number of pairs is returned."""
        count = 0
        with writing(self.source) as source_file, writing(self.target) as target_file:
            for source, target in pairs:
                source_file.write(f"{source}\n".encode())
                target_file.write(f"{target}\n".encode())
                count += 1
        return count


def count_lines(path: str | Path) -> int:
    """Lines that end, at the speed of the disk; for showing how far a program has come.

    Raises:
        UserError: no such file.
    """
    try:
        with Path(path).open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
