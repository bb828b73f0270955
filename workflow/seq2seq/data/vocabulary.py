"""The vocabulary of a language: its most frequent words, and ``UNK`` for all others.

The paper (section 3.1) has 160,000 source and 80,000 target words.  The two special words are
counted among them, so that the number of parameters comes out as printed.  A vocabulary of pieces of
words (``subwords``) takes and gives words all the same.
"""

import base64
import binascii
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError, at
from seq2seq.io.files import read_lines, write_lines
from seq2seq.special_tokens import EOS, EOS_ID, SPECIALS, UNK, UNK_ID

_HEADER = "token\tcount"
_MODEL = "\tsentencepiece:"  # ends the header of a vocabulary of pieces, with its model in base 64
_BEGINNING = "\u2581"  # sentencepiece's mark of a piece that begins a word
_MOST_CACHED = 1 << 18  # words whose pieces are remembered


@dataclass(frozen=True)
class Vocabulary:
    """Word k is ``tokens[k]``, seen ``counts[k]`` times in training.

    The count of ``UNK`` is that of all words outside, the count of ``<EOS>`` that of sentences.
    """

    tokens: tuple[str, ...]
    counts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def _ids(self) -> dict[str, int]:
        """Without the specials: a word of the corpus that is spelled like one is unknown."""
        return {token: k for k, token in enumerate(self.tokens) if token not in SPECIALS}

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The numbers of words."""
        return [self._ids.get(token, UNK_ID) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The words of numbers."""
        tokens = self.tokens
        ids = list(ids)
        assert all(0 <= k < len(tokens) for k in ids), ids
        return [tokens[k] for k in ids]

    @property
    def coverage(self) -> float:
        """The share of the words in training that are not ``UNK``."""
        words = sum(self.counts) - self.counts[EOS_ID]
        return 1 - self.counts[UNK_ID] / words if words else 0.0


@dataclass(frozen=True)
class SubwordVocabulary(Vocabulary):
    """Piece k is ``tokens[k]``; words are cut up on their way in and put together on their way out.

    ``model`` is what sentencepiece calls a serialized model.
    """

    model: bytes
    _known: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _segmenter(self) -> Any:
        return segmenter(self.model)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The numbers of the words' pieces."""
        return [number for token in tokens for number in self._pieces(token)]

    def _pieces(self, word: str) -> list[int]:
        if word not in self._known:
            if len(self._known) >= _MOST_CACHED:
                self._known.clear()
            pieces = self._segmenter.encode(word, out_type=str)
            self._known[word] = [self._ids.get(piece, UNK_ID) for piece in pieces]
        return self._known[word]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The words that pieces make; one without the mark of a beginning continues a word."""
        joined = "".join(super().decode(ids))
        return [word for word in joined.split(_BEGINNING) if word]


def segmenter(model: bytes) -> Any:
    """The library's program for a model; imported here because words alone do not need it."""
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_proto=model)


def most_frequent(words: Iterable[tuple[str, int]], *, sentences: int, size: int) -> Vocabulary:
    """The ``size`` most frequent of counted words, ``UNK`` and ``<EOS>`` among them.

    Words of equal count come by their code points.  With fewer words in the text the vocabulary is
    smaller than ``size``.  The words are read as a stream.
    """
    total = 0

    def candidates() -> Iterable[tuple[str, int]]:
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


def ranked(words: Iterable[tuple[str, int]], *, outside: int, sentences: int) -> Vocabulary:
    """Counted words by their frequency, after the two special ones."""
    return _vocabulary([(UNK, outside), (EOS, sentences), *sorted(words, key=_rank)])


def _vocabulary(rows: Iterable[tuple[str, int]]) -> Vocabulary:
    rows = list(rows)
    return Vocabulary(tuple(word for word, _ in rows), tuple(count for _, count in rows))


def write_vocabulary(path: str | Path, vocabulary: Vocabulary) -> None:
    """Write ``token<TAB>count`` rows under a header, in which a model of pieces stands."""
    rows = zip(vocabulary.tokens, vocabulary.counts, strict=True)
    header = _HEADER
    if isinstance(vocabulary, SubwordVocabulary):
        header += _MODEL + base64.b64encode(vocabulary.model).decode("ascii")
    write_lines(path, [header, *(f"{token}\t{count}" for token, count in rows)])


def read_vocabulary(path: str | Path) -> Vocabulary:
    """Read what ``write_vocabulary`` has written; row k is word k.

    Raises:
        UserError: another format, a word twice, or other specials; with the line's number.
    """
    lines = read_lines(path)
    header, _, model = next(lines, "").partition(_MODEL)
    if header != _HEADER:
        raise UserError(f"{at(path, 1)}: the header must be `token count`, separated by a tab.")
    words = _vocabulary(_rows(path, lines))
    if words.tokens[: len(SPECIALS)] != SPECIALS:
        raise UserError(f"{path}: the first words must be {' and '.join(SPECIALS)}. Make it anew.")
    if not model:
        return words
    try:
        return SubwordVocabulary(words.tokens, words.counts, base64.b64decode(model, validate=True))
    except binascii.Error as error:
        raise UserError(f"{at(path, 1)}: a broken model ({error}). Make it anew.") from error


def _rows(path: str | Path, lines: Iterable[str]) -> list[tuple[str, int]]:
    rows: list[tuple[str, int]] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=2):
        token, tab, count = line.partition("\t")
        if not (token and tab and count.isascii() and count.isdigit()) or " " in token:
            raise UserError(f"{at(path, number)}: a word, a tab and its count were expected.")
        if token in seen:
            raise UserError(f"{at(path, number)}: `{token}` stands there twice. Make it anew.")
        seen.add(token)
        rows.append((token, int(count)))
    return rows
