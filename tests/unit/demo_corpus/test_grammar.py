"""The grammar: all of it is used, its constructions translate as they should, bad data is refused."""

import random
import re
import shutil
from pathlib import Path

import pytest

from seq2seq.demo_corpus.generate import DATA, ENGLISH, FRENCH, Pair, spell
from seq2seq.demo_corpus.grammar import START, Grammar, Scope
from seq2seq.errors import UserError

F = "(Mary|Anna|Alice|Sarah|Julia)"
AGREEMENTS = {  # every pair whose English matches has the French, and there is one
    r"\bold friend\b": r"\bvieil ami\b",
    r"\bold friends\b": r"\bvieux amis\b",
    r"\bbeautiful bird\b": r"\bbel oiseau\b",
    r"\bnew hotel\b": r"\bnouvel hôtel\b",
    r"\bthis (friend|bird|hotel)\b": r"\bcet (ami|oiseau|hôtel)\b",
    r"\b[Mm]y (orange|school|church)\b": r"\b[Mm]on (orange|école|église)\b",
    r"\bred (key|flower|box|door)s\b": r"\b(clés|fleurs|boîtes|portes) rouges\b",
    r"^(He|She|Mary) saw her[.]": r"^(Il|Elle|Mary) l'a vue[.]",
    r"^I see him\b": r"^Je le vois\b",
    r"^He talked to (him|her)[.]": r"^Il lui a parlé[.]",
    r"^She was seen\b": r"^Elle a été vue\b",
    r"^They were seen\b": r"^Ils ont été vus\b",
    rf"^{F} and {F} (arrived|left|fell|\w+ seen|\w+ tired)\b":
        r"\b(arrivées|parties|tombées|vues|fatiguées)\b",
    r"\b(key|flower|card|letter) that \w+ (saw|found|took)\b": r"qu.* (vue|trouvée|prise)\b",
    r"\b(keys|flowers|cards) that \w+ (saw|found|took)\b": r"qu.* (vues|trouvées|prises)\b",
    r"\bdid not (see|find) a (book|key|dog)\b": r"\bpas \w+ de (livre|clé|chien)\b",
    r"\b(does|do|did) not (buy|see|find|take) any\b": r" pas (\w+ )?d(e |')",
    r"\bsome (old|small|big) (men|dogs)\b": r"(?<!des )\b(vieux|petits|grands) (hommes|chiens)\b",
    r"^\w+ will see her[.]": r"\bla voir[.]",
    r"^Does (he|she) (see|help)\b": r"^Est-ce qu'(il|elle) ",
    r"\bgave (it|them) to (him|her)[.]": r"\bl(e|a|es) lui \w+ donnée?s?[.]",
    r"\bgave (it|them) to me\b": r"\bme? ?l'?e?s? ?(a|ont|avez) donnée?s?\b",
    r"^I was given a (card|book|key) by \w+": r"^Une? (carte|livre|clé) m'a été donnée? par ",
    rf"^{F} is in love with": r"^\w+ est amoureuse d",
    r"because she is (happy|tired|rich)[.]": r"parce qu'elle est (heureuse|fatiguée|riche)[.]",
    r"\bnear the (garden|park|market)\b": r"\bprès du (jardin|parc|marché)\b",
    r"\bto the (boy|girl|boys|friend)\b": r"\b(au|à la|aux|à l')",
    r"^If (he|they) ": r"^S'ils? ",
}  # fmt: skip
CONSTRUCTIONS = {  # English
    "negation": r"\b(does|do|did) not\b", "never": r"\bnever\b", "question": r"^Did .*\?",
    "who": r"^Who\b", "why": r"^Why\b", "where": r"^Where\b", "when": r"^When (did|will|was)\b",
    "passive": r" was \w+ by ", "subject relative": r" who (\w+) ",
    "object relative": r" that \w+ (sees|saw)\b",
    "fronted place": r"^In the \w+, (he|she) gave (me|him|her) a ", "fronted time": r"^Yesterday, ",
    "because": r" because ", "when clause": r" when \w+ ", "if": r"^If ", "and": r" and ",
    "but": r", but ", "owner": r"'s \w", "reported": r" knows? that ", "said": r" said that \w+ had ",
    "will": r" will \w+ ", "can": r" can \w+ ", "wants": r" wants to ", "an": r"\ban (old|apple|egg)",
    "recipient": r" was given a \w+ by ", "admires": rf"{F} admires (John|Peter|Paul|David)",
    "in love": r"John is in love with (Anna|Alice)", "respects": rf"{F} respects (John|Peter)",
}  # fmt: skip
WRONG = (
    *(r"\b([ldjmn]|[Qq]u)e [aeiouéêh]", r"\bla [aeiouéêh]", r"\bce [aeiouéêh]", r"~", r"  "),
    *(r"\bde les?\b", r"\bà les?\b", r"\bde des\b", r"\bde de\b", r"\b[Ss]i ils?\b"),
    *(r"\b(ma|sa) [aeiouéêh]", r"\b(vieux|beau|nouveau) (ami|oiseau|homme|hôtel)\b"),
)


@pytest.fixture(scope="module")
def pairs():
    """As many as they are drawn, and as many again in which all words are as frequent."""
    grammar, rng = Grammar(DATA), random.Random(5)
    nodes = [grammar.draw(rng, START, Scope()) for _ in range(20000)]
    grammar = Grammar(DATA)
    for symbol, rules in grammar.rules.items():
        if rules[0].node:
            grammar.rules[symbol] = [rule._replace(weight="1") for rule in rules]
    nodes += [grammar.draw(rng, START, Scope()) for _ in range(20000)]
    return [Pair(spell(node.forms["en_"], ENGLISH), spell(node.forms["fr_"], FRENCH))
            for node in nodes if node]  # fmt: skip


def test_every_production_is_reached_and_every_word_is_used():
    grammar, rng = Grammar(DATA), random.Random(1)
    for _ in range(20000):
        grammar.draw(rng, START, Scope())
    places = {rule.place for rules in grammar.rules.values() for rule in rules}
    assert sorted(places - set(grammar.counts)) == []


@pytest.mark.parametrize("english", AGREEMENTS)
def test_french_agrees(pairs, english):
    found = [pair for pair in pairs if re.search(english, pair.english)]
    assert found
    assert [pair for pair in found if not re.search(AGREEMENTS[english], pair.french)] == []


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_the_construction_occurs(pairs, construction):
    assert sum(bool(re.search(CONSTRUCTIONS[construction], pair.english)) for pair in pairs) >= 3


@pytest.mark.parametrize("wrong", WRONG)
def test_french_has_no(pairs, wrong):
    assert [pair.french for pair in pairs if re.search(wrong, pair.french)] == []


def test_an_english_sentence_has_one_translation(pairs):
    assert len({pair.english for pair in pairs}) == len(set(pairs))


PRODUCTIONS, NOUN, NAME = "productions.yaml", "lexicon/noun.tsv", "lexicon/name.tsv"
BAD = {  # file, what is replaced, by what: message
    (PRODUCTIONS, "C=COMPOUND()", "C=COMPOND()"):
        r"productions.yaml, line \d+: unknown symbol `COMPOND` \(did you mean `COMPOUND`\?\)",
    (PRODUCTIONS, "{L} , {C}", "{K} , {C}"): r"line \d+: unknown reference `K`",
    (PRODUCTIONS, "COMPOUND:\n- {weight: 8", "COMPOUND:\n- {weight: 0"):
        r"line \d+: weight must be above 0, got `0`",
    (PRODUCTIONS, "verb(frame=that", "verb(fame=that"):
        r"line \d+: unknown feature of `verb` `fame` \(did you mean `frame`\?\)",
    (PRODUCTIONS, "polarity()", "polarity("): r"line \d+: .* not written NAME=symbol",
    (PRODUCTIONS, "P=place()", "P=time()"):
        r"place.tsv, line 2: unknown symbol to all productions: `place`",
    (PRODUCTIONS, "COMPOUND:", "COMPOUND: ["): r"productions.yaml: .* line \d+",
    (PRODUCTIONS, "{when: {order: first}", "{wen: {order: first}"): r"unknown key `wen`",
    (NAME, "Mary\tMary", "Mary"): r"name.tsv, line 2: 7 columns, but the header has 8",
    (NOUN, "homme/hommes", "homme"): r"noun.tsv, line 2: `homme` must be 2 forms, s/p",
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new"), BAD)
def test_bad_data_is_refused_with_its_place(tmp_path: Path, file, old, new):
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(UserError, match=BAD[file, old, new]):
        Grammar(tmp_path / "data")


def test_a_form_that_is_missing_is_named_with_its_production(tmp_path: Path):
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "productions.yaml"
    path.write_text(path.read_text("utf-8").replace("{V:pp} by", "{V:part} by"), "utf-8")
    grammar, rng = Grammar(tmp_path / "data"), random.Random(1)
    with pytest.raises(UserError, match=r"productions.yaml, line \d+: a word has no form 'en'"):
        for _ in range(2000):
            grammar.draw(rng, START, Scope())
