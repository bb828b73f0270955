"""Negation, questions, passives and second clauses, against English and French written by hand."""

from dataclasses import replace

import pytest

from sayings import (
    ALICE,
    FULL,
    HE,
    IT_F,
    JOHN,
    MARY,
    SHE,
    THEY,
    YOU,
    I,
    checked,
    given,
    is_,
    joined,
    noun,
    said,
    transitive,
    verb,
)
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
    Both,
    Clause,
    Gap,
    Phrase,
    Sentence,
    Tense,
    features,
    under_negation,
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
