"""Drawing sentences: clauses put together, with adverbials, from a seeded generator of chance."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from seq2seq.corpus.embedded_clauses import SIMPLE, ClauseDrawer
from seq2seq.corpus.embedded_nominals import PERSONS, chosen
from seq2seq.corpus.embedded_sentence import (
    CONCEDED,
    CONCEDED_PAST,
    CONDITIONAL,
    FORESEEN,
    FUTURE,
    HYPOTHETICAL,
    PAST,
    PLUPERFECT,
    PRESENT,
    PROGRESSIVE,
    Clause,
    Determiner,
    Link,
    Name,
    Nominal,
    Phrase,
    Place,
    Pronoun,
    Sentence,
    Tense,
)
from seq2seq.corpus.lexicon import Adverbial, Lexicon

TENSES = {PRESENT: 30, PAST: 34, FUTURE: 13, CONDITIONAL: 6, PROGRESSIVE: 9, PLUPERFECT: 8}
SENTENCES = {"affection": 4, "gift": 6, "question": 11, "linked": 30,
                               "plain": 49}  # fmt: skip
AFFECTIONS = ("admire", "respect", "be in love with", "love")


@dataclass(frozen=True)
class Conjunction:
    """What joins two clauses, and which tenses they may have: of the first, of the second."""

    words: Adverbial
    positions: tuple[str, ...]
    tenses: tuple[tuple[Tense, Tense], ...]


_SAME = ((PRESENT, PRESENT), (PAST, PAST), (FUTURE, FUTURE), (PROGRESSIVE, PROGRESSIVE))
_REASON = ((PRESENT, PRESENT), (PRESENT, PAST), (PAST, PAST), (PAST, PLUPERFECT), (FUTURE, PAST),
           (PAST, PROGRESSIVE), (FUTURE, PRESENT))  # fmt: skip
CONJUNCTIONS = (
    Conjunction(Adverbial("because", "parce que"), ("after",), _REASON),
    Conjunction(
        Adverbial("when", "quand"),
        ("before", "after"),
        ((PRESENT, PRESENT), (PAST, PAST), (FUTURE, FORESEEN), (PROGRESSIVE, PAST)),
    ),
    Conjunction(
        Adverbial("while", "pendant que"),
        ("before", "after"),
        ((PAST, PROGRESSIVE), (PRESENT, PRESENT), (FUTURE, FORESEEN)),
    ),
    Conjunction(
        Adverbial("although", "bien que"),
        ("before", "after"),
        ((PRESENT, CONCEDED), (FUTURE, CONCEDED), (PAST, CONCEDED_PAST)),
    ),
    Conjunction(
        Adverbial("if", "si"),
        ("before", "after"),
        ((FUTURE, PRESENT), (CONDITIONAL, HYPOTHETICAL), (PRESENT, PRESENT)),
    ),
    Conjunction(Adverbial("and", "et"), ("after",), _SAME),
    Conjunction(Adverbial("but", "mais"), ("after",), _SAME),
)
TIMES = {
    "present": ("now|maintenant", "today|aujourd'hui", "every day|tous les jours"),
    "past": ("yesterday|hier", "last night|hier soir", "last week|la semaine dernière"),
    "future": ("tomorrow|demain", "next week|la semaine prochaine", "tonight|ce soir"),
}
MANNERS = ("often|souvent", "always|toujours", "sometimes|parfois", "rarely|rarement")
MANNERS_NEGATED = MANNERS[:2]
ALREADY = Adverbial("already", "déjà")


class SentenceDrawer:
    """An endless supply of abstract sentences, the same for the same generator and lexicon."""

    def __init__(self, rng: random.Random, lexicon: Lexicon) -> None:
        self._rng, self._lexicon = rng, lexicon
        self._drawers = [ClauseDrawer(rng, lexicon, richness) for richness in (0.0, 0.6, 1.0)]
        self._draw = {"affection": self._affection, "gift": self._gift,
                      "question": self._question, "linked": self._linked,
                      "plain": self._plain}  # fmt: skip

    def sentence(self) -> Sentence:
        return self._draw[chosen(self._rng, SENTENCES)]()

    def _plain(self) -> Sentence:
        drawer = self._rng.choice(self._drawers)
        return self._fronted(Sentence(self._with_adverbials(drawer.clause(self._tense()), drawer)))

    def _question(self) -> Sentence:
        drawer = self._rng.choice(self._drawers[:2])
        patterns = {**SIMPLE, "ditransitive": 20, "infinitive": 10}
        clause = drawer.clause(self._tense(), patterns=patterns)
        return Sentence(self._with_adverbials(clause, drawer), mood="question")

    def _linked(self) -> Sentence:
        conjunction = self._rng.choice(CONJUNCTIONS)
        position = self._rng.choice(conjunction.positions)
        tenses = self._rng.choice(conjunction.tenses)
        first, second = tenses if position == "after" else tenses[::-1]
        drawer = self._rng.choice(self._drawers)
        said_first = self._linkable(drawer, first, ())
        antecedents = [each for each in (said_first.subject, said_first.direct) if each]
        said_second = self._linkable(drawer, second, antecedents)
        if position == "after":
            return Sentence(said_first, link=Link(conjunction.words, said_second, position))
        return Sentence(said_second, link=Link(conjunction.words, said_first, position))

    def _linkable(
        self, drawer: ClauseDrawer, tense: Tense, antecedents: Sequence[Nominal]
    ) -> Clause:
        clause = drawer.clause(tense, antecedents=antecedents)
        return self._with_adverbials(clause, drawer) if self._rng.random() < 0.4 else clause

    def _affection(self) -> Sentence:
        """*Mary admires John* and its kin (figure 2 of the paper, left)."""
        drawer = self._drawers[0]
        verbs = [self._lexicon.transitive_verb(name) for name in AFFECTIONS]
        verb = self._rng.choice(verbs)
        subject, direct = self._rng.sample(self._lexicon.names, 2)
        tense = self._rng.choice((PRESENT, PRESENT, PAST, FUTURE, CONDITIONAL))
        clause = Clause(subject, verb, tense, direct=direct)
        if self._rng.random() < 0.3:
            clause = replace(clause, polarity=chosen(self._rng, {"not": 70, "never": 30}))
        if verb.has_passive and self._rng.random() < 0.15:
            clause = replace(clause, voice="passive")
        if self._rng.random() < 0.2:
            return Sentence(clause, mood="question")
        return self._fronted(Sentence(self._with_adverbials(clause, drawer)))

    def _gift(self) -> Sentence:
        """*She gave me a card in the garden* and its kin (figure 2 of the paper, right)."""
        give = self._lexicon.ditransitive_verb("give")
        verb = give if self._rng.random() < 0.5 else self._rng.choice(self._lexicon.ditransitive)
        nouns = [noun for noun in self._lexicon.nouns if noun.kind in "tx"]
        thing = Phrase(
            Determiner(self._rng.choice(("a", "a", "the"))), self._rng.choice(nouns), "s"
        )
        subject = self._giver()
        recipient = self._giver()
        while recipient == subject or _person(recipient) == _person(subject) < 3:
            recipient = self._giver()
        tense = self._rng.choice((PAST, PAST, PRESENT, FUTURE, PLUPERFECT))
        voice = chosen(self._rng, {"active": 60, "recipient": 28, "passive": 12})
        clause = Clause(subject, verb, tense, voice=voice, direct=thing, recipient=recipient)
        if self._rng.random() < 0.7:
            clause = replace(clause, place=self._drawers[0].nominals.place())
        return self._fronted(Sentence(clause))

    def _giver(self) -> Pronoun | Name:
        if self._rng.random() < 0.7:
            return Pronoun(self._rng.choice(PERSONS))
        return self._drawers[0].nominals.name()

    def _tense(self) -> Tense:
        return self._rng.choices(list(TENSES), weights=list(TENSES.values()))[0]

    def _with_adverbials(self, clause: Clause, drawer: ClauseDrawer) -> Clause:
        """With a place, a time and an adverb, none of them sure."""
        if clause.complement is not None:
            return clause
        place, time = clause.place, None
        if place is None and not clause.verb.is_state and self._rng.random() < 0.3:
            place = drawer.nominals.place()
        if clause.tense.time and clause.tense != PLUPERFECT and self._rng.random() < 0.2:
            time = _adverbial(self._rng.choice(TIMES[clause.tense.time]))
        return replace(clause, place=place, time=time, manner=self._manner(clause))

    def _manner(self, clause: Clause) -> Adverbial | None:
        if self._rng.random() > 0.12 or clause.polarity == "never":
            return None
        if clause.tense == PLUPERFECT:
            return ALREADY if clause.polarity == "yes" else None
        if clause.tense not in (PRESENT, PAST, FUTURE):
            return None
        fitting = MANNERS if clause.polarity == "yes" else MANNERS_NEGATED
        return _adverbial(self._rng.choice(fitting))

    def _fronted(self, sentence: Sentence) -> Sentence:
        """The place or the time first, often; always if it would stand after a relative clause."""
        clause = sentence.main
        is_heavy = isinstance(clause.direct, Phrase) and clause.direct.relative is not None
        movable = [each for each in (clause.place, clause.time) if each is not None]
        is_predicate = clause.verb.english.lemma == "be" and clause.predicate is None
        if not movable or is_predicate or (not is_heavy and self._rng.random() > 0.4):
            return sentence
        first = self._rng.choice(movable)
        if isinstance(first, Place):
            return replace(sentence, main=replace(clause, place=None), fronted=first)
        return replace(sentence, main=replace(clause, time=None), fronted=first)


def _adverbial(row: str) -> Adverbial:
    return Adverbial(*row.split("|"))


def _person(nominal: Pronoun | Name) -> int:
    return nominal.features.person if isinstance(nominal, Pronoun) else 3
