"""Shards: the part of a stage's sentences that one of several jobs processes.

Shards are contiguous, so the outputs of all shards in order are the output of a single job.
"""

import re
from dataclasses import dataclass

from seq2seq.errors import UserError


@dataclass(frozen=True)
class Shard:
    """Shard ``number``, from 1, of ``count``."""

    number: int
    count: int

    @classmethod
    def parse(cls, name: str) -> "Shard":
        """Parse a name such as ``2-of-16``, as Snakemake's scattergather writes it."""
        found = re.fullmatch(r"([0-9]+)-of-([0-9]+)", name)
        shard = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.count:
            raise UserError(f"{name!r} is not the name of a shard, such as 2-of-16.")
        return shard

    def of(self, sentences: int) -> range:
        """The indices of its sentences; shard sizes differ by at most one."""
        begin, end = (sentences * k // self.count for k in (self.number - 1, self.number))
        return range(begin, end)


WHOLE = Shard(1, 1)
