"""The abstract sentence of the embedded corpus: what both languages say, in neither's order.

A sentence is drawn once (``embedded_grammar``) and said twice (``embedded_english``,
``embedded_french``).  Nothing here inflects or orders words.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

from seq2seq.corpus.lexicon import Adjective, Adverbial, Name, Noun, Verb


@dataclass(frozen=True)
class Features:
    """What agrees: person 1-3, number ``s`` or ``p``, gender ``m`` or ``f``, kind as of nouns."""

    person: int
    number: str
    gender: str
    kind: str


@dataclass(frozen=True)
class Pronoun:
    """A personal pronoun; its form depends on where it stands."""

    features: Features


@dataclass(frozen=True)
class Gap:
    """The place in a relative clause that the relative pronoun stands for; it has no words."""

    features: Features


@dataclass(frozen=True)
class Both:
    """Two coordinated persons or things."""

    first: "Name | Phrase"
    second: "Name | Phrase"


@dataclass(frozen=True)
class Determiner:
    """``kind``: the, a, any (an ``a`` under negation), this, every, many, or the two below.

    ``possessive`` has the features of the possessor, ``number`` the numeral.
    """

    kind: str
    possessor: Features | None = None
    number: Adverbial | None = None


@dataclass(frozen=True)
class Phrase:
    """A noun with its determiner and everything said of it; ``owner`` only after ``the``."""

    determiner: Determiner
    noun: Noun
    number: str
    adjectives: tuple[Adjective, ...] = ()
    owner: "Name | Phrase | None" = None
    relative: "Clause | None" = None


Nominal: TypeAlias = Pronoun | Gap | Name | Both | Phrase


@dataclass(frozen=True)
class Place:
    """*In the garden*, *near the house*."""

    preposition: Adverbial
    nominal: Phrase


@dataclass(frozen=True)
class Tense:
    """How a tense is made in each language, and the time it speaks of."""

    english: str
    french: str
    time: str


PRESENT = Tense("present", "present", "present")
PAST = Tense("past", "perfect", "past")
PROGRESSIVE = Tense("was", "imperfect", "past")
PLUPERFECT = Tense("had", "pluperfect", "past")
FUTURE = Tense("will", "future", "future")
CONDITIONAL = Tense("would", "conditional", "")
HYPOTHETICAL = Tense("past", "imperfect", "")  # if she came: si elle venait
FORESEEN = Tense("present", "future", "")  # when she comes: quand elle viendra
CONCEDED = Tense("present", "subjunctive", "")  # although she comes: bien qu'elle vienne
CONCEDED_PAST = Tense("past", "past subjunctive", "")


@dataclass(frozen=True)
class Clause:
    """A verb and who does what to whom.

    ``polarity`` is yes, not or never.  ``voice`` is active, passive (the direct object is the
    subject) or recipient (*I was given a card*; French has only the passive there); ``subject`` is
    always who acts, None for a passive without one.  ``complement`` is said after *that*, or is an
    ``Action``.
    """

    subject: Nominal | None
    verb: Verb
    tense: Tense = PRESENT
    polarity: str = "yes"
    voice: str = "active"
    direct: Nominal | None = None
    recipient: Nominal | None = None
    predicate: Adjective | None = None
    complement: "Clause | Action | None" = None
    manner: Adverbial | None = None
    place: Place | None = None
    time: Adverbial | None = None


@dataclass(frozen=True)
class Action:
    """What an infinitive says: its subject is that of the verb it completes."""

    verb: Verb
    direct: Nominal | None = None
    recipient: Nominal | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Link:
    """A second clause: ``before`` or ``after`` the main one (*and*, *but*: always after)."""

    conjunction: Adverbial
    clause: Clause
    position: str


@dataclass(frozen=True)
class Sentence:
    """``mood`` is statement or question; ``fronted`` is said first."""

    main: Clause
    mood: str = "statement"
    fronted: Place | Adverbial | None = None
    link: Link | None = None


def features(nominal: Nominal) -> Features:
    """What agrees with a nominal."""
    if isinstance(nominal, Pronoun | Gap):
        return nominal.features
    if isinstance(nominal, Name):
        return Features(3, "s", nominal.gender, "p")
    if isinstance(nominal, Phrase):
        return Features(3, nominal.number, nominal.noun.gender, nominal.noun.kind)
    genders = {features(nominal.first).gender, features(nominal.second).gender}
    return Features(3, "p", "f" if genders == {"f"} else "m", features(nominal.first).kind)


def under_negation(nominal: Nominal | None) -> Nominal | None:
    """The direct object of a negated verb: *any dogs* for *dogs*, *pas de chien* for *un chien*."""
    if isinstance(nominal, Phrase) and nominal.determiner.kind == "a":
        return replace(nominal, determiner=Determiner("any"))
    return nominal
