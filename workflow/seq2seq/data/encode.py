"""Text to numbers, a block at a time: each different word is looked up once, and remembered."""

from itertools import chain

import numpy as np

from seq2seq.data.vocabulary import Vocabulary
from seq2seq.data.word_hashing import split_words
from seq2seq.io.token_ids import TokenDataset, from_lengths

_MOST_KNOWN = 1 << 18  # words remembered; about 60 MB


class Encoder:
    """Turns lines of tokens into the numbers of a vocabulary's words, or of their pieces."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[bytes, list[int]] = {}

    def encode(self, text: bytes) -> TokenDataset:
        """Whole lines as sentences."""
        block = split_words(text)
        numbers = self._numbers(block.different)
        sizes = np.array(list(map(len, numbers)), dtype=np.int64)
        flat = np.array(list(chain.from_iterable(numbers)), dtype=np.int32)
        if np.all(sizes == 1):
            return from_lengths(flat[block.which], block.lengths)
        size_of = sizes[block.which]  # of each word of the text, one after the other
        begin_of = (np.cumsum(sizes) - sizes)[block.which]
        before = np.concatenate([[0], np.cumsum(size_of)])
        places = np.repeat(begin_of - before[:-1], size_of) + np.arange(before[-1])
        ends = before[np.cumsum(block.lengths)]
        return from_lengths(flat[places], np.diff(ends, prepend=0))

    def _numbers(self, words: list[bytes]) -> list[list[int]]:
        """The numbers of each word."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        for word in set(words) - self._known.keys():
            self._known[word] = self._vocabulary.encode([word.decode("utf-8")])
        return [self._known[word] for word in words]
