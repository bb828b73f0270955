"""Encode text as token ids, a block at a time; each distinct word is looked up once and cached."""

from itertools import chain

import numpy as np

from seq2seq.data.vocabulary import Vocabulary
from seq2seq.data.word_counts import split_words
from seq2seq.io.token_ids import TokenDataset, from_lengths

_MOST_CACHED = 1 << 18  # words, about 60 MB


class Encoder:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._cache: dict[bytes, list[int]] = {}

    def encode(self, text: bytes) -> TokenDataset:
        """Encode whole lines; a word may have several ids, those of its subwords."""
        block = split_words(text)
        if len(self._cache) > _MOST_CACHED:
            self._cache.clear()
        for word in set(block.distinct) - self._cache.keys():
            self._cache[word] = self._vocabulary.encode([word.decode("utf-8")])
        ids_of = [self._cache[word] for word in block.distinct]
        sizes = np.array(list(map(len, ids_of)), dtype=np.int64)
        flat = np.array(list(chain.from_iterable(ids_of)), dtype=np.int32)
        if np.all(sizes == 1):
            return from_lengths(flat[block.index], block.lengths)
        size_of = sizes[block.index]  # for each word of the text
        begin_of = (np.cumsum(sizes) - sizes)[block.index]
        before = np.concatenate([[0], np.cumsum(size_of)])
        positions = np.repeat(begin_of - before[:-1], size_of) + np.arange(before[-1])
        ends = before[np.cumsum(block.lengths)]
        return from_lengths(flat[positions], np.diff(ends, prepend=0))
