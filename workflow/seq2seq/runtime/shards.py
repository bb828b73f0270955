"""Which sentences are a job's own, where a stage is cut into several jobs.

Snakemake's scattergather calls a part ``2-of-16``.  Parts are runs of sentences, one after the other,
so that the outputs of all parts in order are the output of one job alone.
"""

import re
from dataclasses import dataclass

from seq2seq.errors import UserError


@dataclass(frozen=True)
class Shard:
    """Part ``number``, from 1, of ``count``."""

    number: int
    count: int

    @classmethod
    def parse(cls, name: str) -> "Shard":
        """The part of this name.

        Raises:
            UserError: the name is no such one.
        """
        found = re.fullmatch(r"([0-9]+)-of-([0-9]+)", name)
        shard = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.count:
            raise UserError(f"{name!r} names no part of a job: give one such as 2-of-16.")
        return shard

    def of(self, sentences: int) -> range:
        """The positions of its sentences; those of two parts differ in number by one at most."""
        begin, end = (sentences * k // self.count for k in (self.number - 1, self.number))
        return range(begin, end)


WHOLE = Shard(1, 1)
