"""French said from an abstract sentence: clitics, *ne ... pas*, agreement, inversion, relatives."""

from dataclasses import dataclass

from seq2seq.corpus import embedded_forms as forms
from seq2seq.corpus import embedded_french_words as small
from seq2seq.corpus.embedded_sentence import (
    PAST,
    Action,
    Both,
    Clause,
    Features,
    Gap,
    Name,
    Nominal,
    Phrase,
    Place,
    Pronoun,
    Sentence,
    features,
)
from seq2seq.corpus.lexicon import Adjective, Adverbial, Verb

NEGATIONS = {"not": "pas", "never": "jamais"}


@dataclass(frozen=True)
class _Roles:
    """Who stands where in the French clause; ``agent`` only in the passive."""

    subject: Nominal
    direct: Nominal | None
    recipient: Nominal | None
    agent: Nominal | None = None


def sentence(abstract: Sentence) -> str:
    """The sentence with its capital and its final mark; a blank stands before ``?``."""
    main = abstract.main
    words = _question(main) if abstract.mood == "question" else _statement(main)
    if abstract.fronted is not None:
        words = [*_adverbial(abstract.fronted), ",", *words]
    if (link := abstract.link) is not None:
        second = [*link.conjunction.french.split(" "), *_statement(link.clause)]
        comma = [","] if link.conjunction.french == "mais" else []
        words = [*second, ",", *words] if link.position == "before" else [*words, *comma, *second]
    return small.joined([*words, "?" if abstract.mood == "question" else "."])


def _statement(clause: Clause) -> list[str]:
    """The clause in the order subject, *ne*, clitics, verb, *pas*, participles, the rest."""
    roles = _roles(clause)
    group = _verb_group(clause, roles)
    return [*_subject(roles.subject), *_predicate(clause, roles, group)]


def _question(clause: Clause) -> list[str]:
    """Inversion: *voit-elle*, *Marie voit-elle*; for *je*, *est-ce que je vois*."""
    roles = _roles(clause)
    who = features(roles.subject)
    if who.person == 1 and who.number == "s":
        return ["est-ce", "que", *_statement(clause)]
    group = _verb_group(clause, roles)
    link = "-t-" if group.finite[-1] not in "td" and who.person == 3 else "-"
    inverted = small.VerbGroup(
        f"{group.finite}{link}{small.subject_pronoun(who)}", group.participles
    )
    first = [] if isinstance(roles.subject, Pronoun) else _subject(roles.subject)
    return [*first, *_predicate(clause, roles, inverted)]


def _predicate(clause: Clause, roles: _Roles, group: small.VerbGroup) -> list[str]:
    negation = NEGATIONS.get(clause.polarity)
    return [
        *(["ne"] if negation else []),
        *_clitics(clause.verb, roles.direct, roles.recipient),
        group.finite,
        *([negation] if negation else []),
        *([clause.manner.french] if clause.manner else []),
        *group.participles,
        *_rest(clause, roles),
    ]


def _roles(clause: Clause) -> _Roles:
    if clause.voice == "active":
        assert clause.subject is not None
        return _Roles(clause.subject, clause.direct, clause.recipient)
    assert clause.direct is not None
    return _Roles(clause.direct, None, clause.recipient, clause.subject)


def _subject(nominal: Nominal) -> list[str]:
    if isinstance(nominal, Pronoun):
        return [small.subject_pronoun(nominal.features)]
    return _nominal(nominal)


def _verb_group(clause: Clause, roles: _Roles) -> small.VerbGroup:
    lemma, who = clause.verb.french.lemma, features(roles.subject)
    tense = "imperfect" if _is_lasting(clause) else clause.tense.french
    if clause.voice == "active":
        return small.verb_group(lemma, tense, who, _agreeing(clause.verb, roles))
    passive = small.verb_group("être", tense, who, small.UNMARKED)
    participle = forms.french_participle(lemma, who.gender, who.number)
    return small.VerbGroup(passive.finite, [*passive.participles, participle])


def _is_lasting(clause: Clause) -> bool:
    """A past state: *elle aimait*, but *elle n'a jamais aimé*."""
    return clause.verb.is_state and clause.tense == PAST and clause.polarity != "never"


def _agreeing(verb: Verb, roles: _Roles) -> Features:
    direct = roles.direct
    if isinstance(direct, Gap | Pronoun) and not verb.french.preposition:
        return direct.features
    return small.UNMARKED


def _clitics(verb: Verb, direct: Nominal | None, recipient: Nominal | None) -> list[str]:
    words = []
    if isinstance(direct, Pronoun) and verb.french.preposition == "":
        words.append(small.accusative(direct.features))
    if isinstance(direct, Pronoun) and verb.french.preposition == "à":
        words.append(small.dative(direct.features))
    if isinstance(recipient, Pronoun):
        words.append(small.dative(recipient.features))
    return small.ordered(words)


def _rest(clause: Clause, roles: _Roles) -> list[str]:
    who = features(roles.subject)
    words = _objects(clause.verb, who, roles.direct, roles.recipient)
    if clause.predicate is not None:
        words.append(_inflected(clause.predicate, who.gender, who.number))
    if roles.agent is not None:
        words += _prepositional("par", roles.agent)
    if isinstance(clause.complement, Clause):
        words += ["que", *_statement(clause.complement)]
    elif clause.complement is not None:
        words += _infinitive(clause.verb.french.preposition, clause.complement, who)
    for adverbial in (clause.place, clause.time):
        words += _adverbial(adverbial)
    return words


def _infinitive(preposition: str, action: Action, who: Features) -> list[str]:
    return [
        *([preposition] if preposition else []),
        *_clitics(action.verb, action.direct, action.recipient),
        action.verb.french.lemma,
        *_objects(action.verb, who, action.direct, action.recipient),
        *_adverbial(action.place),
    ]


def _objects(
    verb: Verb, who: Features, direct: Nominal | None, recipient: Nominal | None
) -> list[str]:
    words = _fixed(verb, who)
    is_clitic = isinstance(direct, Pronoun) and verb.french.preposition in ("", "à")
    if direct is not None and not is_clitic and not isinstance(direct, Gap):
        words += _prepositional(verb.french.preposition, direct)
    if recipient is not None and not isinstance(recipient, Pronoun | Gap):
        words += _prepositional("à", recipient)
    return words


def _fixed(verb: Verb, who: Features) -> list[str]:
    if not verb.french.fixed:
        return []
    if verb.french.lemma == "être":
        return [forms.french_adjective(verb.french.fixed, who.gender, who.number)]
    return [verb.french.fixed]


def _adverbial(adverbial: Place | Adverbial | None) -> list[str]:
    if adverbial is None:
        return []
    if isinstance(adverbial, Adverbial):
        return adverbial.french.split(" ")
    return _prepositional(adverbial.preposition.french, adverbial.nominal)


def _prepositional(preposition: str, nominal: Nominal) -> list[str]:
    """The nominal after a preposition (``""``: none); *à*, *de* are repeated before a second."""
    if not preposition:
        return _nominal(nominal)
    *first, last = preposition.split(" ")
    if isinstance(nominal, Pronoun):
        return [*first, last, small.stressed_pronoun(nominal.features)]
    if isinstance(nominal, Both) and last in ("à", "de"):
        second = _prepositional(last, nominal.second)
        return [*_prepositional(preposition, nominal.first), "et", *second]
    return [*first, *small.contracted(last, _nominal(nominal))]


def _nominal(nominal: Nominal) -> list[str]:
    """A nominal that is no pronoun; a gap has no words."""
    if isinstance(nominal, Name):
        return [nominal.text]
    if isinstance(nominal, Both):
        return [*_nominal(nominal.first), "et", *_nominal(nominal.second)]
    return _phrase(nominal) if isinstance(nominal, Phrase) else []


def _phrase(phrase: Phrase) -> list[str]:
    gender, number = phrase.noun.gender, phrase.number
    before, after = (_adjectives(phrase, position) for position in ("before", "after"))
    determiner = small.determiner_words(phrase.determiner, gender, number)
    if determiner == ["des"] and before:
        determiner = ["de"]
    words = [*determiner, *before, forms.french_noun(phrase.noun.french, gender, number)]
    if number == "s":
        words = small.before_vowels(words)
    words += after
    if phrase.owner is not None:
        words += _prepositional("de", phrase.owner)
    return words if phrase.relative is None else [*words, *_relative(phrase.relative)]


def _adjectives(phrase: Phrase, position: str) -> list[str]:
    adjectives = [each for each in phrase.adjectives if each.position == position]
    return [_inflected(each, phrase.noun.gender, phrase.number) for each in adjectives]


def _inflected(adjective: Adjective, gender: str, number: str) -> str:
    return forms.french_adjective(adjective.french, gender, number)


def _relative(clause: Clause) -> list[str]:
    return [*_relative_pronoun(clause, _roles(clause)), *_statement(clause)]


def _relative_pronoun(clause: Clause, roles: _Roles) -> list[str]:
    if isinstance(roles.subject, Gap):
        return ["qui"]
    if isinstance(roles.recipient, Gap):
        return ["à", "qui"]
    return {"": ["que"], "de": ["dont"], "à": ["à", "qui"]}[clause.verb.french.preposition]
