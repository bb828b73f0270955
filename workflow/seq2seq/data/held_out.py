"""Draw dev and test sets from a training corpus, by source sentence.

All pairs of a drawn source sentence leave the training corpus, and the first of them becomes the dev or
test pair.  The draw takes the sentences with the smallest hashes, so it depends on the seed and the
sentences alone, not on their order, and needs memory for the drawn sentences only.
"""

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Mapping

from seq2seq.errors import UserError


def draw(sources: Iterable[str], sizes: Mapping[str, int], *, seed: int) -> dict[str, str]:
    """Return the split of each drawn source sentence; empty sentences are not drawn."""
    wanted = sum(sizes.values())
    smallest: list[tuple[int, str]] = []  # a heap of negated hashes: the largest hash first
    drawn: set[str] = set()
    for source in sources:
        if not source.strip() or source in drawn:
            continue
        item = -_hash(source, seed), source
        if len(smallest) < wanted:
            heapq.heappush(smallest, item)
        elif item > smallest[0]:
            drawn.remove(heapq.heapreplace(smallest, item)[1])
        else:
            continue
        drawn.add(source)
    if len(smallest) < wanted:
        raise UserError(
            f"`data.dev` and `data.test` draw {wanted:,} sentences from train, which has only "
            f"{len(smallest):,} distinct ones. Draw fewer."
        )
    splits = (split for split, size in sizes.items() for _ in range(size))
    ordered = (source for _, source in sorted(smallest, reverse=True))
    return dict(zip(ordered, splits, strict=True))


def assign(
    pairs: Iterable[tuple[str, str]], drawn: Mapping[str, str]
) -> Iterator[tuple[str | None, tuple[str, str]]]:
    """Yield each pair with its split; ``None`` for further translations of a drawn sentence."""
    used: set[str] = set()
    for pair in pairs:
        split = drawn.get(pair[0])
        if split is None:
            yield "train", pair
        else:
            yield None if pair[0] in used else split, pair
            used.add(pair[0])


def _hash(sentence: str, seed: int) -> int:
    key = str(seed).encode()
    return int.from_bytes(
        hashlib.blake2b(sentence.encode(), digest_size=8, key=key).digest(), "big"
    )
