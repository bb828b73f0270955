"""Records metrics, logs progress, and stops a training that diverged."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seq2seq.config.training import ModelSize, SegmentSettings
from seq2seq.errors import UserError
from seq2seq.runtime.logging import duration, log
from seq2seq.training.batches import DeviceBatch

_RECORDS = 20  # per segment, at least
_MAX_UPDATES = 100  # between two records
_EXPLODED = 1000.0  # times `clip_norm`


@dataclass
class Sums:
    """Running sums of a record, kept as tensors so that no update waits for the device."""

    loss: Tensor
    norm: Tensor
    source_words: Tensor
    words: Tensor
    updates: int = 0

    @classmethod
    def zero(cls, device: torch.device) -> "Sums":
        loss, norm, source_words, words = torch.zeros(4, device=device, dtype=torch.float64)
        return cls(loss, norm, source_words, words)

    def add(self, batch: DeviceBatch, loss: Tensor, norm: Tensor) -> None:
        self.loss += loss
        self.norm += norm
        self.source_words += batch.source_words
        self.words += batch.target_words
        self.updates += 1


@dataclass
class Monitor:
    """Turns sums into records and progress lines; only the main process writes them.

    ``updates`` is the segment's range; ``done`` is where this attempt starts, then how far it is.
    """

    settings: SegmentSettings
    updates_per_epoch: int
    updates: range
    done: int
    size: ModelSize
    record: Callable[[dict[str, Any]], None]
    name: str
    is_main: bool

    def __post_init__(self) -> None:
        self._resumed = self.done
        self._records = max(_RECORDS, math.ceil(len(self.updates) / _MAX_UPDATES))
        self._began = self._mark = self._shown = time.monotonic()

    def is_due(self, done: int) -> bool:
        """Return whether a record follows this attempt's update ``done``; one follows the last."""
        done, total = done + self._resumed - self.updates.start, len(self.updates)
        return done * self._records // total > (done - 1) * self._records // total

    def report(self, sums: Sums) -> None:
        """Record the means since the last record, and log a line every ten seconds.

        ``words`` counts target words; ``gradient_norm`` is taken before clipping.
        ``flops_per_second`` counts the matrix products that the model needs: divided by the device's
        peak it is the MFU.
        """
        loss, source_words, words = float(sums.loss), int(sums.source_words), int(sums.words)
        norm = float(sums.norm) / sums.updates
        now = time.monotonic()  # float() above waited for the device
        seconds, self._mark = now - self._mark, now
        self.done += sums.updates
        if not (math.isfinite(loss) and norm < _EXPLODED * self.settings.clip_norm):
            raise UserError(
                f"{self.name}: training diverged near update {self.done}: loss {loss:g}, mean "
                f"gradient norm {norm:g} before clipping to {self.settings.clip_norm:g}. Lower "
                "`train.learning_rate` or `train.clip_norm` and rerun."
            )
        if not self.is_main:
            return
        flops = self.size.source_word_flops * source_words + self.size.target_word_flops * words
        made = {
            "epoch": self.done / self.updates_per_epoch,
            "updates": self.done,
            "source_words": source_words,
            "words": words,
            "loss_per_word": loss / words,
            "perplexity": math.exp(min(loss / words, 700)),
            "learning_rate": self.settings.learning_rate,
            "gradient_norm": norm,
            "words_per_second": words / seconds,
            "flops_per_second": flops / seconds,
            "seconds": seconds,
        }
        self.record({**made, "kind": "train"})
        if now - self._shown >= 10 or self.done == self.updates.stop:
            self._shown = now
            self._show(made, now)

    def _show(self, made: dict[str, float], now: float) -> None:
        done = self.done - self._resumed
        left = (now - self._began) / done * (self.updates.stop - self.done)
        log.info(
            "{name}: epoch {epoch:.2f}, loss {loss_per_word:.3f} per word, perplexity "
            "{perplexity:.2f}, gradient {gradient_norm:.2f}, {words_per_second:,.0f} words/s, "
            "{gflops:,.0f} GFLOP/s, {left} left in this segment".format(
                name=self.name, gflops=made["flops_per_second"] / 1e9, left=duration(left), **made
            )
        )
