"""Which pairs are like the dev set: the difference of two cross-entropies, for each side.

A sentence is scored by a bigram model of the domain and by one of the corpus at large; the lower its
cross-entropy under the first less that under the second, the more it is like the domain (Moore and
Lewis, ACL 2010, "Intelligent Selection of Language Model Training Data").  A pair has the sum of its
two sides' differences (Axelrod, He and Gao, EMNLP 2011).  The paper's 12 million pairs were selected
so by Schwenk.

Both models have the words that occur twice or more in the domain's text, ``UNK`` and ``<EOS>``;
bigrams are interpolated with unigrams, and those with the uniform distribution, after Witten and Bell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.data.word_hashing import WordBlock, split_words

_UNKNOWN, _BOUNDARY = 0, 1  # the sentence's end, and what stands before its first word
_LEAST = 2  # times a word of the domain must occur to be known

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class DomainModel:
    """Scores sentences of one language; words are numbered by ``known``, from 2."""

    known: Mapping[bytes, int]
    moore_lewis: "Bigrams"
    corpus: "Bigrams"

    def differences(self, text: bytes) -> NDArray[np.float64]:
        """Bits a word by which each line is better told by the corpus: low is like the domain."""
        block = split_words(text)
        words, lengths = _with_ends(block, self.known)
        bits = self.moore_lewis.bits(words) - self.corpus.bits(words)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return np.add.reduceat(bits, starts) / lengths


@dataclass(frozen=True)
class Bigrams:
    """Witten-Bell counts of a text; pairs of words are numbers ``first * words + second``, sorted."""

    unigrams: NDArray[np.float64]
    pairs: NDArray[np.int64]
    pair_counts: NDArray[np.int64]
    times: NDArray[np.int64]
    followers: NDArray[np.int64]

    def bits(self, words: Ids) -> NDArray[np.float64]:
        """Minus the base-2 logarithm of each word's probability after the one before it."""
        before = _before(words)
        alone = self.unigrams[words]
        place = np.searchsorted(self.pairs, before * len(self.unigrams) + words)
        place = np.minimum(place, len(self.pairs) - 1)
        found = self.pairs[place] == before * len(self.unigrams) + words
        seen = np.where(found, self.pair_counts[place], 0)
        followers, times = self.followers[before], self.times[before]
        new = times == 0
        together = (seen + followers * alone) / np.where(new, 1, times + followers)
        return -np.log2(np.where(new, alone, together))


def train(moore_lewis: Iterable[bytes], corpus: Iterable[bytes]) -> DomainModel:
    """Learn from lines of both; they should be of about equal number."""
    domain_block = split_words(b"".join(b"%s\n" % line for line in moore_lewis))
    corpus_block = split_words(b"".join(b"%s\n" % line for line in corpus))
    counts = np.bincount(domain_block.which, minlength=len(domain_block.different)).tolist()
    counted = zip(domain_block.different, counts, strict=True)
    frequent = sorted(word for word, count in counted if count >= _LEAST)
    known = {word: number for number, word in enumerate(frequent, start=_BOUNDARY + 1)}
    size = _BOUNDARY + 1 + len(known)
    return DomainModel(
        known,
        _bigrams(_with_ends(domain_block, known)[0], size),
        _bigrams(_with_ends(corpus_block, known)[0], size),
    )


def _bigrams(words: Ids, size: int) -> Bigrams:
    counts = np.bincount(words, minlength=size)
    kinds = int(np.count_nonzero(counts))
    before = _before(words)
    pairs, pair_counts = np.unique(before * size + words, return_counts=True)
    return Bigrams(
        unigrams=(counts + kinds / size) / (counts.sum() + kinds),
        pairs=pairs,
        pair_counts=pair_counts,
        times=np.bincount(before, minlength=size),
        followers=np.bincount(pairs // size, minlength=size),
    )


def _before(words: Ids) -> Ids:
    """The word before each; before the first of a sentence stands the end of another."""
    return np.concatenate([[_BOUNDARY], words[:-1]])


def _with_ends(block: WordBlock, known: Mapping[bytes, int]) -> tuple[Ids, Ids]:
    """The words' numbers with the end of every sentence, and the sentences' lengths with it."""
    numbers = np.array([known.get(word, _UNKNOWN) for word in block.different], dtype=np.int64)
    lengths = block.lengths + 1
    words = np.full(int(lengths.sum()), _BOUNDARY, dtype=np.int64)
    inside = np.ones(len(words), dtype=np.bool_)
    inside[np.cumsum(lengths) - 1] = False
    words[inside] = numbers[block.which]
    return words, lengths
