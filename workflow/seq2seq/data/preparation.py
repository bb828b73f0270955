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
from fractions import Fraction
from itertools import accumulate, chain, compress, islice, pairwise
from math import ceil
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from seq2seq.config.data import PreparationSettings, WordShares
from seq2seq.data import moore_lewis
from seq2seq.data.cleaning import KEPT, REASONS, filter_pairs
from seq2seq.data.test_set_alignment import check_sides
from seq2seq.data.text_files import PairFiles, ShardFiles, read_blocks
from seq2seq.data.word_counts import split_words
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.runtime.logging import with_progress

T = TypeVar("T")
Indices = NDArray[np.int64]
Corpora = Sequence[tuple[str, int]]  # names and pairs, in the order of the text
COMPOSITION = ("corpus", "share", "pairs", "words", "selected_pairs", "selected_words")
CorpusCounts = list[tuple[str, float, int, int, int, int]]


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
    corpora: Corpora = (),
) -> tuple[list[FilterCount], CorpusCounts]:
    """Write the pairs to train on; count them after each filter, and by corpus if that selects."""
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
    kept = np.flatnonzero(verdicts == KEPT)
    check_enough(settings.train_pairs or 0, len(kept))
    chosen = settings.selection
    parts = corpora if isinstance(chosen, WordShares) else [("all", len(verdicts))]
    assert sum(pairs for _, pairs in parts) == len(verdicts), parts
    selected, found = _select(tokenized, kept, settings, dev, parts)
    is_selected = np.zeros(len(verdicts), dtype=np.bool_)
    is_selected[selected] = True
    output.write(compress(tokenized.read(), is_selected))

    left = len(verdicts)
    steps = [FilterCount("read", 0, left)]
    for name, dropped in zip(REASONS, counts[1:], strict=True):
        left -= dropped
        steps.append(FilterCount(name, dropped, left))
    method = chosen.method if isinstance(chosen, WordShares) else chosen
    return [*steps, FilterCount(f"selection: {method}", left - len(selected), len(selected))], found


# The setting behind each filter but the first, which drops pairs with an empty side.
_SETTINGS = {
    "too_long": "max_tokens",
    "length_ratio": "max_length_ratio",
    "script": "min_script_share",
    "in_dev_or_test": "drop_test_sentences",
    "duplicate": "drop_duplicates",
}


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
    text: ShardFiles, kept: Indices, settings: PreparationSettings, dev: PairFiles, corpora: Corpora
) -> tuple[Indices, CorpusCounts]:
    """Choose among the kept pairs; by cross-entropy, in each corpus the first among equals."""
    selection, size = settings.selection, settings.train_pairs
    if selection == "sample":
        chosen = sample(kept, total=len(kept), size=size or 0, seed=settings.seed)
        return np.fromiter(chosen, dtype=np.int64), []
    if selection in ("all", "first"):
        return kept[:size], []
    ends = list(accumulate((pairs for _, pairs in corpora), initial=0))
    parts = np.split(kept, np.searchsorted(kept, ends[1:-1]))
    scores, _ = _score(text.source, parts, ends, seed=settings.seed, dev=dev.source)
    target, words = _score(text.target, parts, ends, seed=settings.seed, dev=dev.target)
    scores += target
    selected, counts = [], CorpusCounts()
    for (name, pairs), part, (begin, end) in zip(corpora, parts, pairwise(ends), strict=True):
        best = part[np.argsort(scores[part], kind="stable")]
        total, share = int(words[begin:end].sum()), 1.0
        if isinstance(selection, WordShares):
            share = selection.share(name)
            # Of the words before cleaning, as published; exact: as a float, 0.07 * 100 is above 7.
            wanted = ceil(Fraction(str(share)) * total)
            size = 1 + int(np.searchsorted(np.cumsum(words[best], dtype=np.int64), wanted))
        selected.append(np.sort(best[:size]))
        counts.append((name, share, pairs, total, len(best[:size]), int(words[best[:size]].sum())))
    return np.concatenate(selected), counts


def _score(
    shards: Sequence[Path], parts: Sequence[Indices], ends: Sequence[int], *, seed: int, dev: Path
) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Scores and words of all lines; a part's general model has as many of its lines as dev."""
    in_domain = list(_lines([dev]))
    if not in_domain:
        raise UserError(f"{dev}: has no sentence, but selection by cross-entropy needs some.")
    sizes = [min(len(in_domain), len(part)) for part in parts]
    in_sample = np.zeros(ends[-1], dtype=np.bool_)
    for part, size in zip(parts, sizes, strict=True):
        in_sample[list(sample(part, total=len(part), size=size, seed=seed))] = True
    general = compress(_lines(shards), in_sample)
    models = [moore_lewis.train(in_domain, islice(general, size)) for size in sizes]
    scores, words, last = np.zeros(ends[-1], np.float32), np.zeros(ends[-1], np.uint32), 0
    for text in with_progress(_blocks(shards), "scoring", total=0, unit="megabytes"):
        block = split_words(text)
        first, last = last, last + len(block.lengths)
        words[first:last] = block.lengths
        for model, (begin, end) in zip(models, pairwise(ends), strict=True):
            low, high = max(begin, first), min(end, last)
            if low < high:  # a block may have lines of several corpora
                scores[low:high] = model.score(block)[low - first : high - first]
    return scores, words


def _blocks(files: Iterable[Path]) -> Iterator[bytes]:
    return chain.from_iterable(map(read_blocks, files))


def _lines(files: Iterable[Path]) -> Iterator[bytes]:
    for block in _blocks(files):
        yield from block[:-1].split(b"\n")


def write_filter_counts(path: str | Path, steps: Iterable[FilterCount]) -> None:
    rows = (f"{step.name}\t{step.dropped}\t{step.left}" for step in steps)
    write_lines(path, chain(["step\tpairs_dropped\tpairs_left"], rows))


def write_composition(path: str | Path, counts: CorpusCounts, schwenk: Path) -> None:
    """The target words and pairs of each corpus and of all, beside those that Schwenk selected."""
    table = pd.DataFrame(counts, columns=COMPOSITION)
    sums = table.iloc[:, 2:].sum()
    table.loc[len(table)] = ["all", round(sums["selected_words"] / sums["words"], 4), *sums]
    known = pd.read_csv(schwenk, sep="\t", dtype=str, keep_default_na=False)
    lines = table.merge(known, how="left").to_csv(sep="\t", index=False, quoting=3)
    write_lines(path, lines.split("\n")[:-1])


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
    digest = hashlib.blake2b(sentence.encode(), digest_size=8, key=str(seed).encode())
    return int.from_bytes(digest.digest(), "big")
