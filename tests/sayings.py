"""Abstract sentences in a few words, for the tests of the embedded corpus."""

from dataclasses import replace

import pytest

from seq2seq.corpus import embedded_english, embedded_french
from seq2seq.corpus.embedded_sentence import (
    PAST,
    PRESENT,
    Clause,
    Determiner,
    Features,
    Link,
    Nominal,
    Phrase,
    Place,
    Pronoun,
    Sentence,
    Tense,
)
from seq2seq.corpus.lexicon import BE, Adverbial, Lexicon, Verb, entry, load

pytest.importorskip("pyrealb")

FULL: Lexicon = load("full")
NOUNS = {noun.english: noun for noun in FULL.nouns}
NAMES = {name.text: name for name in FULL.names}
ADJECTIVES = {adjective.english: adjective for adjective in FULL.adjectives}
MARY, JOHN, ALICE = NAMES["Mary"], NAMES["John"], NAMES["Alice"]
I = Pronoun(Features(1, "s", "m", "p"))  # noqa: E741
YOU = Pronoun(Features(2, "p", "m", "p"))
HE = Pronoun(Features(3, "s", "m", "p"))
SHE = Pronoun(Features(3, "s", "f", "p"))
WE = Pronoun(Features(1, "p", "m", "p"))
THEY = Pronoun(Features(3, "p", "m", "p"))
IT_F = Pronoun(Features(3, "s", "f", "x"))
THEM_F = Pronoun(Features(3, "p", "f", "t"))


def verb(english: str, group: tuple[Verb, ...] = FULL.transitive) -> Verb:
    return next(each for each in group if entry(each.english) == english)


def noun(
    english: str,
    determiner: str | Determiner = "the",
    number: str = "s",
    *adjectives: str,
    owner: Phrase | None = None,
    relative: Clause | None = None,
) -> Phrase:
    chosen = determiner if isinstance(determiner, Determiner) else Determiner(determiner)
    said = tuple(ADJECTIVES[each] for each in adjectives)
    return Phrase(chosen, NOUNS[english], number, said, owner, relative)


def possessive(who: Pronoun) -> Determiner:
    return Determiner("my", possessor=who.features)


def transitive(
    subject: Nominal, english: str, direct: Nominal | None, tense: Tense = PRESENT
) -> Clause:
    return Clause(subject, verb(english), tense, direct=direct)


def given(tense: Tense = PAST, **parts: Nominal) -> Clause:
    give = verb("give", FULL.ditransitive)
    return Clause(parts["giver"], give, tense, direct=parts["gift"], recipient=parts["to"])


def is_(subject: Nominal, adjective: str, tense: Tense = PRESENT) -> Clause:
    return Clause(subject, BE, tense, predicate=ADJECTIVES[adjective])


def said(clause: Clause, mood: str = "statement") -> Sentence:
    return Sentence(clause, mood=mood)


def joined(main: Clause, english: str, french: str, clause: Clause, position: str) -> Sentence:
    return Sentence(main, link=Link(Adverbial(english, french), clause, position))


def checked(sentence: Sentence, english: str, french: str) -> None:
    assert embedded_english.sentence(sentence) == english
    assert embedded_french.sentence(sentence) == french


GARDEN = Place(Adverbial("in", "dans"), noun("garden"))
SHE_GAVE = replace(given(giver=SHE, gift=noun("card", "a"), to=I), place=GARDEN)
I_GAVE = replace(given(giver=I, gift=noun("card", "a"), to=SHE), place=GARDEN)
