"""Which translations are shown, and how their words are marked."""

import pytest
import yaml

from seq2seq.data.tokenizer import tokenize
from seq2seq.data.vocabulary import split
from seq2seq.io.files import read_lines
from seq2seq.report.examples import TestSet as Corpus
from seq2seq.report.examples import choose_sentences, compared, read_examples

SOURCES = [
    "Short.",
    'He said: "Cell phones, really".',
    "A long sentence it is.",
    "Also long it is!",
]
CORPUS = Corpus(SOURCES, [2, 9, 6, 6], ["court .", "b", "c", "d"])


def test_sentences_are_found_whatever_their_blanks_and_case() -> None:
    assert choose_sentences(CORPUS, ["cell phones , REALLY"]) == ([1], [])


def test_without_any_of_them_the_longest_are_shown_and_the_lack_is_told() -> None:
    wanted = ["nowhere", "to be found", "never"]
    assert choose_sentences(CORPUS, wanted) == ([1, 2, 3], wanted)


def test_where_some_are_found_the_others_are_told() -> None:
    assert choose_sentences(CORPUS, ["nowhere", "also long"]) == ([3], ["nowhere"])


def test_a_word_counts_as_often_as_the_reference_has_it() -> None:
    runs = compared("le chat le chien le", "le le chat noir")
    assert [(run.text, run.in_reference) for run in runs] == [
        ("le chat le", True),
        ("chien le", False),
    ]
    assert compared("", "a b") == ()


def test_each_sentence_has_every_system_and_its_bleu() -> None:
    systems = {"one": ["court .", "", "", ""], "two": ["long", "", "", ""]}
    (shown,) = read_examples(CORPUS, [0], systems)
    assert (shown.line, shown.source, shown.source_length) == (0, "Short.", 2)
    assert [output.system for output in shown.translations] == ["one", "two"]
    assert shown.translations[0].bleu == pytest.approx(100)
    assert shown.translations[1].bleu == 0


def test_the_paper_s_three_sentences_are_in_its_test_set(shared_data, repository):
    """Section 3.7: Audi, cell phones, cremation; each found in one sentence, as text and tokens."""
    config = yaml.safe_load((repository / "config/config.yaml").read_text(encoding="utf-8"))
    text = list(read_lines(shared_data / "wmt-newstest/derived/newstest2014.eval.en"))
    lines, missing = choose_sentences(
        Corpus(text, [1] * len(text), text), config["examples"]["sentences"]
    )
    assert missing == []
    names = [("Hackenberg", "Audi"), ("FCC", "Rosenker"), ("cremation", "ashes")]
    for line, expected in zip(lines, names, strict=True):
        assert all(name in text[line] for name in expected)
        assert len(split(tokenize(text[line], "en"))) > 35
    tokens = [tokenize(text[line], "en") for line in lines]
    again, _ = choose_sentences(Corpus(tokens, [1] * 3, tokens), config["examples"]["sentences"])
    assert again == [0, 1, 2]
