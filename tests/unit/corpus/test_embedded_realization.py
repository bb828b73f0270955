"""Abstract sentences against English and French written by hand."""

from dataclasses import replace

import pytest

from seq2seq.corpus import embedded_english, embedded_forms, embedded_french, embedded_sentence
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
    Action,
    Both,
    Clause,
    Determiner,
    Features,
    Gap,
    Link,
    Nominal,
    Phrase,
    Place,
    Pronoun,
    Sentence,
    Tense,
    features,
    under_negation,
)
from seq2seq.corpus.lexicon import BE, Adverbial, Lexicon, Verb, entry, load
from seq2seq.errors import UserError

pytest.importorskip("pyrealb")

FULL: Lexicon = load("full")
NOUNS = {noun.english: noun for noun in FULL.nouns}
NAMES = {name.text: name for name in FULL.names}
ADJECTIVES = {adjective.english: adjective for adjective in FULL.adjectives}
GROUPS = (FULL.intransitive, FULL.transitive, FULL.ditransitive, FULL.that, FULL.infinitive)
MARY, JOHN, ALICE = NAMES["Mary"], NAMES["John"], NAMES["Alice"]
I = Pronoun(Features(1, "s", "m", "p"))  # noqa: E741
YOU = Pronoun(Features(2, "p", "m", "p"))
HE = Pronoun(Features(3, "s", "m", "p"))
SHE = Pronoun(Features(3, "s", "f", "p"))
WE = Pronoun(Features(1, "p", "m", "p"))
THEY = Pronoun(Features(3, "p", "m", "p"))
IT_F = Pronoun(Features(3, "s", "f", "x"))
THEM_F = Pronoun(Features(3, "p", "f", "t"))


def verb(english: str, group: tuple[Verb, ...] = FULL.transitive) -> Verb:
    return next(each for each in group if entry(each.english) == english)


def noun(
    english: str,
    determiner: str | Determiner = "the",
    number: str = "s",
    *adjectives: str,
    owner: Phrase | None = None,
    relative: Clause | None = None,
) -> Phrase:
    chosen = determiner if isinstance(determiner, Determiner) else Determiner(determiner)
    said = tuple(ADJECTIVES[each] for each in adjectives)
    return Phrase(chosen, NOUNS[english], number, said, owner, relative)


def possessive(who: Pronoun) -> Determiner:
    return Determiner("my", possessor=who.features)


def transitive(
    subject: Nominal, english: str, direct: Nominal | None, tense: Tense = PRESENT
) -> Clause:
    return Clause(subject, verb(english), tense, direct=direct)


def given(tense: Tense = PAST, **parts: Nominal) -> Clause:
    give = verb("give", FULL.ditransitive)
    return Clause(parts["giver"], give, tense, direct=parts["gift"], recipient=parts["to"])


def is_(subject: Nominal, adjective: str, tense: Tense = PRESENT) -> Clause:
    return Clause(subject, BE, tense, predicate=ADJECTIVES[adjective])


def said(clause: Clause, mood: str = "statement") -> Sentence:
    return Sentence(clause, mood=mood)


def joined(main: Clause, english: str, french: str, clause: Clause, position: str) -> Sentence:
    return Sentence(main, link=Link(Adverbial(english, french), clause, position))


def checked(sentence: Sentence, english: str, french: str) -> None:
    assert embedded_english.sentence(sentence) == english
    assert embedded_french.sentence(sentence) == french


GARDEN = Place(Adverbial("in", "dans"), noun("garden"))
SHE_GAVE = replace(given(giver=SHE, gift=noun("card", "a"), to=I), place=GARDEN)
I_GAVE = replace(given(giver=I, gift=noun("card", "a"), to=SHE), place=GARDEN)

FIGURE_2 = [
    (said(transitive(MARY, "admire", JOHN)), "Mary admires John.", "Mary admire John."),
    (said(transitive(JOHN, "respect", MARY)), "John respects Mary.", "John respecte Mary."),
    (
        said(transitive(MARY, "be in love with", JOHN)),
        "Mary is in love with John.",
        "Mary est amoureuse de John.",
    ),
    (
        said(transitive(JOHN, "be in love with", MARY)),
        "John is in love with Mary.",
        "John est amoureux de Mary.",
    ),
    (
        said(replace(SHE_GAVE, voice="recipient")),
        "I was given a card by her in the garden.",
        "Une carte m'a été donnée par elle dans le jardin.",
    ),
    (
        Sentence(replace(SHE_GAVE, place=None), fronted=GARDEN),
        "In the garden, she gave me a card.",
        "Dans le jardin, elle m'a donné une carte.",
    ),
    (
        said(SHE_GAVE),
        "She gave me a card in the garden.",
        "Elle m'a donné une carte dans le jardin.",
    ),
    (
        said(replace(I_GAVE, voice="recipient")),
        "She was given a card by me in the garden.",
        "Une carte lui a été donnée par moi dans le jardin.",
    ),
    (
        said(I_GAVE),
        "I gave her a card in the garden.",
        "Je lui ai donné une carte dans le jardin.",
    ),
]


@pytest.mark.parametrize(("sentence", "english", "french"), FIGURE_2)
def test_the_phrases_of_figure_2_are_said_in_both_languages(
    sentence: Sentence, english: str, french: str
) -> None:
    checked(sentence, english, french)


@pytest.mark.parametrize(
    ("sentence", "english", "french"),
    [
        (
            said(transitive(SHE, "see", THEM_F, PAST)),
            "She saw them.",
            "Elle les a vues.",
        ),
        (
            said(given(giver=HE, gift=IT_F, to=THEY)),
            "He gave it to them.",
            "Il la leur a donnée.",
        ),
        (
            said(given(FUTURE, giver=HE, gift=IT_F, to=WE)),
            "He will give it to us.",
            "Il nous la donnera.",
        ),
        (
            said(transitive(SHE, "obey", HE, PAST)),
            "She obeyed him.",
            "Elle lui a obéi.",
        ),
        (
            said(transitive(SHE, "be in love with", HE, PAST)),
            "She was in love with him.",
            "Elle était amoureuse de lui.",
        ),
        (
            said(
                Clause(
                    SHE, verb("decide", FULL.infinitive), PAST, complement=Action(verb("see"), HE)
                )
            ),
            "She decided to see him.",
            "Elle a décidé de le voir.",
        ),
        (
            said(
                Clause(
                    ALICE,
                    verb("want", FULL.infinitive),
                    PRESENT,
                    "not",
                    complement=Action(verb("give", FULL.ditransitive), IT_F, THEY),
                )
            ),
            "Alice does not want to give it to them.",
            "Alice ne veut pas la leur donner.",
        ),
    ],
)
def test_clitics_stand_in_french_order_and_participles_agree_with_them(
    sentence: Sentence, english: str, french: str
) -> None:
    checked(sentence, english, french)


@pytest.mark.parametrize(
    ("determiner", "number", "adjectives", "english", "french"),
    [
        ("a", "p", ("big",), "He sees big houses.", "Il voit de grandes maisons."),
        ("a", "p", ("red",), "He sees red cars.", "Il voit des voitures rouges."),
        (
            "the",
            "s",
            ("big", "red"),
            "He sees the big red car.",
            "Il voit la grande voiture rouge.",
        ),
        ("this", "s", ("old",), "He sees this old friend.", "Il voit ce vieil ami."),
        ("this", "s", (), "He sees this bird.", "Il voit cet oiseau."),
        ("the", "s", (), "He sees the school.", "Il voit l'école."),
        ("the", "s", (), "He sees the hero.", "Il voit le héros."),
        ("many", "p", (), "He sees many children.", "Il voit beaucoup d'enfants."),
        ("a", "s", (), "He sees an apple.", "Il voit une pomme."),
        ("the", "p", (), "He sees the horses.", "Il voit les chevaux."),
        ("the", "s", (), "He sees the egg.", "Il voit l'œuf."),
        ("the", "s", (), "He sees the nurse.", "Il voit l'infirmière."),
    ],
)
def test_noun_phrases_agree_elide_and_order_their_adjectives(
    determiner: str, number: str, adjectives: tuple[str, ...], english: str, french: str
) -> None:
    word = english.removesuffix(".").split(" ")[-1]
    singular = {"children": "child"}.get(word, word.removesuffix("s") if number == "p" else word)
    direct = noun(singular, determiner, number, *adjectives)
    checked(said(transitive(HE, "see", direct)), english, french)


@pytest.mark.parametrize(
    ("adjective", "english"),
    [("honest", "an honest man"), ("useful", "a useful man"), ("old", "an old man"),
     ("happy", "a happy man")],
)  # fmt: skip
def test_the_english_article_follows_the_sound(adjective: str, english: str) -> None:
    sentence = said(transitive(SHE, "see", noun("man", "a", "s", adjective)))
    assert embedded_english.sentence(sentence) == f"She sees {english}."


def test_possessives_agree_with_the_possessor_in_english_and_the_possessed_in_french() -> None:
    checked(
        said(transitive(HE, "see", noun("school", possessive(SHE)))),
        "He sees her school.",
        "Il voit son école.",
    )
    checked(
        said(transitive(HE, "see", noun("key", possessive(THEY), "p"))),
        "He sees their keys.",
        "Il voit leurs clés.",
    )


def test_owners_take_a_genitive_in_english_and_a_contracted_article_in_french() -> None:
    checked(
        said(transitive(SHE, "be afraid of", noun("dog", owner=noun("king")), PAST)),
        "She was afraid of the king's dog.",
        "Elle avait peur du chien du roi.",
    )
    checked(
        said(transitive(I, "talk to", Both(noun("king", "the", "p"), ALICE), PAST)),
        "I talked to the kings and Alice.",
        "J'ai parlé aux rois et à Alice.",
    )


@pytest.mark.parametrize(
    ("tense", "english", "french"),
    [
        (PRESENT, "The girls do not see any cats.", "Les filles ne voient pas de chats."),
        (PAST, "The girls did not see any cats.", "Les filles n'ont pas vu de chats."),
        (
            PROGRESSIVE,
            "The girls were not seeing any cats.",
            "Les filles ne voyaient pas de chats.",
        ),
        (PLUPERFECT, "The girls had not seen any cats.", "Les filles n'avaient pas vu de chats."),
        (FUTURE, "The girls will not see any cats.", "Les filles ne verront pas de chats."),
        (CONDITIONAL, "The girls would not see any cats.", "Les filles ne verraient pas de chats."),
    ],
)
def test_negation_surrounds_the_verb_in_every_tense(
    tense: Tense, english: str, french: str
) -> None:
    cats = under_negation(noun("cat", "a", "p"))
    clause = replace(transitive(noun("girl", "the", "p"), "see", cats, tense), polarity="not")
    checked(said(clause), english, french)


def test_never_stands_before_the_english_verb_and_after_the_french_auxiliary() -> None:
    clause = replace(transitive(SHE, "love", noun("dog", "a"), PAST), polarity="never")
    clause = replace(clause, direct=under_negation(clause.direct))
    checked(said(clause), "She never loved a dog.", "Elle n'a jamais aimé de chien.")


def test_a_past_state_is_an_imperfect() -> None:
    checked(said(is_(MARY, "happy", PAST)), "Mary was happy.", "Mary était heureuse.")


@pytest.mark.parametrize(
    ("clause", "english", "french"),
    [
        (transitive(ALICE, "see", JOHN, PAST), "Did Alice see John?", "Alice a-t-elle vu John ?"),
        (transitive(HE, "love", THEY), "Does he love them?", "Les aime-t-il ?"),
        (transitive(I, "see", JOHN), "Do I see John?", "Est-ce que je vois John ?"),
        (is_(THEY, "happy"), "Are they happy?", "Sont-ils heureux ?"),
        (
            replace(given(giver=SHE, gift=IT_F, to=HE), polarity="not"),
            "Did she not give it to him?",
            "Ne la lui a-t-elle pas donnée ?",
        ),
        (
            is_(Both(noun("girl"), noun("boy")), "old", FUTURE),
            "Will the girl and the boy be old?",
            "La fille et le garçon seront-ils vieux ?",
        ),
    ],
)
def test_questions_invert(clause: Clause, english: str, french: str) -> None:
    checked(said(clause, "question"), english, french)


@pytest.mark.parametrize(
    ("tense", "english", "french"),
    [
        (PRESENT, "The keys are seen by her.", "Les clés sont vues par elle."),
        (PAST, "The keys were seen by her.", "Les clés ont été vues par elle."),
        (PROGRESSIVE, "The keys were being seen by her.", "Les clés étaient vues par elle."),
        (PLUPERFECT, "The keys had been seen by her.", "Les clés avaient été vues par elle."),
        (FUTURE, "The keys will be seen by her.", "Les clés seront vues par elle."),
    ],
)
def test_passives_agree_in_every_tense(tense: Tense, english: str, french: str) -> None:
    clause = transitive(SHE, "see", noun("key", "the", "p"), tense)
    checked(said(replace(clause, voice="passive")), english, french)


def relative(clause: Clause, head: Phrase) -> Sentence:
    return said(transitive(HE, "see", replace(head, relative=clause)))


def test_relative_clauses_agree_with_what_their_gap_stands_for() -> None:
    keys = noun("key", "the", "p")
    gap = Gap(features(keys))
    checked(
        relative(transitive(SHE, "buy", gap, PAST), keys),
        "He sees the keys that she bought.",
        "Il voit les clés qu'elle a achetées.",
    )
    dogs = noun("dog", "the", "p")
    checked(
        relative(transitive(SHE, "love", Gap(features(dogs))), dogs),
        "He sees the dogs that she loves.",
        "Il voit les chiens qu'elle aime.",
    )
    woman = noun("woman")
    them = Gap(features(woman))
    arrives = Clause(them, verb("arrive", FULL.intransitive), PAST)
    checked(
        relative(arrives, woman),
        "He sees the woman who arrived.",
        "Il voit la femme qui est arrivée.",
    )
    checked(
        relative(transitive(JOHN, "be afraid of", them), woman),
        "He sees the woman that John is afraid of.",
        "Il voit la femme dont John a peur.",
    )
    checked(
        relative(transitive(JOHN, "talk to", them, PAST), woman),
        "He sees the woman that John talked to.",
        "Il voit la femme à qui John a parlé.",
    )


@pytest.mark.parametrize(
    ("sentence", "english", "french"),
    [
        (
            joined(
                is_(I, "sad"), "although", "bien que", is_(SHE, "happy", CONCEDED), "after"
            ),
            "I am sad although she is happy.",
            "Je suis triste bien qu'elle soit heureuse.",
        ),
        (
            joined(
                is_(I, "sad", PAST),
                "although",
                "bien que",
                Clause(SHE, verb("come", FULL.intransitive), CONCEDED_PAST),
                "before",
            ),
            "Although she came, I was sad.",
            "Bien qu'elle soit venue, j'étais triste.",
        ),
        (
            joined(
                is_(I, "happy", CONDITIONAL), "if", "si", is_(HE, "rich", HYPOTHETICAL), "before"
            ),
            "If he was rich, I would be happy.",
            "S'il était riche, je serais heureux.",
        ),
        (
            joined(
                transitive(I, "see", JOHN, FUTURE),
                "when",
                "quand",
                Clause(HE, verb("arrive", FULL.intransitive), FORESEEN),
                "after",
            ),
            "I will see John when he arrives.",
            "Je verrai John quand il arrivera.",
        ),
        (
            said(
                Clause(
                    SHE, verb("say", FULL.that), PAST,
                    complement=Clause(HE, verb("sleep", FULL.intransitive), PROGRESSIVE),
                )
            ),
            "She said that he was sleeping.",
            "Elle a dit qu'il dormait.",
        ),
        (
            joined(is_(MARY, "sad"), "but", "mais", is_(YOU, "happy"), "after"),
            "Mary is sad, but you are happy.",
            "Mary est triste, mais vous êtes heureux.",
        ),
    ],
)  # fmt: skip
def test_second_clauses_have_the_tense_and_mood_of_their_language(
    sentence: Sentence, english: str, french: str
) -> None:
    checked(sentence, english, french)


def test_pyrealb_knows_every_form_of_every_word() -> None:
    lexicon = load("full")
    for noun_ in lexicon.nouns:
        for number in "sp":
            embedded_forms.english_noun(noun_.english, number)
            embedded_forms.french_noun(noun_.french, noun_.gender, number)
    for adjective in lexicon.adjectives:
        for gender, number in ("ms", "fs", "mp", "fp"):
            embedded_forms.french_adjective(adjective.french, gender, number)
    persons = [Features(person, number, "m", "p") for person in (1, 2, 3) for number in "sp"]
    for each in lexicon.verbs():
        for who in persons:
            for tense in embedded_forms.FRENCH_TENSES:
                embedded_forms.french_finite(each.french.lemma, tense, who)
            for tense in ("present", "past"):
                embedded_forms.english_finite(each.english.lemma, tense, who)
        embedded_forms.french_participle(each.french.lemma, "m", "s")
        for which in ("present", "past"):
            embedded_forms.english_participle(each.english.lemma, which)
        if each.has_passive:
            embedded_forms.french_participle(each.french.lemma, "f", "p")


def test_a_word_that_pyrealb_cannot_inflect_is_named() -> None:
    with pytest.raises(UserError, match="cannot inflect 'blorgue'"):
        embedded_forms.french_noun("blorgue", "m", "s")


def test_a_missing_pyrealb_is_a_message_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(embedded_forms, "_pyrealb", embedded_forms._pyrealb.__wrapped__)
    monkeypatch.setattr(embedded_forms.importlib, "import_module", missing)
    with pytest.raises(UserError, match=r"pip install pyrealb==3\.3\.1"):
        embedded_forms.check_installed()


def test_an_abstract_sentence_is_a_value() -> None:
    assert replace(SHE_GAVE) == SHE_GAVE
    assert embedded_sentence.features(Both(MARY, ALICE)).gender == "f"
    assert embedded_sentence.features(Both(MARY, JOHN)).gender == "m"
