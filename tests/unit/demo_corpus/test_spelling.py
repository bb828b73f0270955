"""What the words of a derivation become in running text."""

import pytest

from seq2seq.demo_corpus.generate import ENGLISH, FRENCH, spell


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("je ne le ai pas vu .", "Je ne l'ai pas vu."),
        ("je aime le homme .", "J'aime l'homme."),
        ("elle ne me ouvre pas la porte .", "Elle ne m'ouvre pas la porte."),
        ("est-ce que elle aime ?", "Est-ce qu'elle aime ?"),
        ("la école de le ami", "L'école de l'ami"),
        ("la porte de le jardin", "La porte du jardin"),
        ("près de les maisons", "Près des maisons"),
        ("à le marché et à la gare", "Au marché et à la gare"),
        ("à les hommes", "Aux hommes"),
        ("à le hôtel", "À l'hôtel"),
        ("amoureux de des femmes", "Amoureux de femmes"),
        ("pas de œuf", "Pas d'œuf"),
        ("il ne va pas le voir", "Il ne va pas le voir"),
        ("si il chante , elle danse .", "S'il chante, elle danse."),
        ("si elle chante", "Si elle chante"),
        ("un vieux~vieil ami", "Un vieil ami"),
        ("un vieux~vieil chien", "Un vieux chien"),
        ("ma~mon amie", "Mon amie"),
        ("ma~mon belle amie", "Ma belle amie"),
        ("ce~cet oiseau", "Cet oiseau"),
        ("beaucoup de amis", "Beaucoup d'amis"),
    ],
)
def test_french_is_elided_and_contracted(words, text):
    assert spell(words, FRENCH) == text


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("she eats a orange .", "She eats an orange."),
        ("a old man and a dog", "An old man and a dog"),
        ("Mary 's cat , but a dog .", "Mary's cat, but a dog."),
        ("does he see a apple ?", "Does he see an apple?"),
    ],
)
def test_english_has_an_before_vowels_and_marks_joined(words, text):
    assert spell(words, ENGLISH) == text
