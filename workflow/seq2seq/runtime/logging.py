"""What every program of this package has: one way to fail, one way to show progress."""

import errno
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from seq2seq.errors import UserError

T = TypeVar("T")
log = logging.getLogger("seq2seq")  # lines for the person who watches; never mixed with results
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class _StandardError(logging.Handler):
    """Writes each line in one piece, as several processes may share the log."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")
        sys.stderr.flush()


log.setLevel(logging.INFO)
log.propagate = False
log.addHandler(_StandardError())


def run(main: Callable[[], None]) -> None:
    """Call ``main`` as a program: what the user can mend is one sentence and exit code 2."""
    try:
        main()
        sys.stdout.flush()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader, as in `| head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        print(f"error: the disk is full ({error}). Make room and run again.", file=sys.stderr)
        sys.exit(2)


class Progress:
    """A line every few seconds: how far, how fast, how much longer; ``total`` 0 is not known."""

    def __init__(self, what: str, *, total: int, unit: str, every_seconds: float = 10.0) -> None:
        self._what, self._total, self._unit = what, total, unit
        self._every = every_seconds
        self._start = self._last = time.monotonic()
        self._done = 0

    def advance(self, amount: int = 1, *, note: str = "") -> None:
        self._done += amount
        if (now := time.monotonic()) - self._last >= self._every:
            self._last = now
            self._show(now, note)

    def finish(self, note: str = "") -> None:
        """The last line: the whole amount, the mean rate and the time taken."""
        seconds = time.monotonic() - self._start
        rate = self._done / max(seconds, 1e-9)
        log.info(_joined(f"{self._what}: {self._done:,} {self._unit} in {duration(seconds)}",
                    f"{rate:,.0f} {self._unit}/s", note))  # fmt: skip

    def _show(self, now: float, note: str) -> None:
        rate = self._done / max(now - self._start, 1e-9)
        if self._total == 0:
            log.info(_joined(f"{self._what}: {self._done:,} {self._unit}",
                        f"{rate:,.0f} {self._unit}/s", note))  # fmt: skip
            return
        left = (self._total - self._done) / max(rate, 1e-9)
        share = 100 * self._done / self._total
        log.info(_joined(f"{self._what}: {share:.0f} %", f"{rate:,.0f} {self._unit}/s", note,
                    f"{duration(left)} left"))  # fmt: skip


def with_progress(items: Iterable[T], what: str, *, total: int, unit: str) -> Iterator[T]:
    """The items as they are, with a progress line."""
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


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
