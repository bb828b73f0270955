"""Tokens as of Moses' own tokenizer.perl; the counts are of its output on the public test sets.

Later scripts count 71,143 English tokens: since 2016 they split a final period from an apostrophe.
"""

import pytest

from seq2seq.data.tokenizer import detokenize, tokenize, tokenizer
from seq2seq.data.vocabulary import split
from seq2seq.errors import UserError

AS_BY_MOSES = [
    ("It's 5,300 miles, isn't it?", "en", "It 's 5,300 miles , isn 't it ?"),
    ('He said "no" & left…', "en", 'He said " no " & left …'),
    ("Mr. Smith went to the U.S. today.", "en", "Mr. Smith went to the U.S. today ."),
    ("a well-known man -- yes...", "en", "a well-known man -- yes ..."),
    ("[x] | <y>", "en", "[ x ] | < y >"),
    ("L'administration dit qu'ils l'ont.", "fr", "L' administration dit qu' ils l' ont ."),
    ("«\u00a0Ça va\u202f?\u00a0» 10\u00a0000 €", "fr", "« Ça va ? » 10 000 €"),
    ("vols long-courriers, M. Dupont", "fr", "vols long-courriers , M. Dupont"),
    # Here the library does otherwise.
    ("he said 'yes.'", "en", "he said ' yes.'"),
    ("in 5,", "fr", "in 5,"),
    ("Power Inc. Of Dec. 5, we", "en", "Power Inc. Of Dec. 5 , we"),
    ("on a.", "fr", "on a."),
    ("the dogs' ''d'' `x`", "en", "the dogs ' ' ' d ' ' `x`"),
    ("中国人 한국어 かな (中)", "en", "中国人 한국어 かな ( 中 )"),
]


@pytest.mark.parametrize(("text", "language", "tokens"), AS_BY_MOSES)
def test_text_is_split_as_by_the_script_of_2014(text, language, tokens):
    """The expected tokens are those of tokenizer.perl 1.1 with -no-escape."""
    assert tokenize(text, language) == tokens


@pytest.mark.parametrize(("language", "count"), [("en", 71_138), ("fr", 81_194)])
def test_the_test_set_of_the_paper_has_as_many_tokens_as_by_moses(shared_data, language, count):
    path = shared_data / "wmt-newstest" / "derived" / f"newstest2014.eval.{language}"
    lines = path.read_bytes().decode().split("\n")[:-1]
    tokens = [split(tokenize(line, language)) for line in lines]
    assert len(tokens) == 3003
    assert sum(len(sentence) for sentence in tokens) == count
    assert max(len(sentence) for sentence in tokens) == {"en": 79, "fr": 86}[language]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_token_is_empty_or_holds_a_blank(language: str) -> None:
    odd = " a\u2028b\u0085c\u2029d\x0be\x0cf\u00a0g\rj\t\u202f\u3000 ends with one.' "
    for token in split(tokenize(odd, language)):
        assert token
        assert not any(character.isspace() for character in token)


def test_control_characters_are_dropped_as_by_perl() -> None:
    assert tokenize("a\x00b\x01c\x1cd\x1fe", "en") == "abcde"


@pytest.mark.parametrize("text", ["", " ", "\u00a0\u2028\t", "\x00"])
def test_a_line_of_blanks_has_no_tokens(text: str) -> None:
    assert tokenize(text, "en") == ""
    assert split("") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It's 5,300 miles, isn't it?", "en"),
        ('He said "no" (twice) & left.', "en"),
        ("L'administration dit qu'ils l'ont.", "fr"),
    ],
)
def test_text_comes_back(text: str, language: str) -> None:
    assert detokenize(tokenize(text, language), language) == text


def test_text_that_looks_like_an_entity_comes_back_as_it_was() -> None:
    assert detokenize("R &amp; D", "en") == "R &amp; D"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UserError, match="no rules for language `english`"):
        tokenize("a", "english")


def test_a_corpus_of_tokens_is_taken_as_it_is_but_for_entities_and_blanks() -> None:
    normalize_spaces = tokenizer("none", "fr")
    line = " this month &apos;s  Dubai\tAirshow , R &amp; D &#91; 1 &#93; vols long-courriers ."
    assert (
        normalize_spaces(line) == "this month 's Dubai Airshow , R & D [ 1 ] vols long-courriers ."
    )
    assert tokenizer("moses", "fr")("l'an") == "l' an"


def test_text_for_pieces_is_split_at_blanks_and_comes_back() -> None:
    tokens = tokenizer("blanks", "ja")(" 今日は\u3000晴れ  です。\t")
    assert tokens == "今日は 晴れ です。"
    assert detokenize(tokens, "ja", "blanks") == tokens


def test_tokens_that_could_not_be_put_together_are_refused_before_a_training() -> None:
    with pytest.raises(UserError, match=r"`ja`.*or `data\.tokenizer: blanks`"):
        tokenizer("none", "ja")
