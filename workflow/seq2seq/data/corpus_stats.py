"""Statistics of a corpus after each step, by which two runs can be compared."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.data.text_files import read_blocks
from seq2seq.data.word_counts import split_words
from seq2seq.errors import UserError
from seq2seq.io.files import digest, read_table, write_lines
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.special_tokens import SIDES, SPLITS, UNK_ID

STEPS = ("text", "tokens", "ids")  # each is made from the one before
STATISTICS = ("lines", "tokens", "types", "unknown_rate", "sha256")
COLUMNS = ("step", "split", "side", *STATISTICS)

_BLOCK = 1 << 20
_FEW_TYPES = 1 << 18


@dataclass(frozen=True)
class CorpusStats:
    """``types`` are distinct tokens; ``unknown_rate`` is a share, known for ids only."""

    lines: int
    tokens: int
    types: int
    unknown_rate: float | None
    sha256: str

    def fields(self) -> tuple[str, ...]:
        rate = "" if self.unknown_rate is None else f"{self.unknown_rate:.6f}"
        return (str(self.lines), str(self.tokens), str(self.types), rate, self.sha256)


@dataclass(frozen=True)
class CorpusFile:
    """One side of one split after a step."""

    step: str
    split: str
    side: str

    def describe(self, data: Path) -> CorpusStats:
        """Statistics of this file in the experiment's folder ``data``."""
        stem = data / self.step / f"{self.split}.{self.side}"
        if self.step == "ids":
            return describe_ids(f"{stem}.words.npy", f"{stem}.offsets.npy")
        return describe_text(f"{stem}.txt")


CORPUS_FILES = tuple(
    CorpusFile(step, split, side) for split in SPLITS for side in SIDES for step in STEPS
)


def describe_text(path: str | Path) -> CorpusStats:
    """Describe a text; types are counted by 64-bit hashes, at eight bytes each."""
    lines = tokens = waiting = 0
    checksum = hashlib.sha256()
    known = np.zeros(0, dtype=np.uint64)
    new: list[NDArray[np.uint64]] = []
    for text in read_blocks(path):
        block = split_words(text)
        checksum.update(text)
        lines += len(block.lengths)
        tokens += len(block.index)
        new.append(block.hashes)
        waiting += len(block.hashes)
        if waiting > max(_FEW_TYPES, len(known)):  # merge rarely: it sorts everything
            known, new, waiting = np.unique(np.concatenate([known, *new])), [], 0
    types = len(np.unique(np.concatenate([known, *new])))
    return CorpusStats(lines, tokens, types, None, checksum.hexdigest())


def describe_ids(words: str | Path, offsets: str | Path) -> CorpusStats:
    """Describe token ids; the checksum is that of both files, concatenated."""
    sentences = read_token_dataset(words, offsets)
    ids = sentences.words
    counts = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.int64)
    for begin in range(0, len(ids), _BLOCK):  # bincount copies to a wider type
        counts += np.bincount(ids[begin : begin + _BLOCK], minlength=len(counts))
    unknown_rate = float(counts[UNK_ID]) / len(ids) if len(ids) else 0.0
    types = int(np.count_nonzero(counts))
    return CorpusStats(len(sentences), len(ids), types, unknown_rate, digest(words, offsets))


def write_statistics(path: str | Path, rows: Iterable[tuple[CorpusFile, CorpusStats]]) -> None:
    lines = ("\t".join((file.step, file.split, file.side, *stats.fields())) for file, stats in rows)
    write_lines(path, ["\t".join(COLUMNS), *lines])


def differences(table: str | Path, data: Path) -> Iterator[tuple[CorpusFile, str]]:
    """How the files in ``data`` differ from a table of statistics, first step first."""
    rows = [(CorpusFile(*fields[:3]), fields[3:]) for _, fields in read_table(table, COLUMNS)]
    if not rows or not all(file.step in STEPS for file, _ in rows):
        raise UserError(f"{table}: describes no corpus. Give an experiment's tables/corpus.tsv.")
    for file, before in sorted(rows, key=lambda row: STEPS.index(row[0].step)):
        try:
            now = file.describe(data).fields()
        except UserError as error:
            yield file, str(error)
            continue
        changed = [
            f"{name} was {was} and is {found}"
            for name, was, found in zip(STATISTICS, before, now, strict=True)
            if was != found
        ]
        if changed:
            yield file, "; ".join(changed)
