"""Lines in and out of programs for people: files or standard input, always UTF-8."""

import sys
from collections.abc import Iterable, Iterator

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines

STANDARD_INPUT = "(standard input)"


def stream_name(path: str) -> str:
    """The name of the file in messages; ``-`` is standard input."""
    return STANDARD_INPUT if path == "-" else path


def lines_of(path: str) -> Iterator[str]:
    """The lines of a file (``.gz`` too) or, for ``-``, of standard input, as they arrive."""
    return _standard_input() if path == "-" else read_lines(path)


def _standard_input() -> Iterator[str]:
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        try:
            line = raw.decode("utf-8").removesuffix("\n")
            yield line.removeprefix("\ufeff") if number == 1 else line  # as read_lines does
        except UnicodeDecodeError as error:
            place = location(STANDARD_INPUT, number)
            raise UserError(f"{place}: not valid UTF-8 ({error.reason}). Convert it.") from error


def chunks(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """``size`` lines at a time, fewer at the end.

    An error on the way comes after the lines before it.
    """
    chunk: list[str] = []
    try:
        for line in lines:
            chunk.append(line)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except UserError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def print_lines(lines: Iterable[str]) -> None:
    """Write to standard output at once, always in UTF-8."""
    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8") + b"\n")
    sys.stdout.buffer.flush()
