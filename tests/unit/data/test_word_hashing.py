"""Words by the block, against splitting line by line."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.data.word_counts import split_words

TEXT = st.lists(
    st.lists(st.text(alphabet="aé\u00a0\u2028b\x00\U0001f600", max_size=30), max_size=8), max_size=8
)


def lines_of(text: str) -> list[list[str]]:
    return [[word for word in line.split(" ") if word] for line in text.split("\n")[:-1]]


@given(TEXT)
def test_words_stand_where_splitting_at_blanks_finds_them(sentences: list[list[str]]) -> None:
    text = "".join(" ".join(words) + "\n" for words in sentences) or "\n"
    block = split_words(text.encode())
    expected = lines_of(text)
    found = [block.distinct[number].decode() for number in block.index]
    assert found == [word for words in expected for word in words]
    assert block.lengths.tolist() == [len(words) for words in expected]
    assert len(set(block.distinct)) == len(block.distinct)


def test_a_word_has_one_hash_in_every_block() -> None:
    words = [f"{'x' * (k % 30)}{k}" for k in range(5000)]
    forwards = split_words(" ".join(words).encode() + b"\n")
    backwards = split_words("\n\n".join(reversed(words)).encode() + b"\n")
    one = dict(zip(forwards.distinct, forwards.hashes.tolist(), strict=True))
    other = dict(zip(backwards.distinct, backwards.hashes.tolist(), strict=True))
    assert one == other
    assert len(set(one.values())) == 5000


def test_words_that_begin_alike_are_told_apart() -> None:
    words = [b"a", b"a\0", b"aaaaaaaa", b"aaaaaaaa\0", b"a" * 16, b"a" * 17, b"a" * 24]
    block = split_words(b" ".join(words) + b"\n")
    assert block.distinct == words


def test_a_block_of_empty_lines_has_no_words() -> None:
    block = split_words(b"\n \n\n")
    assert (block.distinct, len(block.index)) == ([], 0)
    assert block.lengths.tolist() == [0, 0, 0]


def test_words_are_counted_as_one_by_one() -> None:
    numbers = np.random.default_rng(1).zipf(1.3, size=20_000)
    text = " ".join(f"w{number}" for number in numbers)
    block = split_words(text.encode() + b"\n")
    counts = np.bincount(block.index)
    found = {word.decode(): int(n) for word, n in zip(block.distinct, counts, strict=True)}
    assert found == Counter(text.split(" "))
