"""Encoding by the block, against encoding line by line."""

from hypothesis import given
from hypothesis import strategies as st

from seq2seq.data.vocabulary import Vocabulary
from seq2seq.data.word_counts import Encoder

WORDS = st.lists(st.lists(st.sampled_from(["a", "b", "é", "UNK", "<EOS>", "x" * 9]), max_size=5))
VOCABULARY = Vocabulary(("UNK", "<EOS>", "b", "é", "x" * 9), (0,) * 5)


class Doubled(Vocabulary):
    """A word as two numbers, one, or none, as pieces may be."""

    def encode(self, tokens: list[str]) -> list[int]:  # type: ignore[override]
        pieces = {"a": [], "b": [2], "é": [3, 4]}
        return [number for token in tokens for number in pieces.get(token, [0, 0, 0])]


@given(WORDS)
def test_a_block_is_encoded_as_its_lines(lines: list[list[str]]) -> None:
    text = "".join(" ".join(words) + "\n" for words in lines) or "\n"
    for vocabulary in (VOCABULARY, Doubled((), ())):
        sentences = Encoder(vocabulary).encode(text.encode())
        assert [sentence.tolist() for sentence in sentences] == [
            vocabulary.encode(words) for words in lines or [[]]
        ]
        assert sentences.words.dtype == "int32"
