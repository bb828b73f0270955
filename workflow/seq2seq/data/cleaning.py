"""Which training pairs are kept, and for which reason the others are not.

The reasons are looked at in their order, and a pair is dropped for the first that holds.  Memory: a
byte a pair, and eight more where duplicates are dropped (40.8 million pairs: 370 MB).
"""

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

KEPT = 0
REASONS = ("empty", "too_long", "length_ratio", "script", "in_dev_or_test", "duplicate")
_DUPLICATE = 1 + REASONS.index("duplicate")

_BEYOND_LATIN = re.compile(r"[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff]")
_PARTITIONS = 16  # of the hashes, looked at one after the other

Verdicts = NDArray[np.uint8]


@dataclass(frozen=True)
class Limits:
    """What is asked of a pair's tokens; ``None`` asks nothing.

    ``max_tokens`` is for either side, ``max_length_ratio`` the longer one over the shorter,
    ``min_latin_share`` of the letters of either side.
    """

    max_tokens: int
    max_length_ratio: float | None
    min_latin_share: float | None
    drop_duplicates: bool


def filter_pairs(
    pairs: Iterable[tuple[str, str]], limits: Limits, *, held_out: Collection[str]
) -> Verdicts:
    """``KEPT`` for a pair, or 1 + the place of its fault in ``REASONS``.

    Args:
        held_out: sentences of either language that no training pair may hold.
    """
    verdicts, hashes = array("B"), array("Q")
    for source, target in pairs:
        verdict = _fault(source, target, limits, held_out)
        verdicts.append(verdict)
        if limits.drop_duplicates:
            hashes.append(_hash(source, target) if verdict == KEPT else 0)
    found = np.frombuffer(verdicts, dtype=np.uint8).copy()
    if limits.drop_duplicates:
        found[repeated(np.frombuffer(hashes, dtype="<u8"), found == KEPT)] = _DUPLICATE
    return found


def _fault(source: str, target: str, limits: Limits, held_out: Collection[str]) -> int:
    if not source or not target:
        return 1
    shorter, longer = sorted((source.count(" ") + 1, target.count(" ") + 1))
    if longer > limits.max_tokens:
        return 2
    if limits.max_length_ratio is not None and longer > limits.max_length_ratio * shorter:
        return 3
    if limits.min_latin_share is not None:
        share = min(latin_share(source), latin_share(target))
        if share < limits.min_latin_share:
            return 4
    return 5 if source in held_out or target in held_out else KEPT


def latin_share(text: str) -> float:
    """The share of its letters that are Latin; 1 of a text without letters."""
    if not _BEYOND_LATIN.search(text):
        return 1.0
    letters = [character for character in text if character.isalpha()]
    return sum(map(_is_latin, letters)) / len(letters) if letters else 1.0


@cache
def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "FULLWIDTH LATIN"))


def _hash(source: str, target: str) -> int:
    """64 bits: among 40 million pairs, two different ones are alike once in 20,000 corpora."""
    digest = hashlib.blake2b(f"{source}\n{target}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def repeated(hashes: NDArray[np.uint64], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the same number stands before, among some; sorted in parts, to hold little beside."""
    found = np.zeros(len(hashes), dtype=np.bool_)
    lowest_bytes = hashes.view(np.uint8)[::8]
    for part in range(_PARTITIONS):
        places = np.flatnonzero(among & (lowest_bytes % _PARTITIONS == part))
        order = places[np.argsort(hashes[places], kind="stable")]
        found[order[1:]] = hashes[order[1:]] == hashes[order[:-1]]
    return found
