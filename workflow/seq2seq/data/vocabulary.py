"""The vocabulary of a language: its most frequent words, and ``UNK`` for all others.

The two special tokens count among the paper's 160,000 and 80,000 words (section 3.1), which gives its
number of parameters.  Subwords are learned by sentencepiece, which holds its sentences in memory: 1 GB
(bpe) to 4 GB (unigram) per million.  So it gets a sample.
"""

import base64
import binascii
import heapq
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines, write_lines
from seq2seq.special_tokens import EOS, EOS_ID, SPECIALS, UNK, UNK_ID

WordCounts = Iterable[tuple[str, int]]
_HEADER = "token\tcount"
_MODEL = "\tsentencepiece:"  # ends the header of a subword vocabulary, with its model in base 64
_WORD_START = "\u2581"  # sentencepiece's mark of a piece that begins a word
_MOST_CACHED = 1 << 18  # words
_COVERAGE = 0.9999  # of the characters that subwords are learned from; rarer ones are unknown


def split(tokens: str) -> list[str]:
    """The tokens of a line; unlike ``str.split(" ")``, none for an empty line."""
    return tokens.split(" ") if tokens else []


@dataclass(frozen=True)
class Vocabulary:
    """Token ``k`` was seen ``counts[k]`` times in training; ``<EOS>`` counts the sentences."""

    tokens: tuple[str, ...]
    counts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def _ids(self) -> dict[str, int]:
        """Without the special tokens: a word of the corpus spelled like one is unknown."""
        return {token: k for k, token in enumerate(self.tokens) if token not in SPECIALS}

    def encode(self, tokens: Iterable[str]) -> list[int]:
        return [self._ids.get(token, UNK_ID) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        ids = list(ids)
        if wrong := [k for k in ids if not 0 <= k < len(self.tokens)]:
            raise UserError(
                f"The vocabulary has {len(self.tokens):,} words, but the model wrote token id "
                f"{wrong[0]}. Give the vocabulary that the model was trained with."
            )
        return [self.tokens[k] for k in ids]

    @property
    def coverage(self) -> float:
        """The share of training words that are not ``UNK``."""
        words = sum(self.counts) - self.counts[EOS_ID]
        return 1 - self.counts[UNK_ID] / words if words else 0.0


@dataclass(frozen=True)
class SubwordVocabulary(Vocabulary):
    """Splits words into pieces and joins them; ``model`` is a serialized sentencepiece model."""

    model: bytes
    _cache: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _segmenter(self) -> Any:
        return sentencepiece_model(self.model)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        return [number for token in tokens for number in self._pieces(token)]

    def _pieces(self, word: str) -> list[int]:
        if word not in self._cache:
            if len(self._cache) >= _MOST_CACHED:
                self._cache.clear()
            # The mark in a word of the text would split it when it is decoded.
            marked = _WORD_START in word
            pieces = [_WORD_START, UNK] if marked else self._segmenter.encode(word, out_type=str)
            self._cache[word] = [self._ids.get(piece, UNK_ID) for piece in pieces]
        return self._cache[word]

    def decode(self, ids: Iterable[int]) -> list[str]:
        joined = "".join(super().decode(ids))
        return [word for word in joined.split(_WORD_START) if word]


def sentencepiece_model(model: bytes) -> Any:
    from sentencepiece import SentencePieceProcessor  # not needed, nor installed, for words

    try:
        return SentencePieceProcessor(model_proto=model)
    except RuntimeError as error:
        problem = " ".join(str(error).split())
        raise UserError(
            f"The vocabulary's model of subwords is damaged ({problem}). Delete it and rerun."
        ) from error


def most_frequent(words: WordCounts, *, sentences: int, size: int) -> Vocabulary:
    """The ``size`` most frequent words with ``UNK`` and ``<EOS>``; of equals by code points."""
    total = 0

    def candidates() -> Iterator[tuple[str, int]]:
        nonlocal total
        for word, count in words:
            total += count
            if word not in SPECIALS:
                yield word, count

    chosen = heapq.nsmallest(size - len(SPECIALS), candidates(), key=_rank)
    outside = total - sum(count for _, count in chosen)
    return ranked(chosen, outside=outside, sentences=sentences)


def _rank(word: tuple[str, int]) -> tuple[int, str]:
    return -word[1], word[0]


def ranked(words: WordCounts, *, outside: int, sentences: int) -> Vocabulary:
    """A vocabulary of counted words by frequency, after the special tokens."""
    rows = [(UNK, outside), (EOS, sentences), *sorted(words, key=_rank)]
    return Vocabulary(tuple(word for word, _ in rows), tuple(count for _, count in rows))


def learn_pieces(sentences: Iterable[str], kind: Literal["unigram", "bpe"], size: int) -> bytes:
    """A serialized model of at most ``size`` pieces, including ``UNK`` and ``<EOS>``."""
    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type=kind,
            vocab_size=size,
            character_coverage=_COVERAGE,
            hard_vocab_limit=False,
            normalization_rule_name="identity",
            unk_id=UNK_ID,
            unk_piece=UNK,
            eos_id=EOS_ID,
            eos_piece=EOS,
            bos_id=-1,
            pad_id=-1,
            num_threads=1,  # sums depend on the number of threads
            minloglevel=2,
        )
    except RuntimeError as error:
        raise UserError(
            f"sentencepiece cannot learn {size:,} pieces ({kind}) from this text: {error}. Choose "
            "another number, or `vocabulary.kind: words`."
        ) from error
    return model.getvalue()


def count_pieces(model: bytes, words: WordCounts, sentences: int) -> SubwordVocabulary:
    """The vocabulary of a model, its pieces ordered by their frequency in counted words."""
    segmenter = sentencepiece_model(model)
    pieces = (segmenter.id_to_piece(number) for number in range(segmenter.get_piece_size()))
    counts = dict.fromkeys(set(pieces) - set(SPECIALS), 0)
    outside = 0
    for word, count in words:
        for piece in segmenter.encode(word, out_type=str):
            if piece in counts:
                counts[piece] += count
            else:
                outside += count
    found = ranked(counts.items(), outside=outside, sentences=sentences)
    return SubwordVocabulary(found.tokens, found.counts, model)


def write_vocabulary(path: str | Path, vocabulary: Vocabulary) -> None:
    """Write ``token<TAB>count`` rows; the header also holds the model of subwords."""
    rows = zip(vocabulary.tokens, vocabulary.counts, strict=True)
    header = _HEADER
    if isinstance(vocabulary, SubwordVocabulary):
        header += _MODEL + base64.b64encode(vocabulary.model).decode("ascii")
    write_lines(path, [header, *(f"{token}\t{count}" for token, count in rows)])


def read_vocabulary(path: str | Path) -> Vocabulary:
    lines = read_lines(path)
    header, _, model = next(lines, "").partition(_MODEL)
    if header != _HEADER:
        raise UserError(f"{location(path, 1)}: the header must be `token count`, tab-separated.")
    counts: dict[str, int] = {}
    for number, line in enumerate(lines, start=2):
        token, tab, count = line.partition("\t")
        if not (token and tab and count.isascii() and count.isdigit()) or " " in token:
            raise UserError(f"{location(path, number)}: must be a word, a tab and its count.")
        if token in counts:
            raise UserError(
                f"{location(path, number)}: `{token}` appears twice. Delete it and rerun."
            )
        counts[token] = int(count)
    tokens = tuple(counts)
    if tokens[: len(SPECIALS)] != SPECIALS:
        raise UserError(f"{path}: the first words must be {' and '.join(SPECIALS)}.")
    if not model:
        return Vocabulary(tokens, tuple(counts.values()))
    try:
        decoded = base64.b64decode(model, validate=True)
    except binascii.Error as error:
        raise UserError(
            f"{location(path, 1)}: damaged model ({error}). Delete it and rerun."
        ) from error
    return SubwordVocabulary(tokens, tuple(counts.values()), decoded)
