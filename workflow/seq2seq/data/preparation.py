"""From tokenized text to training pairs: clean, select, write, and count what went for which reason.

The text comes in parts, as it was tokenized, and is read as a stream: twice, and twice more where it
is scored.  Sentences of the development and test sets are all kept, empty ones too, and do not come
here: their numbers are what translations and n-best lists refer to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.data import moore_lewis as moore_lewis
from seq2seq.data.blocks import read_blocks
from seq2seq.data.cleaning import KEPT, REASONS, Limits, Verdicts, filter_pairs
from seq2seq.data.pairs import PairFiles
from seq2seq.data.selection import Places, check_enough, lowest, sample
from seq2seq.data.test_set_alignment import check_sides
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, write_lines
from seq2seq.runtime.logging import with_progress


@dataclass(frozen=True)
class Preparation:
    """The settings of ``data`` that decide which pairs are trained on."""

    max_tokens: int
    max_length_ratio: float | None
    min_latin_share: float | None
    drop_duplicates: bool
    drop_test_sentences: bool
    selection: Literal["all", "first", "sample", "cross_entropy"]
    train_pairs: int | None
    seed: int

    @property
    def limits(self) -> Limits:
        return Limits(
            self.max_tokens,
            self.max_length_ratio,
            self.min_latin_share,
            self.drop_duplicates,
        )


@dataclass(frozen=True)
class PartFiles:
    """The two sides of a corpus, each in several files to be read one after the other."""

    source: Sequence[Path]
    target: Sequence[Path]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Raises UserError: the sides have different numbers of lines."""
        sides = [
            chain.from_iterable(map(read_lines, files)) for files in (self.source, self.target)
        ]
        try:
            yield from zip(*sides, strict=True)
        except ValueError as error:
            raise UserError(
                f"{self.source[0]} and {self.target[0]}, with what follows them, have different "
                "numbers of lines. Make both anew."
            ) from error


@dataclass(frozen=True)
class FilterStep:
    """What a step of the preparation left of the corpus."""

    name: str
    dropped: int
    left: int


def prepare(
    tokenized: PartFiles,
    tokens: PairFiles,
    preparation: Preparation,
    *,
    dev: PairFiles,
    test: PairFiles,
) -> list[FilterStep]:
    """Write the pairs to train on; what is returned tells of every step, in order.

    Raises:
        UserError: fewer pairs are left than are to be selected, or the sides of the dev or test
            set are not in one order.
    """
    for files in (dev, test):
        check_sides(files.read(), name=files.target)
    held_out = _sentences(dev, test) if preparation.drop_test_sentences else frozenset[str]()
    pairs = with_progress(tokenized.pairs(), "cleaning", total=0, unit="pairs")
    verdicts = filter_pairs(pairs, preparation.limits, held_out=held_out)
    chosen = _select(tokenized, np.flatnonzero(verdicts == KEPT), preparation, dev)
    written = np.zeros(len(verdicts), dtype=np.bool_)
    written[chosen] = True
    tokens.write(compress(tokenized.pairs(), written))
    return _steps(verdicts, f"selection: {preparation.selection}", len(chosen))


def _sentences(*files: PairFiles) -> frozenset[str]:
    """The sentences of both sides; an empty one is none."""
    pairs = chain.from_iterable(one.read() for one in files)
    return frozenset(chain.from_iterable(pairs)) - {""}


def _select(tokenized: PartFiles, kept: Places, preparation: Preparation, dev: PairFiles) -> Places:
    train_pairs = preparation.train_pairs
    if train_pairs is None:
        return kept
    check_enough(train_pairs, len(kept))
    if preparation.selection == "sample":
        chosen = sample(kept, total=len(kept), wanted=train_pairs, seed=preparation.seed)
        return np.fromiter(chosen, dtype=np.int64)
    if preparation.selection == "cross_entropy":
        scores = sum(
            _differences(parts, kept, seed=preparation.seed, dev=side)
            for parts, side in (
                (tokenized.source, dev.source),
                (tokenized.target, dev.target),
            )
        )
        return kept[lowest(np.asarray(scores)[kept], train_pairs)]
    return kept[:train_pairs]


def _differences(
    parts: Sequence[Path], kept: Places, *, seed: int, dev: Path
) -> NDArray[np.float32]:
    """Every line's difference of cross-entropies; the corpus' model learns as many lines as dev has."""
    in_domain = list(_lines([dev]))
    sampled = min(len(in_domain), len(kept))
    if sampled == 0:
        raise UserError(f"{dev}: no sentence that `selection: cross_entropy` could compare with.")
    at_large = np.zeros(int(kept[-1]) + 1, dtype=np.bool_)
    at_large[list(sample(kept, total=len(kept), wanted=sampled, seed=seed))] = True
    model = moore_lewis.train(in_domain, compress(_lines(parts), at_large))
    blocks = with_progress(_blocks(parts), "scoring", total=0, unit="megabytes")
    return np.concatenate([model.differences(block).astype(np.float32) for block in blocks])


def _blocks(parts: Iterable[Path]) -> Iterator[bytes]:
    return chain.from_iterable(map(read_blocks, parts))


def _lines(parts: Iterable[Path]) -> Iterator[bytes]:
    for block in _blocks(parts):
        yield from block[:-1].split(b"\n")


def _steps(verdicts: Verdicts, selection: str, selected: int) -> list[FilterStep]:
    left = len(verdicts)
    steps = [FilterStep("read", 0, left)]
    counts = np.bincount(verdicts, minlength=1 + len(REASONS)).tolist()
    for name, dropped in zip(REASONS, counts[1:], strict=True):
        left -= dropped
        steps.append(FilterStep(name, dropped, left))
    return [*steps, FilterStep(selection, left - selected, selected)]


def write_steps(path: str | Path, steps: Iterable[FilterStep]) -> None:
    rows = (f"{step.name}\t{step.dropped}\t{step.left}" for step in steps)
    write_lines(path, chain(["step\tpairs_dropped\tpairs_left"], rows))
