"""The vocabulary: which words, in which order, and its file."""

from pathlib import Path

import pytest

from seq2seq.data.vocabulary import Vocabulary, read_vocabulary, write_vocabulary
from seq2seq.errors import UserError
from tiny_models import vocabulary_of

LINES = ["b a b", "", "c a b é", "UNK <EOS> z"]


def test_the_most_frequent_words_are_kept() -> None:
    vocabulary = vocabulary_of(LINES, 4)
    assert vocabulary.tokens == ("UNK", "<EOS>", "b", "a")
    # Outside: c, é, z and the two words that are spelled like the specials; 4 sentences.
    assert vocabulary.counts == (5, 4, 3, 2)
    assert vocabulary.coverage == pytest.approx(5 / 10)


def test_words_of_equal_count_come_by_their_code_points() -> None:
    vocabulary = vocabulary_of(["é z Z a \U0001f600 \uffff"], 100)
    assert vocabulary.tokens[2:] == ("Z", "a", "z", "é", "\uffff", "\U0001f600")
    assert vocabulary_of(["é z", "Z a \U0001f600 \uffff"], 100).tokens == vocabulary.tokens


def test_a_small_text_has_a_small_vocabulary() -> None:
    assert len(vocabulary_of(LINES, 100)) == 2 + 5


def test_words_outside_and_words_spelled_like_specials_are_unknown() -> None:
    vocabulary = vocabulary_of(LINES, 4)
    assert vocabulary.encode(["a", "b", "c", "UNK", "<EOS>", ""]) == [3, 2, 0, 0, 0, 0]
    assert vocabulary.decode([3, 2, 0, 1]) == ["a", "b", "UNK", "<EOS>"]


def test_a_number_that_is_no_word_is_another_model_s() -> None:
    with pytest.raises(UserError, match="has 4 words, but the model wrote token id -1"):
        vocabulary_of(LINES, 4).decode([-1])


def test_the_file_gives_the_vocabulary_back(tmp_path: Path) -> None:
    vocabulary = vocabulary_of([*LINES, "\u2028 \u0085 \u00a0"], 100)
    write_vocabulary(tmp_path / "v.tsv", vocabulary)
    assert read_vocabulary(tmp_path / "v.tsv") == vocabulary
    assert (tmp_path / "v.tsv").read_bytes().startswith(b"token\tcount\nUNK\t2\n<EOS>\t5\nb\t3\n")


def test_an_empty_text_has_the_two_specials_alone(tmp_path: Path) -> None:
    write_vocabulary(tmp_path / "v.tsv", vocabulary_of([], 10))
    assert read_vocabulary(tmp_path / "v.tsv") == Vocabulary(("UNK", "<EOS>"), (0, 0))
    assert vocabulary_of([], 10).coverage == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: the header must be"),
        ("UNK\t1\n<EOS>\t1\n", "line 1: the header must be"),
        ("token\tcount\nUNK\t1\n<EOS>\t1\na\n", "line 4: must be a word, a tab and its count"),
        ("token\tcount\nUNK\t1\n<EOS>\t1\na\tb\n", "line 4: must be a word, a tab and its count"),
        ("token\tcount\nUNK\t1\n<EOS>\t1\na\t²\n", "line 4: must be a word, a tab and its count"),
        ("token\tcount\nUNK\t1\n<EOS>\t1\na b\t1\n", "line 4: must be a word, a tab and its count"),
        ("token\tcount\nUNK\t1\n<EOS>\t1\na\t1\na\t1\n", "line 5: `a` appears twice"),
        ("token\tcount\n<EOS>\t1\nUNK\t1\n", "the first words must be UNK and <EOS>"),
        ("token\tcount\n", "the first words must be UNK and <EOS>"),
        ("token\tcount\tsentencepiece:?\nUNK\t1\n<EOS>\t1\n", "line 1: damaged model"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "v.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_vocabulary(tmp_path / "v.tsv")
