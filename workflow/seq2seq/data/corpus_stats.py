"""What a corpus is after each step: the row by which two runs can be compared."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.data.blocks import read_blocks
from seq2seq.data.word_hashing import split_words
from seq2seq.errors import UserError
from seq2seq.io.files import read_table, write_lines
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.special_tokens import SIDES, SPLITS, UNK_ID

COLUMNS = (
    "step",
    "split",
    "side",
    "lines",
    "tokens",
    "types",
    "unknown_rate",
    "sha256",
)

_BLOCK = 1 << 20
_FEW_TYPES = 1 << 18


@dataclass(frozen=True)
class Description:
    """``types`` are different tokens; ``unknown_rate`` is a share, of ids only."""

    lines: int
    tokens: int
    types: int
    unknown_rate: float | None
    sha256: str


@dataclass(frozen=True)
class UnknownPlace:
    """One side of one split after a step: text, tokens or ids."""

    step: str
    split: str
    side: str


@dataclass(frozen=True)
class Described:
    """A description and what it is of."""

    place: UnknownPlace
    description: Description


STEPS = ("text", "tokens", "ids")  # in which each is made of the one before


def places() -> list[UnknownPlace]:
    """All that a corpus is described by, in the order of the table."""
    return [UnknownPlace(step, split, side) for split in SPLITS for side in SIDES for step in STEPS]


def describe(data: Path, place: UnknownPlace) -> Description:
    """Describe what lies in the folder ``data`` of an experiment.

    Raises:
        UserError: the files are not there, or not what they should be.
    """
    stem = data / place.step / f"{place.split}.{place.side}"
    if place.step == "ids":
        return describe_ids(f"{stem}.words.npy", f"{stem}.offsets.npy")
    return describe_text(f"{stem}.txt")


def describe_text(path: str | Path) -> Description:
    """Describe a text or token file; tokens are what stands between blanks.

    Different tokens are told apart by 64-bit hashes: eight bytes each are all that grows.
    """
    lines = tokens = 0
    digest, types = hashlib.sha256(), _Types()
    for text in read_blocks(path):
        block = split_words(text)
        digest.update(text)
        lines += len(block.lengths)
        tokens += len(block.which)
        types.add(block.hashes)
    return Description(lines, tokens, len(types), None, digest.hexdigest())


class _Types:
    """Counts different hashes: what is new is kept aside until sorting it in is worth while."""

    def __init__(self) -> None:
        self._known = np.zeros(0, dtype=np.uint64)
        self._new: list[NDArray[np.uint64]] = []

    def add(self, hashes: NDArray[np.uint64]) -> None:
        self._new.append(hashes)
        if sum(map(len, self._new)) > max(_FEW_TYPES, len(self._known)):
            self._merge()

    def __len__(self) -> int:
        self._merge()
        return len(self._known)

    def _merge(self) -> None:
        self._known = np.unique(np.concatenate([self._known, *self._new]))
        self._new = []


def describe_ids(words: str | Path, offsets: str | Path) -> Description:
    """Describe word numbers; the checksum is that of the two files one after the other."""
    sentences = read_token_dataset(words, offsets)
    counts = _counts(sentences.words)
    total = len(sentences.words)
    unknown = float(counts[UNK_ID]) / total if total else 0.0
    return Description(
        len(sentences),
        total,
        int(np.count_nonzero(counts)),
        unknown,
        _sha256(words, offsets),
    )


def _counts(words: NDArray[np.int32]) -> NDArray[np.int64]:
    """How often each number occurs, in blocks because ``bincount`` makes a wider copy."""
    counts = np.zeros(int(words.max(initial=0)) + 1, dtype=np.int64)
    for begin in range(0, len(words), _BLOCK):
        counts += np.bincount(words[begin : begin + _BLOCK], minlength=len(counts))
    return counts


def _sha256(*paths: str | Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with Path(path).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def write_descriptions(path: str | Path, rows: Iterable[Described]) -> None:
    lines = ("\t".join((*astuple(row.place), *_fields(row.description))) for row in rows)
    write_lines(path, ["\t".join(COLUMNS), *lines])


def _fields(seen: Description) -> tuple[str, ...]:
    rate = "" if seen.unknown_rate is None else f"{seen.unknown_rate:.6f}"
    return (str(seen.lines), str(seen.tokens), str(seen.types), rate, seen.sha256)


def differences(table: str | Path, data: Path) -> Iterator[tuple[UnknownPlace, str]]:
    """What of a table is no longer so, from the first step to the last: where, and how.

    Raises:
        UserError: ``table`` is no such table.
    """
    rows = [
        (UnknownPlace(*fields[:3]), tuple(fields[3:])) for _, fields in read_table(table, COLUMNS)
    ]
    if not rows or not all(place.step in STEPS for place, _ in rows):
        raise UserError(f"{table}: describes no corpus. Give an experiment's tables/corpus.tsv.")
    for place, then in sorted(rows, key=lambda row: STEPS.index(row[0].step)):
        try:
            now = _fields(describe(data, place))
        except UserError as error:
            yield place, str(error)
            continue
        changed = [
            f"{name} was {was} and is {found}"
            for name, was, found in zip(COLUMNS[3:], then, now, strict=True)
            if was != found
        ]
        if changed:
            yield place, "; ".join(changed)
