"""What every program shares: how it fails, and how it shows progress."""

import atexit
import errno
import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from seq2seq.errors import UserError

T = TypeVar("T")
log = logging.getLogger("seq2seq")  # to standard error, so never mixed with results
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MAYBE_MEMORY = (MemoryError, RuntimeError, ImportError, SystemError)
_NO_MEMORY = (  # of CUDA, PyTorch, Python, oneDNN and the loader
    *("out of memory", "can't allocate memory", "can't start new thread"),
    *("could not create a primitive", "could not execute a primitive", "failed to map segment"),
    "error return without exception set",  # Python had no memory left to make the exception
)


class _StandardError(logging.Handler):
    """Writes each line in one call, as several processes may share the log."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")
        sys.stderr.flush()


log.setLevel(logging.INFO)
log.propagate = False
log.addHandler(_StandardError())


class _ClosedStream:
    """Replaces a closed standard stream: any use of it is an error."""

    closed = True  # so that Python does not flush it at exit

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, _: str) -> Any:
        raise UserError(f"{self._name} is closed. Connect it to a file, a pipe or /dev/null.")


def run(main: Callable[[], None]) -> None:
    """Call ``main`` as a program: a mistake of the user is one sentence and exit code 2."""
    sys.stdin = sys.stdin or _ClosedStream("standard input")
    sys.stdout = sys.stdout or _ClosedStream("standard output")
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123
    atexit.register(gc.freeze)  # or the interpreter searches all of PyTorch for cycles as it exits
    try:
        main()
        if not sys.stdout.closed:
            sys.stdout.flush()
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        _discard_output()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except (UserError, OSError, UnicodeEncodeError, *_MAYBE_MEMORY) as error:
        message = explain(error)
        if message is None:
            raise
        print(f"error: {message}", file=sys.stderr)
        if isinstance(error, OSError):
            _discard_output()
        sys.exit(2)


def explain(error: Exception) -> str | None:
    """A sentence for an error that the user can fix, else ``None``."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, UnicodeEncodeError):
        text = error.object[error.start : error.end]
        return f"{text!a} cannot be written as {error.encoding}. Set PYTHONIOENCODING=utf-8."
    if out_of_memory(error):
        return (
            f"not enough memory ({first_line(error)}). Lower the batch size "
            "(`train.`, `translate.` or `rescore.batch_size`), or use a machine with more memory."
        )
    if not isinstance(error, OSError):
        return None
    if error.errno in _NO_SPACE:
        return f"the disk is full ({error}). Free some space and rerun."
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}. Check the path and its permissions."
    if error.errno == errno.EBADF:
        return "a standard stream is closed. Connect it to a file, a pipe or /dev/null."
    return f"the system refuses ({first_line(error)}). Check space, memory and permissions."


def out_of_memory(error: BaseException) -> bool:
    """Python's, PyTorch's and the system's ways to say that memory or threads are exhausted."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOMEM, errno.EAGAIN)
    known = any(words in str(error).lower() for words in _NO_MEMORY)
    return isinstance(error, MemoryError) or (isinstance(error, _MAYBE_MEMORY) and known)


def first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__


def _discard_output() -> None:
    """Drop buffered output, which Python would try to write again at exit."""
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Progress:
    """Logs a line every few seconds with share, rate and time left; ``total`` 0 is unknown."""

    def __init__(self, what: str, *, total: int, unit: str, every_seconds: float = 10.0) -> None:
        self._what, self._total, self._unit = what, total, unit
        self._every = every_seconds
        self._start = self._last = time.monotonic()
        self._done = 0

    def advance(self, amount: int = 1, *, note: str = "") -> None:
        self._done += amount
        if (now := time.monotonic()) - self._last >= self._every:
            self._last = now
            self._log(now, note)

    def finish(self, note: str = "") -> None:
        """Log the total, the mean rate and the time taken."""
        seconds = time.monotonic() - self._start
        rate = self._done / max(seconds, 1e-9)
        self._write(f"{self._done:,} {self._unit} in {duration(seconds)}", rate, note)

    def _log(self, now: float, note: str) -> None:
        rate = self._done / max(now - self._start, 1e-9)
        if self._total == 0:
            self._write(f"{self._done:,} {self._unit}", rate, note)
            return
        left = duration((self._total - self._done) / max(rate, 1e-9))
        self._write(f"{100 * self._done / self._total:.0f} %", rate, note, f"{left} left")

    def _write(self, done: str, rate: float, *notes: str) -> None:
        parts = (f"{self._what}: {done}", f"{rate:,.0f} {self._unit}/s", *notes)
        log.info(", ".join(filter(None, parts)))


def with_progress(items: Iterable[T], what: str, *, total: int, unit: str) -> Iterator[T]:
    """The items unchanged, while progress is logged."""
    progress = Progress(what, total=total, unit=unit)
    for item in items:
        yield item
        progress.advance()
    progress.finish()


def duration(seconds: float) -> str:
    """``75`` is ``1m15s``; ``3700`` is ``1h01m``."""
    whole = round(max(seconds, 0))
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours}h{minutes:02d}m"
    return f"{minutes}m{whole % 60:02d}s" if minutes else f"{whole}s"
