"""The vocabulary of a language: its most frequent words, and ``UNK`` for all others.

The paper (section 3.1) has 160,000 source and 80,000 target words.  The two special words are
counted among them, so that the number of parameters comes out as printed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from seq2seq.corpus.tokens import split
from seq2seq.errors import UserError, at
from seq2seq.files import read_lines, write_lines
from seq2seq.symbols import EOS, EOS_ID, SPECIALS, UNK, UNK_ID

_HEADER = "token\tcount"


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
        return [self._ids.get(token, UNK_ID) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        tokens = self.tokens
        ids = list(ids)
        assert all(0 <= k < len(tokens) for k in ids), ids
        return [tokens[k] for k in ids]

    @property
    def coverage(self) -> float:
        """The share of the words in training that are not ``UNK``."""
        words = sum(self.counts) - self.counts[EOS_ID]
        return 1 - self.counts[UNK_ID] / words if words else 0.0


def build_vocabulary(lines: Iterable[str], size: int) -> Vocabulary:
    """The ``size`` most frequent words of tokenized lines, ``UNK`` and ``<EOS>`` among them.

    Words of equal count come by their code points.  With fewer words in the text the vocabulary is
    smaller than ``size``.
    """
    counter: Counter[str] = Counter()
    sentences = 0
    for line in lines:
        counter.update(split(line))
        sentences += 1
    total = counter.total()
    for special in SPECIALS:
        counter.pop(special, None)
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[: size - len(SPECIALS)]
    outside = total - sum(count for _, count in ranked)
    rows = [(UNK, outside), (EOS, sentences), *ranked]
    return _vocabulary(rows)


def _vocabulary(rows: Sequence[tuple[str, int]]) -> Vocabulary:
    return Vocabulary(tuple(token for token, _ in rows), tuple(count for _, count in rows))


def write_vocabulary(path: str | Path, vocabulary: Vocabulary) -> None:
    rows = zip(vocabulary.tokens, vocabulary.counts, strict=True)
    write_lines(path, [_HEADER, *(f"{token}\t{count}" for token, count in rows)])


def read_vocabulary(path: str | Path) -> Vocabulary:
    """Read ``token<TAB>count`` rows under a header; row k is word k.

    Raises:
        UserError: another format, a word twice, or other specials; with the line's number.
    """
    lines = read_lines(path)
    if next(lines, "") != _HEADER:
        raise UserError(f"{at(path, 1)}: the header must be `token count`, separated by a tab.")
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
    if tuple(token for token, _ in rows[: len(SPECIALS)]) != SPECIALS:
        raise UserError(f"{path}: the first words must be {' and '.join(SPECIALS)}. Make it anew.")
    return _vocabulary(rows)
