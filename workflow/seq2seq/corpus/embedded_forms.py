"""Inflected words of both languages, from pyrealb: the one module that imports it.

pyrealb can order whole sentences too; only its inflection is used here, because its syntax places
clitics before a governing verb, takes the gender of one of two coordinated subjects, and orders
passives of verbs with two objects wrongly (``docs/embedded-corpus.md``).  It keeps its language in
a module global, so that threads disturb one another: use processes.
"""

import contextlib
import functools
import importlib
import io
from typing import Any

from seq2seq.corpus.embedded_sentence import Features
from seq2seq.errors import UserError

VERSION = "3.3.1"
FRENCH_TENSES = {"present": "p", "imperfect": "i", "future": "f", "conditional": "c",
                 "subjunctive": "s"}  # fmt: skip
ENGLISH_BE = {"past": ("was", "were", "was", "were", "were", "were"),
              "present": ("am", "are", "is", "are", "are", "are")}  # fmt: skip


@functools.cache
def _pyrealb() -> Any:
    try:
        return importlib.import_module("pyrealb")
    except ImportError as error:
        raise UserError(
            f"the embedded corpus needs pyrealb: run `pip install pyrealb=={VERSION}`, or "
            "`make demo`, which does it."
        ) from error


def check_installed() -> None:
    """Find out now, not in the middle of the work, whether pyrealb is there.

    Raises:
        UserError: it is not.
    """
    _pyrealb()


@functools.cache
def english_finite(lemma: str, tense: str, who: Features) -> str:
    """``tense`` is present or past."""
    if lemma == "be":
        return ENGLISH_BE[tense][who.person - 1 + 3 * (who.number == "p")]
    form = {"present": "p", "past": "ps"}[tense]
    return _word("V", lemma, "en", {"t": form, "pe": who.person, "n": who.number})


@functools.cache
def english_participle(lemma: str, which: str) -> str:
    """``which`` is past or present (*-ing*)."""
    return _word("V", lemma, "en", {"t": {"past": "pp", "present": "pr"}[which]})


@functools.cache
def english_noun(lemma: str, number: str) -> str:
    return _word("N", lemma, "en", {"n": number})


@functools.cache
def french_finite(lemma: str, tense: str, who: Features) -> str:
    """A simple tense: one of ``FRENCH_TENSES``."""
    form = FRENCH_TENSES[tense]
    return _word("V", lemma, "fr", {"t": form, "pe": who.person, "n": who.number})


@functools.cache
def french_participle(lemma: str, gender: str, number: str) -> str:
    return _word("V", lemma, "fr", {"t": "pp", "g": gender, "n": number})


@functools.cache
def french_noun(lemma: str, gender: str, number: str) -> str:
    """``lemma`` as pyrealb lists it: *infirmier* with gender ``f`` is *infirmière*."""
    return _word("N", lemma, "fr", {"g": gender, "n": number})


@functools.cache
def french_adjective(lemma: str, gender: str, number: str) -> str:
    return _word("A", lemma, "fr", {"g": gender, "n": number})


@functools.cache
def french_auxiliary(lemma: str) -> str:
    """*être* or *avoir*, with which the verb's compound tenses are made."""
    entry = _pyrealb().getLemma(_without_ligatures(lemma), "fr")["V"]
    return "être" if "êt" in entry["aux"] else "avoir"


def _word(kind: str, lemma: str, language: str, options: dict[str, object]) -> str:
    """One inflected word; pyrealb's options are ``t`` tense, ``pe`` person, ``n``, ``g``."""
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages):
        _pyrealb().load(language)
        terminal = getattr(_pyrealb(), kind)(_without_ligatures(lemma))
        for option, value in options.items():
            terminal = getattr(terminal, option)(value)
        word = str(terminal.realize()).strip(" ")
    if "[[" in word or messages.getvalue():
        raise UserError(
            f"lexicon: pyrealb {VERSION} cannot inflect {lemma!r} ({kind}, {language}, {options}): "
            "take the word out of the lexicon or write it as pyrealb's does."
        )
    return word.replace("oeu", "œu")


def _without_ligatures(word: str) -> str:
    return word.replace("œ", "oe")
