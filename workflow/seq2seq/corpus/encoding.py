"""Text to numbers, a block at a time: each different word is looked up once."""

import numpy as np

from seq2seq.corpus.vocabulary import Vocabulary
from seq2seq.corpus.words import split_words
from seq2seq.ids import Sentences, from_lengths


def encode_block(vocabulary: Vocabulary, text: bytes) -> Sentences:
    """Whole lines of tokens as sentences of word numbers, or of the numbers of the words' pieces."""
    block = split_words(text)
    numbers = [vocabulary.encode([word.decode("utf-8")]) for word in block.different]
    sizes = np.array([len(one) for one in numbers], dtype=np.int64)
    flat = np.array([number for one in numbers for number in one], dtype=np.int32)
    size_of = sizes[block.which]  # of each word of the text, one after the other
    begin_of = (np.cumsum(sizes) - sizes)[block.which]
    before = np.concatenate([[0], np.cumsum(size_of)])
    places = np.repeat(begin_of - before[:-1], size_of) + np.arange(before[-1])
    ends = before[np.cumsum(block.lengths)]
    return from_lengths(flat[places], np.diff(ends, prepend=0))
