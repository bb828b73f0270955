"""BLEU against sentence length: the left half of the paper's Figure 3.

The test sentences stand in order of their source length and are cut into groups of about 500.  The
paper's axis is "marked by the actual sequence lengths": 12 17 22 28 35 are those at the bounds of
such groups of newstest2014's English side (plain Moses tokens), 79 is its longest sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Interval, bleu_2014, bootstrap_interval
from seq2seq.evaluation.counts import Counts


@dataclass(frozen=True)
class Group:
    """Sentences of neighbouring lengths, by their line numbers (from 0) in order of length."""

    sentences: NDArray[np.int64]
    shortest: int
    longest: int


@dataclass(frozen=True)
class GroupScore:
    """BLEU of a group in percent, with its 95 % interval."""

    group: Group
    bleu: float
    interval: Interval


def group_by_length(lengths: Sequence[int], *, group_size: int) -> list[Group]:
    """Groups as even as can be, in all as many as come nearest to ``group_size`` sentences each.

    Sentences of one length stay in the order of the test set.  Each sentence is in one group.

    Raises:
        UserError: there are no sentences.
    """
    if not lengths:
        raise UserError("There are no sentences to group by length: the test set is empty.")
    order = np.argsort(np.asarray(lengths, dtype=np.int64), kind="stable")
    count = max(1, round(len(order) / group_size))
    bounds = [len(order) * index // count for index in range(count + 1)]
    return [
        Group(
            sentences=order[start:stop],
            shortest=lengths[order[start]],
            longest=lengths[order[stop - 1]],
        )
        for start, stop in pairwise(bounds)
    ]


def score_groups(counts: Counts, groups: Sequence[Group], *, seed: int) -> list[GroupScore]:
    """BLEU of each group, as in 2014, from the counts ``[sentences, 10]`` of the whole test set."""
    scores = []
    for group in groups:
        members = counts[group.sentences]
        interval = bootstrap_interval(members, seed=seed)
        scores.append(GroupScore(group, bleu_2014(members).score, interval))
    return scores
