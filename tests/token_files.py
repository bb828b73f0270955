"""Write token ids for a test, sentence by sentence."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from seq2seq.io.token_ids import from_lengths, write_blocks


def write_token_dataset(
    words: str | Path, offsets: str | Path, sentences: Iterable[list[int]]
) -> None:
    kept = list(sentences)
    flat = np.array([token for sentence in kept for token in sentence], dtype=np.int32)
    lengths = np.array(list(map(len, kept)), dtype=np.int64)
    write_blocks(words, offsets, [from_lengths(flat, lengths)])
