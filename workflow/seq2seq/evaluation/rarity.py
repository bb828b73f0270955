"""How rare the words of a sentence are: the axis of the paper's Figure 3, right.

"Average word frequency rank" (section 3.8): the most frequent word of the training corpus has rank
1.  The paper does not say whose words are meant, nor the rank of a word outside the vocabulary; here
they are the source words, and such a word has the rank of the vocabulary's size.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from seq2seq.special_tokens import SPECIALS, UNK_ID


def average_rank(words: NDArray[np.int32], *, vocabulary_size: int) -> float:
    """The mean rank of a sentence's word numbers; 0 if it has no words.

    Words are numbered by frequency, after the two special ones.
    """
    if len(words) == 0:
        return 0.0
    ranks = np.where(words == UNK_ID, vocabulary_size, words.astype(np.int64) - len(SPECIALS) + 1)
    return float(ranks.mean())


def average_ranks(sentences: Iterable[NDArray[np.int32]], *, vocabulary_size: int) -> list[float]:
    """The same of each sentence of a test set."""
    return [average_rank(words, vocabulary_size=vocabulary_size) for words in sentences]
