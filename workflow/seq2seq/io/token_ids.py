"""Sentences as token ids: one flat array, and the offsets at which sentences begin.

Both are ``.npy`` files and are memory-mapped: they open in milliseconds at any size, and 12 million
pairs never have to fit in memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError  # of NumPy's reader of headers
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.io.files import atomic

_SAMPLED = 1 << 16  # offsets that are checked on opening


@dataclass(frozen=True)
class TokenDataset:
    """Sentence ``k`` is ``words[offsets[k]:offsets[k + 1]]`` (int32), without ``<EOS>``."""

    words: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> NDArray[np.int32]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.words[self.offsets[index] : self.offsets[index + 1]]

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        return (self[index] for index in range(len(self)))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each sentence, without ``<EOS>``."""
        return np.diff(self.offsets)

    def take(self, indices: NDArray[np.int64]) -> "TokenDataset":
        """Return these sentences, in this order, in memory."""
        words = [self[int(index)] for index in indices]
        return from_lengths(np.concatenate(words), self.lengths[indices])


def from_lengths(words: NDArray[np.int32], lengths: NDArray[np.int64]) -> TokenDataset:
    """Sentences that are concatenated in ``words``."""
    return TokenDataset(words, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def write_blocks(words: str | Path, offsets: str | Path, blocks: Iterable[TokenDataset]) -> int:
    """Write blocks of sentences in order; returns the number of sentences."""
    total = sentences = 0
    with (
        atomic(words) as words_path,
        atomic(offsets) as offsets_path,
        words_path.open("wb") as words_file,
        offsets_path.open("wb") as offsets_file,
    ):
        _write_header(words_file, np.int32, 0)
        _write_header(offsets_file, np.int64, 0)
        offsets_file.write(np.zeros(1, dtype=np.int64).tobytes())
        for block in blocks:
            words_file.write(block.words.astype(np.int32, copy=False).tobytes())
            offsets_file.write((block.offsets[1:] + total).tobytes())
            total, sentences = total + len(block.words), sentences + len(block)
        words_file.seek(0)
        _write_header(words_file, np.int32, total)
        offsets_file.seek(0)
        _write_header(offsets_file, np.int64, sentences + 1)
    return sentences


def _write_header(file: object, dtype: type, length: int) -> None:
    """A header of constant size, as NumPy leaves room for the first axis to grow."""
    header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": (length,)}
    np.lib.format.write_array_header_1_0(file, header)  # type: ignore[arg-type]


def read_token_dataset(words: str | Path, offsets: str | Path) -> TokenDataset:
    """Open the two files of a corpus side; they must exist and belong together."""
    try:
        ids, starts = _open_array(words), _open_array(offsets)
    except FileNotFoundError as error:
        raise UserError(f"{error.filename}: no such file.") from error
    except (ValueError, EOFError, IsADirectoryError, TokenError) as error:
        raise UserError(
            f"{words}: not an array of token ids ({error}). Delete it and rerun."
        ) from error
    if not _fit(ids, starts):
        raise UserError(f"{words} and {offsets} do not belong together. Delete both and rerun.")
    return TokenDataset(ids, starts)


def _fit(ids: NDArray[np.int32], offsets: object) -> bool:
    if not isinstance(offsets, np.ndarray) or offsets.ndim != 1 or len(offsets) == 0:
        return False
    if ids.dtype != np.int32 or ids.ndim != 1 or offsets.dtype != np.int64:
        return False
    sampled = offsets[:: 1 + len(offsets) // _SAMPLED]
    ascending = bool(np.all(sampled[1:] >= sampled[:-1]))
    return ascending and offsets[0] == 0 and offsets[-1] == len(ids)


def _open_array(path: str | Path) -> NDArray[Any]:
    """Memory-map an array; an empty one cannot be mapped."""
    with Path(path).open("rb") as file:
        np.lib.format.read_magic(file)
        shape, _, _ = np.lib.format.read_array_header_1_0(file)
    if shape == (0,):
        return np.zeros(0, dtype=np.int32)
    return np.load(path, mmap_mode="r")
