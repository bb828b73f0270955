"""Select pairs that resemble the dev set, by a difference of cross-entropies.

A sentence's score is its cross-entropy under a bigram model of the domain minus that under a model of
the general corpus (Moore and Lewis, ACL 2010, "Intelligent Selection of Language Model Training
Data").  Low scores resemble the domain.  A pair's score is the sum over both sides (Axelrod, He and
Gao, EMNLP 2011).  Schwenk selected the paper's 12 million pairs this way.

Both models share a vocabulary: words that occur twice in the domain's text, ``UNK`` and ``<EOS>``.
Bigrams are interpolated with unigrams, and those with the uniform distribution (Witten and Bell).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.data.word_counts import WordBlock, split_words

_UNK_ID, _EOS_ID = 0, 1  # the end of a sentence is also the context of the next first word
_MIN_COUNT = 2

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class BigramModel:
    """Witten-Bell counts; the bigram of ids ``a b`` is the number ``a * vocabulary size + b``."""

    unigrams: NDArray[np.float64]
    bigrams: NDArray[np.int64]  # sorted
    bigram_counts: NDArray[np.int64]
    context_counts: NDArray[np.int64]
    followers: NDArray[np.int64]  # distinct words after each context

    def bits(self, ids: Ids) -> NDArray[np.float64]:
        """The negative base-2 log probability of each word given the one before."""
        context = _context(ids)
        unigram = self.unigrams[ids]
        bigram = context * len(self.unigrams) + ids
        index = np.minimum(np.searchsorted(self.bigrams, bigram), len(self.bigrams) - 1)
        count = np.where(self.bigrams[index] == bigram, self.bigram_counts[index], 0)
        followers, context_count = self.followers[context], self.context_counts[context]
        unseen = context_count == 0
        smoothed = (count + followers * unigram) / np.where(unseen, 1, context_count + followers)
        return -np.log2(np.where(unseen, unigram, smoothed))


@dataclass(frozen=True)
class DomainModel:
    """Scores sentences of one language by both models."""

    word_ids: Mapping[bytes, int]
    domain: BigramModel
    general: BigramModel

    def score(self, block: WordBlock) -> NDArray[np.float64]:
        """Bits per word by which the general model is better, for each line; low is in-domain."""
        ids, lengths = _encode(block, self.word_ids)
        bits = self.domain.bits(ids) - self.general.bits(ids)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return np.add.reduceat(bits, starts) / lengths


def train(domain: Iterable[bytes], general: Iterable[bytes]) -> DomainModel:
    """Train both models on lines, ideally of about equal number."""
    domain_block = split_words(b"".join(b"%s\n" % line for line in domain))
    general_block = split_words(b"".join(b"%s\n" % line for line in general) or b"\n")
    counts = np.bincount(domain_block.index, minlength=len(domain_block.distinct)).tolist()
    counted = zip(domain_block.distinct, counts, strict=True)
    frequent = sorted(word for word, count in counted if count >= _MIN_COUNT)
    word_ids = {word: number for number, word in enumerate(frequent, start=_EOS_ID + 1)}
    size = _EOS_ID + 1 + len(word_ids)
    models = (_train(_encode(block, word_ids)[0], size) for block in (domain_block, general_block))
    return DomainModel(word_ids, *models)


def _train(ids: Ids, size: int) -> BigramModel:
    counts = np.bincount(ids, minlength=size)
    types = int(np.count_nonzero(counts))
    context = _context(ids)
    bigrams, bigram_counts = np.unique(context * size + ids, return_counts=True)
    return BigramModel(
        unigrams=(counts + types / size) / (counts.sum() + types),
        bigrams=bigrams,
        bigram_counts=bigram_counts,
        context_counts=np.bincount(context, minlength=size),
        followers=np.bincount(bigrams // size, minlength=size),
    )


def _context(ids: Ids) -> Ids:
    """The id before each; sentences follow each other, so a first word comes after ``<EOS>``."""
    return np.concatenate([[_EOS_ID], ids[:-1]])


def _encode(block: WordBlock, word_ids: Mapping[bytes, int]) -> tuple[Ids, Ids]:
    """The ids of all sentences with ``<EOS>``, and the lengths of the sentences with it."""
    distinct = np.array([word_ids.get(word, _UNK_ID) for word in block.distinct], dtype=np.int64)
    lengths = block.lengths + 1
    ids = np.full(int(lengths.sum()), _EOS_ID, dtype=np.int64)
    is_word = np.ones(len(ids), dtype=np.bool_)
    is_word[np.cumsum(lengths) - 1] = False
    ids[is_word] = distinct[block.index]
    return ids, lengths
