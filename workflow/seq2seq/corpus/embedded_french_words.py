"""French small words: pronouns, determiners, auxiliaries, elision, contraction, final marks.

Nothing here knows a clause; ``embedded_french`` does.
"""

from dataclasses import dataclass

from seq2seq.corpus import embedded_forms as forms
from seq2seq.corpus.embedded_sentence import Determiner, Features

COMPOUND = {"perfect": "present", "pluperfect": "imperfect", "past subjunctive": "subjunctive"}
UNMARKED = Features(3, "s", "m", "t")

ELIDED = frozenset({"je", "me", "te", "se", "le", "la", "ne", "de", "que", "puisque", "lorsque"})
BEFORE_VOWEL = {"ce": "cet", "ma": "mon", "ta": "ton", "sa": "son",
                "beau": "bel", "nouveau": "nouvel", "vieux": "vieil"}  # fmt: skip
VOWELS = frozenset("aeiouhàâéèêëîïôùûœ")
ASPIRATED = ("huit", "héros", "hibou", "hache")
CONTRACTED = {("à", "le"): "au", ("à", "les"): "aux", ("de", "le"): "du", ("de", "les"): "des"}

THIRD_PERSON = {("m", "s"): "il", ("f", "s"): "elle", ("m", "p"): "ils", ("f", "p"): "elles"}
STRESSED_THIRD = {**THIRD_PERSON, ("m", "s"): "lui", ("m", "p"): "eux"}
SUBJECTS = {"s": ("je", "tu"), "p": ("nous", "vous")}
STRESSED = {"s": ("moi", "toi"), "p": ("nous", "vous")}
ACCUSATIVE_THIRD = {("m", "s"): "le", ("f", "s"): "la", ("m", "p"): "les", ("f", "p"): "les"}
CLITICS = {"s": ("me", "te", "lui"), "p": ("nous", "vous", "leur")}
CLITIC_ORDER = ("me", "te", "nous", "vous", "le", "la", "les", "lui", "leur")

ARTICLES = {  # masculine, feminine, plural
    "the": ("le", "la", "les"),
    "a": ("un", "une", "des"),
    "any": ("de", "de", "de"),
    "this": ("ce", "cette", "ces"),
    "every": ("chaque", "chaque", ""),
    "many": ("", "", "beaucoup de"),
}
POSSESSIVES = {  # by number and person of the possessor
    ("s", 1): ("mon", "ma", "mes"),
    ("s", 2): ("ton", "ta", "tes"),
    ("s", 3): ("son", "sa", "ses"),
    ("p", 1): ("notre", "notre", "nos"),
    ("p", 2): ("votre", "votre", "vos"),
    ("p", 3): ("leur", "leur", "leurs"),
}


@dataclass(frozen=True)
class VerbGroup:
    """The verb that agrees with the subject, and the participles after it."""

    finite: str
    participles: list[str]


def verb_group(lemma: str, tense: str, who: Features, preceding: Features) -> VerbGroup:
    """An active verb; with *avoir*, its participle agrees with a ``preceding`` direct object."""
    if tense not in COMPOUND:
        return VerbGroup(forms.french_finite(lemma, tense, who), [])
    auxiliary = forms.french_auxiliary(lemma)
    agreeing = who if auxiliary == "être" else preceding
    participle = forms.french_participle(lemma, agreeing.gender, agreeing.number)
    return VerbGroup(forms.french_finite(auxiliary, COMPOUND[tense], who), [participle])


def joined(words: list[str]) -> str:
    """The text of a sentence: elision, marks, capital."""
    pieces = []
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if _is_elided(word, after):
            pieces.append(word[:-1] + "'")
        else:
            pieces.append(word + (" " if after not in (",", ".", "") else ""))
    text = "".join(pieces)
    return text[0].upper() + text[1:]


def _is_elided(word: str, after: str) -> bool:
    if word == "si":
        return after in ("il", "ils")
    return word in ELIDED and starts_with_vowel(after)


def starts_with_vowel(word: str) -> bool:
    """True if the word before is elided: a vowel or a silent *h*."""
    lower = word.lower()
    return lower[:1] in VOWELS and not lower.startswith(ASPIRATED)


def before_vowels(words: list[str]) -> list[str]:
    """*ce ami* is *cet ami*, *ma amie* *mon amie*, *vieux ami* *vieil ami* (singular only)."""
    return [
        BEFORE_VOWEL.get(word, word) if starts_with_vowel(after) else word
        for word, after in zip(words, [*words[1:], ""], strict=True)
    ]


def contracted(preposition: str, words: list[str]) -> list[str]:
    """A noun phrase after *à* or *de*: *au*, *du*, *de* for *de des*; after others as it is."""
    article, after = words[0], words[1] if len(words) > 1 else ""
    if preposition == "de" and article in ("des", "de"):
        return ["de", *words[1:]]
    if (preposition, article) in CONTRACTED and not (article == "le" and starts_with_vowel(after)):
        return [CONTRACTED[preposition, article], *words[1:]]
    return [preposition, *words]


def subject_pronoun(who: Features) -> str:
    if who.person == 3:
        return THIRD_PERSON[who.gender, who.number]
    return SUBJECTS[who.number][who.person - 1]


def stressed_pronoun(who: Features) -> str:
    """After a preposition: *moi*, *eux*."""
    if who.person == 3:
        return STRESSED_THIRD[who.gender, who.number]
    return STRESSED[who.number][who.person - 1]


def accusative(who: Features) -> str:
    """The clitic of a direct object."""
    if who.person == 3:
        return ACCUSATIVE_THIRD[who.gender, who.number]
    return CLITICS[who.number][who.person - 1]


def dative(who: Features) -> str:
    """The clitic of an object with *à*."""
    return CLITICS[who.number][who.person - 1]


def ordered(clitics: list[str]) -> list[str]:
    """*me le*, but *le lui*."""
    return sorted(clitics, key=CLITIC_ORDER.index)


def determiner_words(determiner: Determiner, gender: str, number: str) -> list[str]:
    if determiner.number is not None:
        return [determiner.number.french]
    if determiner.possessor is not None:
        rows = POSSESSIVES[determiner.possessor.number, determiner.possessor.person]
    else:
        rows = ARTICLES[determiner.kind]
    return rows["mf".index(gender) if number == "s" else 2].split(" ")
