"""Vocabularies of pieces: words go in and come out, by the pieces that the library finds."""

from collections import Counter
from pathlib import Path

import pytest
from sentencepiece import SentencePieceProcessor

from seq2seq.data.vocabulary import (
    SubwordVocabulary,
    count_pieces,
    learn_pieces,
    read_vocabulary,
    write_vocabulary,
)
from seq2seq.data.word_counts import Encoder
from seq2seq.errors import UserError

STEMS = ("chant", "dans", "parl", "march", "pens", "mang", "trouv", "port")
ENDINGS = ("er", "ons", "ez", "ait", "aient", "ant", "é", "ée")
LINES = [
    f"{stem}{ending} , {STEMS[(k + j) % 8]}{ENDINGS[(k * j) % 8]} ."
    for j, stem in enumerate(STEMS)
    for k, ending in enumerate(ENDINGS)
]


def vocabulary(kind: str, size: int = 60) -> SubwordVocabulary:
    counts = Counter(word for line in LINES for word in line.split(" "))
    model = learn_pieces(LINES, kind, size)  # type: ignore[arg-type]
    return count_pieces(model, sorted(counts.items()), sentences=len(LINES))


@pytest.fixture(scope="module", params=["unigram", "bpe"])
def pieces(request: pytest.FixtureRequest) -> SubwordVocabulary:
    return vocabulary(request.param)


def test_words_come_back(pieces: SubwordVocabulary) -> None:
    for line in [*LINES, "dansaient chantant march portée é , . , ."]:
        ids = pieces.encode(line.split(" "))
        assert pieces.decode(ids) == line.split(" ")
        assert len(ids) > len(line.split(" "))


def test_pieces_are_those_of_the_whole_sentence(pieces: SubwordVocabulary) -> None:
    library = SentencePieceProcessor(model_proto=pieces.model)
    for line in LINES:
        found = [pieces.tokens[number] for number in pieces.encode(line.split(" "))]
        assert found == library.encode(line, out_type=str)


def test_counts_are_those_of_encoding_the_text(pieces: SubwordVocabulary) -> None:
    text = "".join(f"{line}\n" for line in LINES).encode()
    counts = Counter(Encoder(pieces).encode(text).words.tolist())
    assert pieces.counts[1] == len(LINES)
    expected = [counts[k] for k in range(len(pieces)) if k != 1]
    assert [count for k, count in enumerate(pieces.counts) if k != 1] == expected
    assert list(pieces.counts[2:]) == sorted(pieces.counts[2:], reverse=True)


def test_a_letter_never_seen_is_unknown_and_no_more(pieces: SubwordVocabulary) -> None:
    ids = pieces.encode(["chant☃er", "☃", "dans"])
    assert ids.count(0) == 2
    assert pieces.decode(ids) == ["chantUNKer", "UNK", "dans"]


def test_words_spelled_as_specials_are_ordinary_or_unknown(pieces: SubwordVocabulary) -> None:
    assert 1 not in pieces.encode(["<EOS>", "UNK", "▁", "a▁b"])


def test_the_file_gives_the_vocabulary_back(pieces: SubwordVocabulary, tmp_path: Path) -> None:
    write_vocabulary(tmp_path / "v.tsv", pieces)
    again = read_vocabulary(tmp_path / "v.tsv")
    assert again == pieces
    assert again.encode(["chanter"]) == pieces.encode(["chanter"])


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_the_same_text_gives_the_same_pieces(kind: str) -> None:
    assert vocabulary(kind).model == vocabulary(kind).model


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_small_text_has_fewer_pieces_than_asked_for(kind: str) -> None:
    assert 20 < len(vocabulary(kind, 100_000)) < 1000


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_too_few_pieces_are_refused(kind: str) -> None:
    with pytest.raises(UserError, match="sentencepiece cannot learn 5 pieces"):
        vocabulary(kind, 5)


def test_nothing_is_normalised() -> None:
    text = ["ﬁn ½ Ａ e\u0301 «\u00a0x"] * 30
    model = learn_pieces(text, "bpe", 40)
    words = text[0].split(" ")
    found = count_pieces(model, ((word, 30) for word in words), sentences=30)
    assert found.decode(found.encode(words)) == words


def test_a_word_with_the_mark_of_a_beginning_stays_one_word(pieces: SubwordVocabulary) -> None:
    decoded = pieces.decode(pieces.encode(["chanter", "a\u2581b", "parler"]))
    assert decoded == ["chanter", "UNK", "parler"]
