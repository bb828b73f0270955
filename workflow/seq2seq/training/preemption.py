"""Stop a segment before its job's time limit, and resume it in the next attempt.

SLURM's signals do not reach a program inside a Snakemake job, and Snakemake deletes the outputs of a
failed job.  So the trainer checks the clock after each record, and saves its progress in a folder that
is not an output: ``train/<model>/partial/``.  The resumed run ends with the same bits.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from seq2seq.errors import UserError
from seq2seq.io.files import read_json, sha256, write_json
from seq2seq.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint

Record = dict[str, Any]
MARGIN = 120.0  # seconds, for Snakemake's start in the job and for saving
QUEUED = "SEQ2SEQ_QUEUED"  # set by the workflow in jobs that have a time limit


def no_deadline() -> bool:
    """Never stop: the job has no time limit."""
    return False


def job_deadline(minutes: float) -> Callable[[], bool]:
    """Return when a queued job with ``minutes`` has to stop; outside a queue, it never has to."""
    return Deadline(minutes) if os.environ.get(QUEUED) else no_deadline


class Deadline:
    """Callable that says when to stop: when the limit may pass before the next call."""

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._asked = clock, clock()
        self._end = self._asked + 60 * minutes

    def __call__(self) -> bool:
        now = self._clock()
        interval, self._asked = now - self._asked, now
        return now + 1.5 * interval + MARGIN > self._end


@dataclass(frozen=True)
class SegmentProgress:
    """Saved progress of the segment that writes ``output``; that of other settings is ignored."""

    output: Path
    settings: str
    before: Path

    @property
    def checkpoint(self) -> Path:
        return self.output.parent / "partial" / self.output.name

    @property
    def description(self) -> Path:
        return self.checkpoint.with_suffix(".json")

    def start(self, before: Checkpoint) -> tuple[Checkpoint, list[Record]]:
        """Return the checkpoint and records of a preempted attempt, else the segment's start."""
        if self.description.is_file():
            found = read_json(self.description)
            if found["origin"] == self._origin():
                return read_checkpoint(self.checkpoint), found["records"]
        return before, []

    def stop(self, checkpoint: Checkpoint, records: list[Record]) -> NoReturn:
        """Save progress and fail, so that the scheduler resubmits the job.

        The description is written last: without it a checkpoint is ignored.
        """
        self.description.unlink(missing_ok=True)
        write_checkpoint(self.checkpoint, checkpoint)
        write_json(self.description, {"origin": self._origin(), "records": records})
        raise UserError(
            f"{self.checkpoint}: stopped after {checkpoint.updates:,} updates, before the job's time "
            "limit. Rerun to resume from there; `retries` in the slurm profile does so by itself."
        )

    def remove(self) -> None:
        """Delete the saved progress of a finished segment."""
        self.description.unlink(missing_ok=True)
        self.checkpoint.unlink(missing_ok=True)
        if self.checkpoint.parent.is_dir() and not any(self.checkpoint.parent.iterdir()):
            self.checkpoint.parent.rmdir()

    def _origin(self) -> str:
        return json.dumps({"settings": self.settings, "before": sha256(self.before)})
