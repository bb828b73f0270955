"""Noun phrases, pronouns and the paper's Figure 2, against English and French written by hand."""

from dataclasses import replace

import pytest

from sayings import (
    ALICE,
    FULL,
    GARDEN,
    HE,
    I_GAVE,
    IT_F,
    JOHN,
    MARY,
    SHE,
    SHE_GAVE,
    THEM_F,
    THEY,
    WE,
    I,
    checked,
    given,
    noun,
    possessive,
    said,
    transitive,
    verb,
)
from seq2seq.corpus import embedded_english, embedded_sentence
from seq2seq.corpus.embedded_sentence import FUTURE, PAST, PRESENT, Action, Both, Clause, Sentence

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


def test_an_abstract_sentence_is_a_value() -> None:
    assert replace(SHE_GAVE) == SHE_GAVE
    assert embedded_sentence.features(Both(MARY, ALICE)).gender == "f"
    assert embedded_sentence.features(Both(MARY, JOHN)).gender == "m"
