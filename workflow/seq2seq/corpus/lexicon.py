"""The lexicon of the embedded corpus: words in pairs, English and French, with what grammar needs.

Only what pyrealb cannot know is said here (which word translates which, what may be said of what);
inflection is left to it.  The words themselves are in ``lexicon_nouns``,
``lexicon_verbs`` and ``lexicon_words``.
"""

from dataclasses import dataclass

from seq2seq.corpus import lexicon_nouns, lexicon_verbs, lexicon_words
from seq2seq.corpus.lexicon_nouns import LEVELS
from seq2seq.errors import UserError

PREPOSITIONS = frozenset({"at", "to", "for", "of", "about", "with", "de", "à"})


@dataclass(frozen=True)
class Adverbial:
    """A phrase that does not inflect, or the preposition of a place: English and French."""

    english: str
    french: str


@dataclass(frozen=True)
class Noun:
    """``gender`` is the French one, ``m`` or ``f``; ``place`` the preposition of a place."""

    english: str
    french: str
    gender: str
    kind: str
    place: Adverbial | None


@dataclass(frozen=True)
class Name:
    """A person's name, the same in both languages."""

    text: str
    gender: str


@dataclass(frozen=True)
class Adjective:
    """``position`` is that of the French adjective: ``before`` or ``after`` the noun."""

    english: str
    french: str
    position: str
    kinds: str


@dataclass(frozen=True)
class VerbWords:
    """A verb in one language: *be* + *in love* + *with*; the last two are often empty."""

    lemma: str
    fixed: str
    preposition: str


@dataclass(frozen=True)
class Verb:
    """A verb in both languages, with the kinds its subject and its object may have."""

    english: VerbWords
    french: VerbWords
    subjects: str
    objects: str
    is_state: bool
    has_passive: bool


@dataclass(frozen=True)
class Lexicon:
    """All words of one level; every tuple is in order of rank."""

    nouns: tuple[Noun, ...]
    names: tuple[Name, ...]
    adjectives: tuple[Adjective, ...]
    intransitive: tuple[Verb, ...]
    transitive: tuple[Verb, ...]
    ditransitive: tuple[Verb, ...]
    that: tuple[Verb, ...]
    infinitive: tuple[Verb, ...]

    def verbs(self) -> tuple[Verb, ...]:
        return (BE, *self.intransitive, *self.transitive, *self.ditransitive, *self.that,
                *self.infinitive)  # fmt: skip

    def transitive_verb(self, english: str) -> Verb:
        """The transitive verb whose English entry (``be in love with``) is ``english``."""
        return next(verb for verb in self.transitive if entry(verb.english) == english)

    def ditransitive_verb(self, english: str) -> Verb:
        return next(verb for verb in self.ditransitive if entry(verb.english) == english)


def load(level: str) -> Lexicon:
    """The lexicon of a level: ``micro``, ``small`` or ``full``; each contains the one before.

    Raises:
        UserError: no such level.
    """
    if level not in LEVELS:
        raise UserError(f"lexicon {level!r} is unknown: choose one of {', '.join(LEVELS)}.")
    verbs = lexicon_verbs
    return Lexicon(
        nouns=tuple(_noun(*row) for row in _rows(lexicon_nouns.NOUNS, level)),
        names=tuple(Name(*row) for row in _rows(lexicon_words.NAMES, level)),
        adjectives=tuple(Adjective(*row) for row in _rows(lexicon_words.ADJECTIVES, level)),
        intransitive=tuple(_verb(*row) for row in _rows(verbs.INTRANSITIVE, level)),
        transitive=tuple(_verb(*row) for row in _rows(verbs.TRANSITIVE, level)),
        ditransitive=tuple(_verb(*row) for row in _rows(verbs.DITRANSITIVE, level)),
        that=tuple(_verb(*row) for row in _rows(verbs.THAT, level)),
        infinitive=tuple(_verb(*row) for row in _rows(verbs.INFINITIVE, level)),
    )


def entry(words: VerbWords) -> str:
    """The verb as it is written in the tables: ``be in love with``."""
    return " ".join(part for part in (words.lemma, words.fixed, words.preposition) if part)


def _rows(table: dict[str, str], level: str) -> list[list[str]]:
    levels = LEVELS[: LEVELS.index(level) + 1]
    lines = [line for name in levels for line in table[name].split("\n")]
    return [line.split("|") for line in lines if line]


def _noun(english: str, french: str, gender: str, kind: str, *place: str) -> Noun:
    return Noun(english, french, gender, kind, Adverbial(*place) if place else None)


def _verb(english: str, french: str, subjects: str, objects: str, flags: str) -> Verb:
    words, mots = _verb_words(english), _verb_words(french)
    is_plain = not (words.preposition or mots.preposition or words.fixed)
    has_passive = bool(objects) and is_plain and "n" not in flags
    return Verb(words, mots, subjects, objects, "s" in flags, has_passive)


def _verb_words(text: str) -> VerbWords:
    lemma, *rest = text.split(" ")
    preposition = rest.pop() if rest and rest[-1] in PREPOSITIONS else ""
    return VerbWords(lemma, " ".join(rest), preposition)


BE = _verb(*lexicon_verbs.BE.split("|"))
