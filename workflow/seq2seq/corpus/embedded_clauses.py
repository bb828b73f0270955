"""Drawing clauses: one method for each pattern of verb, and the relative clauses of their nouns."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from seq2seq.corpus.embedded_nominals import NominalDrawer, chosen, key
from seq2seq.corpus.embedded_sentence import (
    CONDITIONAL,
    FUTURE,
    PAST,
    PLUPERFECT,
    PRESENT,
    PROGRESSIVE,
    Action,
    Both,
    Clause,
    Gap,
    Nominal,
    Phrase,
    Pronoun,
    Tense,
    features,
    under_negation,
)
from seq2seq.corpus.lexicon import BE, Lexicon, Verb

PATTERNS = {"intransitive": 14, "transitive": 40, "ditransitive": 16,
                              "copula": 13, "that": 8, "infinitive": 9}  # fmt: skip
SIMPLE = {"intransitive": 25, "transitive": 50, "copula": 25}
REPORTED = {"present": (PRESENT, PAST, FUTURE), "future": (PRESENT, FUTURE),
            "past": (PROGRESSIVE, PLUPERFECT, CONDITIONAL), "": (CONDITIONAL,)}  # fmt: skip
RELATIVE = {"present": (PRESENT, PRESENT, PAST), "future": (PRESENT, PAST, FUTURE),
            "past": (PAST, PROGRESSIVE, PLUPERFECT), "": (PAST, PRESENT)}  # fmt: skip
TRIES = 20


class ClauseDrawer:
    """Draws clauses without adverbials; ``richness`` (0 to 1) is how much is said of a noun."""

    def __init__(self, rng: random.Random, lexicon: Lexicon, richness: float) -> None:
        self._rng, self._lexicon, self._richness = rng, lexicon, richness
        self.nominals = NominalDrawer(rng, lexicon, richness)
        self._draw = {"intransitive": self._intransitive, "transitive": self._transitive,
                      "ditransitive": self._ditransitive, "copula": self._copula,
                      "that": self._that, "infinitive": self._infinitive}  # fmt: skip

    def clause(
        self,
        tense: Tense,
        *,
        antecedents: Sequence[Nominal] = (),
        patterns: Mapping[str, float] = PATTERNS,
    ) -> Clause:
        """A clause in this tense; its pronouns may stand for the ``antecedents``."""
        clause = self._draw[chosen(self._rng, patterns)](tense, antecedents)
        return self._negated(self._with_relatives(clause))

    def _intransitive(self, tense: Tense, antecedents: Sequence[Nominal]) -> Clause:
        verb = self._rng.choice(self._lexicon.intransitive)
        return Clause(self.nominals.subject(verb.subjects, antecedents), verb, _fit(tense, verb))

    def _transitive(self, tense: Tense, antecedents: Sequence[Nominal]) -> Clause:
        verb = self._rng.choice(self._lexicon.transitive)
        subject = self.nominals.subject(verb.subjects, antecedents)
        direct = self._object(verb, antecedents, subject)
        clause = Clause(subject, verb, _fit(tense, verb), direct=direct)
        if not verb.has_passive or self._rng.random() > 0.2:
            return clause
        is_agent_said = self._rng.random() < (0.3 if isinstance(subject, Pronoun) else 0.75)
        return replace(clause, voice="passive", subject=subject if is_agent_said else None)

    def _ditransitive(self, tense: Tense, antecedents: Sequence[Nominal]) -> Clause:
        verb = self._rng.choice(self._lexicon.ditransitive)
        subject = self.nominals.subject(verb.subjects, antecedents)
        recipient = self._distinct(lambda: self.nominals.object("p", antecedents), subject)
        direct = self._object(verb, antecedents, subject, recipient)
        voice = chosen(self._rng, {"active": 76, "passive": 9, "recipient": 15})
        if voice == "recipient" and isinstance(direct, Pronoun):
            voice = "active"
        return Clause(subject, verb, tense, voice=voice, direct=direct, recipient=recipient)

    def _copula(self, tense: Tense, antecedents: Sequence[Nominal]) -> Clause:
        subject = self.nominals.subject(self._rng.choice(("p", "patxfl")), antecedents)
        predicate = self.nominals.adjective(features(subject).kind)
        if predicate is None or self._rng.random() < 0.2:
            place = self.nominals.place()
            if set(key(place.nominal)).isdisjoint(key(subject)):
                return Clause(subject, BE, _fit(tense, BE), place=place)
        if predicate is None:
            return self._intransitive(tense, antecedents)
        return Clause(subject, BE, _fit(tense, BE), predicate=predicate)

    def _that(self, tense: Tense, antecedents: Sequence[Nominal]) -> Clause:
        verb = self._rng.choice(self._lexicon.that)
        subject = self.nominals.subject(verb.subjects, antecedents)
        reported = self._rng.choice(REPORTED[tense.time])
        complement = self.clause(reported, antecedents=(subject,), patterns=SIMPLE)
        if complement.polarity == "never" and complement.tense == PAST:
            complement = replace(complement, polarity="not")  # French has other tenses there
        return Clause(subject, verb, _fit(tense, verb), complement=complement)

    def _infinitive(self, tense: Tense, antecedents: Sequence[Nominal]) -> Clause:
        verb = self._rng.choice(self._lexicon.infinitive)
        subject = self.nominals.subject(verb.subjects, antecedents)
        kind = features(subject).kind
        actions = (*self._lexicon.transitive, *self._lexicon.ditransitive,
                   *self._lexicon.intransitive)  # fmt: skip
        action = self._rng.choice([a for a in actions if kind in a.subjects and not a.is_state])
        direct = self._object(action, (), subject) if action.objects else None
        recipient = None
        if action in self._lexicon.ditransitive:
            recipient = self._distinct(lambda: self.nominals.object("p", ()), subject, direct)
        complement = Action(action, direct, recipient)
        return Clause(subject, verb, _fit(tense, verb), complement=complement)

    def _object(self, verb: Verb, antecedents: Sequence[Nominal], *others: Nominal) -> Nominal:
        """A direct object; after a preposition or with a recipient, pronouns are restricted."""
        is_plain = not verb.french.preposition and verb not in self._lexicon.ditransitive
        kinds = verb.objects

        def drawn() -> Nominal:
            nominal = self.nominals.object(kinds, antecedents)
            if isinstance(nominal, Pronoun) and not is_plain:
                is_person = nominal.features.kind == "p"
                wanted = is_person if verb.french.preposition else nominal.features.person == 3
                return nominal if wanted else self.nominals.phrase(self._rng.choice(kinds))
            return nominal

        return self._distinct(drawn, *others)

    def _distinct(self, draw: Callable[[], Nominal], *others: Nominal | None) -> Nominal:
        """A nominal that is none of the others."""
        taken = {each for other in others for each in key(other)}
        for _ in range(TRIES):
            nominal = draw()
            if taken.isdisjoint(key(nominal)):
                return nominal
        return self.nominals.phrase("t")

    def _negated(self, clause: Clause) -> Clause:
        """Negated now and then, where that is natural in both languages."""
        said = (clause.subject, clause.direct, clause.recipient)
        counted = [each for each in said if isinstance(each, Both) or _kind(each) in
                   ("every", "many")]  # fmt: skip
        reported = isinstance(clause.complement, Clause)
        vague = clause.voice != "active" and _kind(clause.direct) == "a"
        if counted or reported or vague or self._rng.random() > 0.17:
            return clause
        never = 0 if clause.tense == PROGRESSIVE else 25
        polarity = chosen(self._rng, {"not": 75, "never": never})
        direct = clause.direct
        if clause.voice == "active" and not clause.verb.french.preposition:
            direct = under_negation(direct)
        complement = _complement_under_negation(clause)
        return replace(clause, polarity=polarity, direct=direct, complement=complement)

    def _with_relatives(self, clause: Clause) -> Clause:
        subject, direct = clause.subject, clause.direct
        if isinstance(subject, Phrase) and self._rng.random() < 0.16 * self._richness:
            subject = self._related(subject, clause)
        ends = clause.voice == "active" and (
            clause.recipient is None or isinstance(clause.recipient, Pronoun)
        )
        if isinstance(direct, Phrase) and ends and self._rng.random() < 0.3 * self._richness:
            direct = self._related(direct, clause)
        return replace(clause, subject=subject, direct=direct)

    def _related(self, phrase: Phrase, clause: Clause) -> Phrase:
        tense = self._rng.choice(RELATIVE[clause.tense.time])
        gap = Gap(features(phrase))
        draw = self._rng.choice((self._subject_relative, self._object_relative))
        relative = draw(gap, tense, (phrase, clause.subject, clause.direct))
        if relative is not None and relative.predicate in phrase.adjectives:
            return phrase
        return replace(phrase, relative=relative)

    def _subject_relative(
        self, gap: Gap, tense: Tense, others: Sequence[Nominal | None]
    ) -> Clause | None:
        kind = gap.features.kind
        acting = (*self._lexicon.intransitive, *self._lexicon.transitive)
        verbs = [verb for verb in acting if kind in verb.subjects]
        predicate = self.nominals.adjective(kind)
        if not verbs or self._rng.random() < 0.25:
            if predicate is None:
                return None
            return Clause(gap, BE, _fit(tense, BE), predicate=predicate)
        verb = self._rng.choice(verbs)
        if not verb.objects:
            return Clause(gap, verb, _fit(tense, verb))
        direct = self._distinct(lambda: self._object(verb, ()), *others)
        return Clause(gap, verb, _fit(tense, verb), direct=direct)

    def _object_relative(
        self, gap: Gap, tense: Tense, others: Sequence[Nominal | None]
    ) -> Clause | None:
        verbs = [verb for verb in self._lexicon.transitive if gap.features.kind in verb.objects]
        verb = self._rng.choice(verbs)
        subject = self._distinct(lambda: self.nominals.subject(verb.subjects, ()), *others)
        return Clause(subject, verb, _fit(tense, verb), direct=gap)


def _fit(tense: Tense, verb: Verb) -> Tense:
    """A state is not in the progressive."""
    return PAST if tense == PROGRESSIVE and verb.is_state else tense


def _complement_under_negation(clause: Clause) -> Clause | Action | None:
    """*Does not want to buy any apples*; after *décider de* and the like, negation ends there."""
    complement = clause.complement
    if not isinstance(complement, Action):
        return complement
    if clause.verb.french.preposition or complement.verb.french.preposition:
        return complement
    return replace(complement, direct=under_negation(complement.direct))


def _kind(nominal: Nominal | None) -> str:
    return nominal.determiner.kind if isinstance(nominal, Phrase) else ""
