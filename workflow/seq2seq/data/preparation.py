"""From tokenized text to training pairs: clean, select, write, and count what each step dropped.

The text is streamed from its shards: twice, and twice more if pairs are scored.  Sentences of the dev
and test sets never come here, not even empty ones: n-best lists refer to them by number.

Dev and test sets may be drawn from a training corpus, by source sentence.  All pairs of a drawn
sentence leave the corpus, and the first of them becomes the dev or test pair.  The draw takes the
sentences with the smallest hashes, so it depends on the seed and the sentences alone, not on their
order, and needs memory for the drawn sentences only.
"""

import hashlib
import heapq
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seq2seq.config.data import PreparationSettings
from seq2seq.data import moore_lewis
from seq2seq.data.cleaning import KEPT, REASONS, filter_pairs
from seq2seq.data.test_set_alignment import check_sides
from seq2seq.data.text_files import PairFiles, ShardFiles, read_blocks
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.runtime.logging import with_progress

T = TypeVar("T")
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class FilterCount:
    """Pairs that a step dropped, and that were left after it."""

    name: str
    dropped: int
    left: int


def prepare(
    tokenized: ShardFiles,
    output: PairFiles,
    settings: PreparationSettings,
    *,
    dev: PairFiles,
    test: PairFiles,
) -> list[FilterCount]:
    """Write the pairs to train on, and count the pairs after each filter."""
    for files in (dev, test):
        check_sides(files.read(), name=files.target)
    held_out: set[str] = set()
    if settings.drop_test_sentences:
        held_out.update(*dev.read(), *test.read())
        held_out.discard("")
    pairs = with_progress(tokenized.read(), "cleaning", total=0, unit="pairs")
    verdicts = filter_pairs(pairs, settings, held_out=held_out)
    counts = np.bincount(verdicts, minlength=1 + len(REASONS)).tolist()
    check_kept(counts)
    selected = _select(tokenized, np.flatnonzero(verdicts == KEPT), settings, dev)
    is_selected = np.zeros(len(verdicts), dtype=np.bool_)
    is_selected[selected] = True
    output.write(compress(tokenized.read(), is_selected))

    left = len(verdicts)
    steps = [FilterCount("read", 0, left)]
    for name, dropped in zip(REASONS, counts[1:], strict=True):
        left -= dropped
        steps.append(FilterCount(name, dropped, left))
    selection = f"selection: {settings.selection}"
    return [*steps, FilterCount(selection, left - len(selected), len(selected))]


# The setting behind each filter but the first, which drops pairs with an empty side.
_SETTINGS = dict(
    zip(
        REASONS[1:],
        (*("max_tokens", "max_length_ratio", "min_script_share"),
         *("drop_test_sentences", "drop_duplicates")),
        strict=True,
    )
)  # fmt: skip


def check_kept(counts: Sequence[int]) -> None:
    """Refuse a corpus of which one filter drops more than half: a setting does not fit it.

    Args:
        counts: of kept pairs, then of those dropped for each of ``REASONS``.
    """
    total = sum(counts)
    if total == 0:
        raise UserError("The training corpora have no pairs. Correct `data.train`.")
    for reason, dropped in zip(REASONS, counts[1:], strict=True):
        if 2 * dropped > total:
            remedy = "Correct the files of `data.train`."
            if reason in _SETTINGS:
                remedy = f"Change `data.{_SETTINGS[reason]}`, which drops them."
            raise UserError(
                f"{dropped:,} of {total:,} training pairs would be dropped as `{reason}`. {remedy}"
            )


def _select(
    tokenized: ShardFiles, kept: Indices, settings: PreparationSettings, dev: PairFiles
) -> Indices:
    size = settings.train_pairs
    if size is None:
        return kept
    check_enough(size, len(kept))
    if settings.selection == "sample":
        chosen = sample(kept, total=len(kept), size=size, seed=settings.seed)
        return np.fromiter(chosen, dtype=np.int64)
    if settings.selection == "cross_entropy":
        source = _score(tokenized.source, kept, seed=settings.seed, dev=dev.source)
        target = _score(tokenized.target, kept, seed=settings.seed, dev=dev.target)
        return kept[lowest((source + target)[kept], size)]
    return kept[:size]


def _score(shards: Sequence[Path], kept: Indices, *, seed: int, dev: Path) -> NDArray[np.float32]:
    """Moore-Lewis scores of all lines; the general model learns from as many lines as dev has."""
    in_domain = list(_lines([dev]))
    size = min(len(in_domain), len(kept))
    if size == 0:
        raise UserError(f"{dev}: has no sentence, but `selection: cross_entropy` needs some.")
    in_sample = np.zeros(int(kept[-1]) + 1, dtype=np.bool_)
    in_sample[list(sample(kept, total=len(kept), size=size, seed=seed))] = True
    model = moore_lewis.train(in_domain, compress(_lines(shards), in_sample))
    blocks = with_progress(_blocks(shards), "scoring", total=0, unit="megabytes")
    return np.concatenate([model.score(block).astype(np.float32) for block in blocks])


def _blocks(files: Iterable[Path]) -> Iterator[bytes]:
    return chain.from_iterable(map(read_blocks, files))


def _lines(files: Iterable[Path]) -> Iterator[bytes]:
    for block in _blocks(files):
        yield from block[:-1].split(b"\n")


def write_filter_counts(path: str | Path, steps: Iterable[FilterCount]) -> None:
    rows = (f"{step.name}\t{step.dropped}\t{step.left}" for step in steps)
    write_lines(path, chain(["step\tpairs_dropped\tpairs_left"], rows))


def check_enough(size: int, total: int) -> None:
    if size > total:
        raise UserError(
            f"`train_pairs` asks for {size:,} pairs, but {total:,} are left after cleaning. Lower "
            "it, or set it to null and `selection` to all."
        )


def sample(items: Iterable[T], *, total: int, size: int, seed: int) -> Iterator[T]:
    """A uniform sample of ``size`` of ``total`` items, in order, in one pass (Knuth 2, 3.4.2, S)."""
    check_enough(size, total)
    generator = random.Random(seed)
    for index, item in enumerate(items):
        if generator.random() * (total - index) < size:
            size -= 1
            yield item


def lowest(scores: NDArray[np.float32], size: int) -> Indices:
    """The indices of the ``size`` lowest scores, ascending; the first ones among equals."""
    check_enough(size, len(scores))
    return np.sort(np.argsort(scores, kind="stable")[:size])


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
