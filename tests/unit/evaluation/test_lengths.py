"""Groups of test sentences by length."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from seq2seq.corpus.tokens import tokenize
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.evaluation.counts import corpus_counts
from seq2seq.evaluation.lengths import group_by_length, score_groups
from seq2seq.files import read_lines


@pytest.mark.parametrize(("sentences", "size"), [(1, 500), (7, 3), (1000, 500), (3003, 500)])
def test_every_sentence_is_in_one_group(sentences: int, size: int) -> None:
    generator = random.Random(sentences)
    lengths = [generator.randrange(1, 80) for _ in range(sentences)]
    groups = group_by_length(lengths, group_size=size)
    members = np.concatenate([group.sentences for group in groups])
    assert sorted(members.tolist()) == list(range(sentences))
    sizes = [len(group.sentences) for group in groups]
    assert max(sizes) - min(sizes) <= 1
    assert len(groups) == max(1, round(sentences / size))


def test_groups_go_from_short_to_long() -> None:
    generator = random.Random(2)
    lengths = [generator.randrange(1, 30) for _ in range(100)]
    groups = group_by_length(lengths, group_size=10)
    for group, following in pairwise(groups):
        assert group.shortest <= group.longest <= following.shortest
        assert {lengths[line] for line in group.sentences} >= {group.shortest, group.longest}


def test_sentences_of_one_length_keep_their_order() -> None:
    groups = group_by_length([5, 3, 5, 3, 5, 5], group_size=3)
    assert [group.sentences.tolist() for group in groups] == [[1, 3, 0], [2, 4, 5]]


def test_the_papers_axis_comes_out_on_its_test_set(shared_data: Path) -> None:
    text = read_lines(shared_data / "wmt-newstest/derived/newstest2014.eval.en")
    lengths = [len(tokenize(line, "en").split(" ")) for line in text]
    groups = group_by_length(lengths, group_size=500)
    assert [group.shortest for group in groups][1:] == [12, 17, 22, 28, 35]
    assert groups[-1].longest == 79


def test_a_groups_bleu_is_that_of_its_sentences_alone() -> None:
    references = ["a b c d", "a b c d e f", "g h i j k l m", "a a a a"]
    hypotheses = ["a b c d", "a b c d x f", "g h i j x l m", "a a a b"]
    groups = group_by_length([4, 6, 7, 4], group_size=2)
    scores = score_groups(corpus_counts(hypotheses, references), groups, seed=1)
    long = bleu_of_tokens(hypotheses[1:3], references[1:3]).score
    assert scores[1].bleu == pytest.approx(long)
    assert scores[1].interval.low <= long <= scores[1].interval.high


def test_an_empty_test_set_is_refused() -> None:
    with pytest.raises(UserError, match="test set is empty"):
        group_by_length([], group_size=500)
