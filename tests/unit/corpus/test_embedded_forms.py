"""The forms that pyrealb gives of our words."""

import pytest

from seq2seq.corpus import embedded_forms
from seq2seq.corpus.embedded_sentence import Features
from seq2seq.corpus.lexicon import load
from seq2seq.errors import UserError

pytest.importorskip("pyrealb")


def test_pyrealb_knows_every_form_of_every_word() -> None:
    lexicon = load("full")
    for noun_ in lexicon.nouns:
        for number in "sp":
            embedded_forms.english_noun(noun_.english, number)
            embedded_forms.french_noun(noun_.french, noun_.gender, number)
    for adjective in lexicon.adjectives:
        for gender, number in ("ms", "fs", "mp", "fp"):
            embedded_forms.french_adjective(adjective.french, gender, number)
    persons = [Features(person, number, "m", "p") for person in (1, 2, 3) for number in "sp"]
    for each in lexicon.verbs():
        for who in persons:
            for tense in embedded_forms.FRENCH_TENSES:
                embedded_forms.french_finite(each.french.lemma, tense, who)
            for tense in ("present", "past"):
                embedded_forms.english_finite(each.english.lemma, tense, who)
        embedded_forms.french_participle(each.french.lemma, "m", "s")
        for which in ("present", "past"):
            embedded_forms.english_participle(each.english.lemma, which)
        if each.has_passive:
            embedded_forms.french_participle(each.french.lemma, "f", "p")


def test_a_word_that_pyrealb_cannot_inflect_is_named() -> None:
    with pytest.raises(UserError, match="cannot inflect 'blorgue'"):
        embedded_forms.french_noun("blorgue", "m", "s")


def test_a_missing_pyrealb_is_a_message_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(embedded_forms, "_pyrealb", embedded_forms._pyrealb.__wrapped__)
    monkeypatch.setattr(embedded_forms.importlib, "import_module", missing)
    with pytest.raises(UserError, match=r"pip install pyrealb==3\.3\.1"):
        embedded_forms.check_installed()
