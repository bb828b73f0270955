"""Oracle selection from n-best lists."""

import random
from itertools import product

import pytest
from sacrebleu.metrics import BLEU

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Reference, bleu_of_tokens, sentence_bleu
from seq2seq.evaluation.rescoring import best_hypothesis, oracle_translations


def test_sentence_bleu_is_that_of_sacrebleu() -> None:
    generator = random.Random(3)
    metric = BLEU(tokenize="none", effective_order=True, force=True)
    for _ in range(200):
        hypothesis, reference = (
            " ".join(generator.choices("abcd", k=generator.randrange(1, 9))) for _ in range(2)
        )
        expected = metric.sentence_score(hypothesis, [reference]).score
        assert sentence_bleu(hypothesis, Reference.of(reference)) == pytest.approx(expected)


def test_the_first_of_equally_good_hypotheses_is_taken() -> None:
    assert best_hypothesis(["x y", "b c a", "c a b", "z"], "a b c") == "b c a"
    assert best_hypothesis([], "a b c") == ""


def test_no_other_selection_from_short_lists_has_a_better_bleu() -> None:
    references = ["a b c d e f", "g h i j k", "a c e g i k"]
    lists = [
        ["a b c d x y", "a b c d e y", "f e d c b a"],
        ["g h i j k", "g h x j k"],
        ["x", "a c e g", "a c e g k i"],
    ]
    best = max(bleu_of_tokens(choice, references).score for choice in product(*lists))
    oracle = list(oracle_translations(enumerate(lists), references))
    assert bleu_of_tokens(oracle, references).score == pytest.approx(best)


def test_a_sentence_without_a_list_gets_no_words() -> None:
    lists = [(1, ["b", "c"]), (3, ["d"])]
    assert list(oracle_translations(lists, ["a", "b", "c", "d", "e"])) == ["", "b", "", "d", ""]


@pytest.mark.parametrize("numbers", [[2, 1], [0, 5], [1, 1], [-1]])
def test_lists_out_of_order_or_of_another_test_set_are_refused(numbers: list[int]) -> None:
    with pytest.raises(UserError, match=r"The list of sentence .* was expected"):
        list(oracle_translations([(number, ["a"]) for number in numbers], ["a", "b", "c"]))
