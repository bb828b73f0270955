"""Drawing nominals: pronouns, names and noun phrases with what is said of them."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from seq2seq.corpus.embedded_sentence import (
    Both,
    Determiner,
    Features,
    Name,
    Nominal,
    Phrase,
    Place,
    Pronoun,
    features,
)
from seq2seq.corpus.lexicon import Adjective, Adverbial, Lexicon, Noun

T = TypeVar("T")

NUMBERS = tuple(
    Adverbial(*row.split("|"))
    for row in ("two|deux", "three|trois", "four|quatre", "five|cinq", "six|six", "ten|dix")
)
PREPOSITIONS = (
    Adverbial("near", "près de"),
    Adverbial("behind", "derrière"),
    Adverbial("in front of", "devant"),
)
PERSONS = (  # you is always vous, they always ils: English does not tell
    Features(1, "s", "m", "p"),
    Features(2, "p", "m", "p"),
    Features(3, "s", "m", "p"),
    Features(3, "s", "f", "p"),
    Features(1, "p", "m", "p"),
    Features(3, "p", "m", "p"),
)
DETERMINERS = {"the": 42, "a": 24, "my": 12, "this": 8, "number": 6, "every": 4, "many": 4}
PLURAL_SHARE = {"the": 0.35, "a": 0.3, "my": 0.3, "this": 0.4, "number": 1, "every": 0, "many": 1}


def chosen(rng: random.Random, weights: Mapping[str, float]) -> str:
    """One of the keys, with these weights."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


class NominalDrawer:
    """Draws nominals of given kinds; ``richness`` (0 to 1) is how much is said of a noun."""

    def __init__(self, rng: random.Random, lexicon: Lexicon, richness: float) -> None:
        self._rng, self._lexicon, self._richness = rng, lexicon, richness
        self._nouns = {
            kind: [noun for noun in lexicon.nouns if noun.kind == kind] for kind in "patxfl"
        }

    def subject(self, kinds: str, antecedents: Sequence[Nominal]) -> Nominal:
        """Who acts: a pronoun (of an antecedent, if there is one), a name, a noun, two of them."""
        kind = self._rng.choice(kinds) if self._rng.random() < 0.3 else kinds[0]
        anaphors = _anaphors(antecedents, kinds)
        if anaphors and self._rng.random() < 0.5:
            return self._rng.choice(anaphors)
        how = chosen(self._rng, {"pronoun": 32, "name": 14, "noun": 48, "both": 6})
        return self._nominal(how, kind)

    def object(self, kinds: str, antecedents: Sequence[Nominal]) -> Nominal:
        anaphors = _anaphors(antecedents, kinds)
        if anaphors and self._rng.random() < 0.4:
            return self._rng.choice(anaphors)
        how = chosen(self._rng, {"pronoun": 22, "name": 14, "noun": 58, "both": 6})
        return self._nominal(how, self._rng.choice(kinds))

    def place(self) -> Place:
        noun = self._rng.choice(self._nouns["l"])
        adjectives = self._adjectives(noun) if self._rng.random() < 0.2 * self._richness else ()
        determiner = Determiner(chosen(self._rng, {"the": 80, "this": 12, "a": 8}))
        phrase = Phrase(determiner, noun, "s", adjectives)
        assert noun.place is not None
        beside = self._rng.random() < 0.15
        return Place(self._rng.choice(PREPOSITIONS) if beside else noun.place, phrase)

    def name(self) -> Name:
        return self._rng.choice(self._lexicon.names)

    def phrase(self, kind: str) -> Phrase:
        """A noun phrase without a relative clause."""
        noun = self._rng.choice(self._nouns[kind])
        determiner = chosen(self._rng, DETERMINERS)
        number = "p" if self._rng.random() < PLURAL_SHARE[determiner] else "s"
        adjectives = self._adjectives(noun) if self._rng.random() < 0.5 * self._richness else ()
        has_owner = determiner == "the" and kind != "l" and self._rng.random() < self._richness / 3
        owner = self._owner(noun) if has_owner else None
        return Phrase(self._determiner(determiner), noun, number, adjectives, owner)

    def adjective(self, kinds: str) -> Adjective | None:
        """One that can be said of all these kinds, if there is any."""
        fitting = [each for each in self._lexicon.adjectives if set(kinds) <= set(each.kinds)]
        return self._rng.choice(fitting) if fitting else None

    def _nominal(self, how: str, kind: str) -> Nominal:
        if kind == "p" and how == "pronoun":
            return Pronoun(self._rng.choice(PERSONS))
        if kind == "p" and how == "name":
            return self.name()
        if how == "both":
            return self._both(kind)
        return self.phrase(kind)

    def _both(self, kind: str) -> Both:
        first = self.name() if kind == "p" and self._rng.random() < 0.5 else self.phrase(kind)
        second = self.phrase(kind)
        while isinstance(first, Phrase) and second.noun == first.noun:
            second = self.phrase(kind)
        return Both(first, second)

    def _determiner(self, kind: str) -> Determiner:
        if kind == "my":
            return Determiner("my", possessor=self._rng.choice(PERSONS))
        if kind == "number":
            return Determiner("number", number=self._rng.choice(NUMBERS))
        return Determiner(kind)

    def _owner(self, noun: Noun) -> Name | Phrase | None:
        if self._rng.random() < 0.4:
            return self.name()
        owner = self._rng.choice(self._nouns["p"])
        number = "p" if self._rng.random() < 0.25 else "s"
        return Phrase(Determiner("the"), owner, number) if owner != noun else None

    def _adjectives(self, noun: Noun) -> tuple[Adjective, ...]:
        first = self.adjective(noun.kind)
        if first is None:
            return ()
        colors = [each for each in self._lexicon.adjectives if each.position == "after"
                  and noun.kind in each.kinds and noun.kind in "tf"]  # fmt: skip
        if first.position == "before" and colors and self._rng.random() < 0.2:
            return (first, self._rng.choice(colors))
        return (first,)


def key(nominal: Nominal | None) -> tuple[object, ...]:
    """What must not occur twice in a clause: a name, a noun, a person."""
    if isinstance(nominal, Both):
        return (*key(nominal.first), *key(nominal.second))
    if isinstance(nominal, Name):
        return (nominal.text,)
    if isinstance(nominal, Phrase):
        return (nominal.noun.english, *(key(nominal.owner) if nominal.owner else ()))
    if nominal is None:
        return ()
    who = nominal.features
    return (who.person,) if who.person < 3 else (who.person, who.number, who.gender, who.kind)


def _anaphors(antecedents: Sequence[Nominal], kinds: str) -> list[Pronoun]:
    """Pronouns of the third person for the antecedents of a fitting kind."""
    them = [features(each) for each in antecedents]
    return [Pronoun(each) for each in them if each.person == 3 and each.kind in kinds]
