"""A segment that its job has no time to finish: it stops by the clock, and the next attempt goes on.

SLURM's signals do not reach a program inside a Snakemake job, and Snakemake removes the outputs of a
job that fails.  So the trainer looks at the clock after each record, and what it has done is kept in a
folder that is no output: ``train/<model>/segment_progress/``.  Who takes it up ends with the same bits.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from seq2seq.errors import UserError
from seq2seq.io.files import read_json, sha256, write_json
from seq2seq.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint

Record = dict[str, Any]
MARGIN = 120.0  # seconds: starting Snakemake in the job, and saving


QUEUED = "SEQ2SEQ_QUEUED"  # set by the workflow in a job that a queue ends at its limit


def no_deadline() -> bool:
    """The clock of a training that nobody ends."""
    return False


def job_deadline(minutes: float) -> Callable[[], bool]:
    """The clock of a job with so much time, if this is one of a queue."""
    return Deadline(minutes) if os.environ.get(QUEUED) else no_deadline


@dataclass
class Deadline:
    """Whether it is time to stop: when the limit could come before the next time it is asked."""

    minutes: float
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    asked: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.asked = self.clock()

    def __call__(self) -> bool:
        now = self.clock()
        interval, self.asked = now - self.asked, now
        return now + 1.5 * interval + MARGIN > self.began + 60 * self.minutes


@dataclass(frozen=True)
class ResumeState:
    """A training to go on from: a checkpoint, which may be within a segment, and its records so far."""

    checkpoint: Checkpoint
    records: list[Record]


@dataclass(frozen=True)
class SegmentProgress:
    """The part of the segment that ``output`` will be of; ``settings`` and ``before`` are its own.

    A part of another segment, settings or beginning is not taken up.
    """

    output: Path
    settings: str
    before: Path

    @property
    def checkpoint(self) -> Path:
        return self.output.parent / "partial" / self.output.name

    @property
    def description(self) -> Path:
        return self.checkpoint.with_suffix(".json")

    def start(self, before: Checkpoint) -> ResumeState:
        """What an attempt before this one has left; else the segment's beginning."""
        if not self.description.is_file():
            return ResumeState(before, [])
        found = read_json(self.description)
        if found["origin"] != self._origin():
            return ResumeState(before, [])
        return ResumeState(read_checkpoint(self.checkpoint), found["records"])

    def save(self, checkpoint: Checkpoint, records: list[Record]) -> None:
        """Keep it; the description comes last: a checkpoint without one counts for nothing."""
        self.description.unlink(missing_ok=True)
        write_checkpoint(self.checkpoint, checkpoint)
        write_json(self.description, {"origin": self._origin(), "records": records})

    def stop(self, checkpoint: Checkpoint, records: list[Record]) -> NoReturn:
        """Keep it, and fail, so that the job is sent again."""
        self.save(checkpoint, records)
        raise UserError(
            f"{self.checkpoint}: after {checkpoint.updates:,} updates the job's time is nearly over. "
            "Run again, as `retries` in the slurm profile does: it goes on from there."
        )

    def remove(self) -> None:
        """When the segment is finished."""
        self.description.unlink(missing_ok=True)
        self.checkpoint.unlink(missing_ok=True)
        if self.checkpoint.parent.is_dir() and not any(self.checkpoint.parent.iterdir()):
            self.checkpoint.parent.rmdir()

    def _origin(self) -> str:
        return json.dumps({"settings": self.settings, "before": sha256(self.before)})
