"""English said from an abstract sentence: auxiliaries and *do*, passives, *'s*, relatives."""

from dataclasses import dataclass

from seq2seq.corpus import embedded_forms as forms
from seq2seq.corpus.embedded_sentence import (
    Action,
    Both,
    Clause,
    Determiner,
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
from seq2seq.corpus.lexicon import Adverbial, VerbWords

SUBJECTS = {"s": ("I", "you", ""), "p": ("we", "you", "they")}
OBJECTS = {"s": ("me", "you", ""), "p": ("us", "you", "them")}
POSSESSIVES = {"s": ("my", "your", ""), "p": ("our", "your", "their")}
THIRD_PERSON = {  # subject, object, possessive
    "m": ("he", "him", "his"),
    "f": ("she", "her", "her"),
    "it": ("it", "it", "its"),
}


@dataclass(frozen=True)
class _Roles:
    """Who stands where in the English clause."""

    subject: Nominal
    direct: Nominal | None
    recipient: Nominal | None


def sentence(abstract: Sentence) -> str:
    """The sentence with its capital and its final mark."""
    main = abstract.main
    words = _question(main) if abstract.mood == "question" else _statement(main)
    if abstract.fronted is not None:
        words = [*_adverbial(abstract.fronted), ",", *words]
    if (link := abstract.link) is not None:
        second = [*link.conjunction.english.split(" "), *_statement(link.clause)]
        comma = [","] if link.conjunction.english == "but" else []
        words = [*second, ",", *words] if link.position == "before" else [*words, *comma, *second]
    return _joined([*words, "?" if abstract.mood == "question" else "."])


def _joined(words: list[str]) -> str:
    words = [
        "an" if word == "a" and _sounds_vowel(after) else word
        for word, after in zip(words, [*words[1:], ""], strict=True)
    ]
    text = " ".join(words)
    for mark in (",", ".", "?", "'s"):
        text = text.replace(f" {mark}", mark)
    return text[0].upper() + text[1:]


def _sounds_vowel(word: str) -> bool:
    if word.startswith(("honest", "hour")):
        return True
    return word[:1].lower() in set("aeiou") and not word.startswith(("use", "uni", "one", "eu"))


def _statement(clause: Clause) -> list[str]:
    roles = _roles(clause)
    words = _verb_words(clause, roles)
    middle = _middle(clause)
    if len(words) > 1 or clause.verb.english.lemma == "be":
        words = [words[0], *middle, *words[1:]]
    elif clause.polarity == "not":
        words = [*_do(clause, roles), *middle, clause.verb.english.lemma]
    else:
        words = [*middle, *words]
    return [*_subject(roles.subject), *words, *_rest(clause, roles)]


def _question(clause: Clause) -> list[str]:
    roles = _roles(clause)
    words = _verb_words(clause, roles)
    if len(words) == 1 and clause.verb.english.lemma != "be":
        words = [*_do(clause, roles), clause.verb.english.lemma]
    subject = _subject(roles.subject)
    return [words[0], *subject, *_middle(clause), *words[1:], *_rest(clause, roles)]


def _roles(clause: Clause) -> _Roles:
    if clause.voice == "passive":
        assert clause.direct is not None
        return _Roles(clause.direct, None, clause.recipient)
    if clause.voice == "recipient":
        assert clause.recipient is not None
        return _Roles(clause.recipient, clause.direct, None)
    assert clause.subject is not None
    return _Roles(clause.subject, clause.direct, clause.recipient)


def _verb_words(clause: Clause, roles: _Roles) -> list[str]:
    who, lemma = features(roles.subject), clause.verb.english.lemma
    if clause.voice == "active":
        return _chain(lemma, clause.tense.english, who)
    return [*_chain("be", clause.tense.english, who), forms.english_participle(lemma, "past")]


def _chain(lemma: str, tense: str, who: Features) -> list[str]:
    if tense in ("will", "would"):
        return [tense, lemma]
    if tense == "was":
        be = forms.english_finite("be", "past", who)
        return [be, forms.english_participle(lemma, "present")]
    if tense == "had":
        return ["had", forms.english_participle(lemma, "past")]
    return [forms.english_finite(lemma, tense, who)]


def _do(clause: Clause, roles: _Roles) -> list[str]:
    return [forms.english_finite("do", clause.tense.english, features(roles.subject))]


def _middle(clause: Clause) -> list[str]:
    polarity = [] if clause.polarity == "yes" else [clause.polarity]
    return polarity if clause.manner is None else [*polarity, clause.manner.english]


def _rest(clause: Clause, roles: _Roles) -> list[str]:
    words = _objects(clause.verb.english, roles.direct, roles.recipient)
    if clause.predicate is not None:
        words.append(clause.predicate.english)
    if clause.voice != "active" and clause.subject is not None:
        words += ["by", *_object(clause.subject)]
    if isinstance(clause.complement, Clause):
        words += ["that", *_statement(clause.complement)]
    elif clause.complement is not None:
        words += _infinitive(clause.complement)
    for adverbial in (clause.place, clause.time):
        words += _adverbial(adverbial)
    return words


def _infinitive(action: Action) -> list[str]:
    verb = action.verb.english
    objects = _objects(verb, action.direct, action.recipient)
    return ["to", verb.lemma, *objects, *_adverbial(action.place)]


def _objects(verb: VerbWords, direct: Nominal | None, recipient: Nominal | None) -> list[str]:
    words = [word for word in (*verb.fixed.split(" "), verb.preposition) if word]
    things = _object(direct) if direct is not None else []
    if recipient is None:
        return [*words, *things]
    short = isinstance(recipient, Pronoun | Name) and isinstance(direct, Phrase)
    if short:
        return [*words, *_object(recipient), *things]
    return [*words, *things, "to", *_object(recipient)]


def _adverbial(adverbial: Place | Adverbial | None) -> list[str]:
    if adverbial is None:
        return []
    if isinstance(adverbial, Adverbial):
        return adverbial.english.split(" ")
    return [*adverbial.preposition.english.split(" "), *_object(adverbial.nominal)]


def _subject(nominal: Nominal) -> list[str]:
    if isinstance(nominal, Pronoun):
        return [_pronoun(nominal.features, SUBJECTS, 0)]
    return _nominal(nominal)


def _object(nominal: Nominal) -> list[str]:
    if isinstance(nominal, Pronoun):
        return [_pronoun(nominal.features, OBJECTS, 1)]
    return _nominal(nominal)


def _pronoun(who: Features, table: dict[str, tuple[str, str, str]], case: int) -> str:
    if who.person == 3 and who.number == "s":
        return THIRD_PERSON[who.gender if who.kind == "p" else "it"][case]
    return table[who.number][who.person - 1]


def _nominal(nominal: Nominal) -> list[str]:
    if isinstance(nominal, Name):
        return [nominal.text]
    if isinstance(nominal, Both):
        return [*_nominal(nominal.first), "and", *_nominal(nominal.second)]
    return _phrase(nominal) if isinstance(nominal, Phrase) else []


def _phrase(phrase: Phrase) -> list[str]:
    noun = [adjective.english for adjective in phrase.adjectives]
    noun.append(forms.english_noun(phrase.noun.english, phrase.number))
    determiner = _determiner(phrase.determiner, phrase.number)
    if phrase.owner is None:
        words = [*determiner, *noun]
    elif _takes_genitive(phrase.owner):
        words = [*_nominal(phrase.owner), "'s", *noun]
    else:
        words = [*determiner, *noun, "of", *_nominal(phrase.owner)]
    return words if phrase.relative is None else [*words, *_relative(phrase.relative)]


def _takes_genitive(owner: Name | Phrase) -> bool:
    return isinstance(owner, Name) or (owner.number == "s" and owner.noun.kind == "p")


def _determiner(determiner: Determiner, number: str) -> list[str]:
    if determiner.possessor is not None:
        return [_pronoun(determiner.possessor, POSSESSIVES, 2)]
    if determiner.number is not None:
        return [determiner.number.english]
    one, many = {"a": ("a", ""), "any": ("a", "any"), "this": ("this", "these")}.get(
        determiner.kind, (determiner.kind, determiner.kind)
    )
    word = one if number == "s" else many
    return [word] if word else []


def _relative(clause: Clause) -> list[str]:
    subject = _roles(clause).subject
    is_person = isinstance(subject, Gap) and subject.features.kind == "p"
    return ["who" if is_person else "that", *_statement(clause)]
