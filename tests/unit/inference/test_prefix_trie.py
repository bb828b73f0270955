"""Scores from the prefix trie against the scorer that takes pair by pair, and against the softmax."""

import numpy as np
import pytest
import torch

from oracles import score
from seq2seq.inference.prefix_trie import trie_levels, trie_log_probabilities
from seq2seq.inference.scoring import TrainedModel, log_probabilities
from tiny_models import network, trained, words

SOURCES = words([3, 4, 5], [2], [4, 4, 2, 6, 7], [], [8, 8])


def lists(count, *, longest=9, target_words=5, seed=1):
    """Hypotheses with many common beginnings, some of them equal, some empty, in no order."""
    random = np.random.default_rng(seed)
    made = [random.integers(2, target_words, random.integers(0, longest)) for _ in range(count)]
    for k in range(0, count - 1, 3):
        made[k + 1] = np.concatenate([made[k][: random.integers(0, longest)], made[k + 1][:2]])
    return [one.astype(np.int32) for one in made], random.integers(0, len(SOURCES), count)


@pytest.mark.parametrize("batch_size", [1, 2, 7, 50, 1000])
@pytest.mark.parametrize("source_order", ["forward", "reversed"])
def test_the_trie_gives_the_scores_of_pair_by_pair(batch_size, source_order):
    model = trained(seed=5, source_order=source_order)
    hypotheses, source_index = lists(120)
    expected = log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=16)
    found = trie_log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=batch_size)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=0)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_every_kind_of_cell_can_be_scored(cell):
    model = TrainedModel("toy", network(seed=3, cell=cell), "reversed")
    hypotheses, source_index = lists(30)
    found = trie_log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=8)
    for value, hypothesis, owner in zip(found, hypotheses, source_index, strict=True):
        assert value == pytest.approx(score([model], SOURCES[owner], [hypothesis])[0], rel=1e-10)


@pytest.mark.parametrize(
    ("number_type", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2)]
)
def test_the_rounding_of_other_number_types_is_as_documented(number_type, tolerance):
    made = network(seed=2, target_words=300).float()
    made.compute_type = number_type
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(0.3)
    model = TrainedModel("toy", made, "reversed")
    hypotheses, source_index = lists(200, longest=30, target_words=300)
    expected = log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=32)
    found = trie_log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=64)
    np.testing.assert_allclose(found, expected, rtol=tolerance)


def test_more_nodes_than_a_block_of_the_softmax_change_no_score(monkeypatch):
    model = trained(seed=5)
    hypotheses, source_index = lists(120)
    expected = trie_log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=200)
    monkeypatch.setattr("seq2seq.inference.prefix_trie.decoding_block_rows", lambda weight: 3)
    found = trie_log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=200)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_prefix_is_one_node_for_all_that_begin_with_it():
    hypotheses = words([2, 3, 4], [2, 3], [2, 3, 4], [3], [], [2, 4])
    levels = list(trie_levels(hypotheses, np.array([0, 0, 0, 0, 0, 1])))
    prefixes = [len(level.word_R) for level in levels]
    assert prefixes == [2, 3, 2, 1]  # roots; 2 and 3 | 2; 2 3 | 2 4; 2 3 4
    assert [level.ended_N.tolist() for level in levels] == [[4], [3], [1, 5], [0, 2]]


def test_a_word_that_is_the_end_of_sentence_ends_nothing_inside_a_hypothesis():
    model = trained(seed=5)
    hypotheses, source_index = words([2, 1, 3], [2], [2, 1]), np.zeros(3, dtype=np.int64)
    expected = log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=4)
    found = trie_log_probabilities(model, SOURCES, hypotheses, source_index, batch_size=4)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_no_hypotheses_have_no_scores():
    none = trie_log_probabilities(trained(seed=1), SOURCES, [], np.zeros(0, int), batch_size=4)
    assert len(none) == 0


def test_the_decoder_is_run_once_for_a_prefix(monkeypatch):
    model = trained(seed=1)
    rows = []
    decode = model.network.decode

    def counting(inputs_TB, state):
        rows.append(inputs_TB.shape[1])
        return decode(inputs_TB, state)

    monkeypatch.setattr(model.network, "decode", counting)
    hypotheses = words(*([2, 3, 4, last] for last in (2, 3, 4)), [2, 3, 4, 2])
    trie_log_probabilities(model, SOURCES, hypotheses, np.zeros(4, dtype=np.int64), batch_size=9)
    assert rows == [1, 1, 1, 1, 3]


@pytest.mark.parametrize("scored", [trie_log_probabilities, log_probabilities])
def test_one_very_long_sentence_makes_its_own_batch_and_changes_no_score(monkeypatch, scored):
    model = trained(seed=2)
    short = [np.full(3, 2, dtype=np.int32)] * 30
    sources = [*short, np.full(3000, 3, dtype=np.int32)]
    expected = scored(model, short, short, np.arange(30), batch_size=40)
    shapes = []
    encode = model.network.encode

    def noting(source_TB):
        shapes.append(tuple(source_TB.shape))
        return encode(source_TB)

    monkeypatch.setattr(model.network, "encode", noting)
    found = scored(model, sources, sources, np.arange(31), batch_size=40)
    assert sorted(shapes) == [(4, 30), (3001, 1)]
    np.testing.assert_allclose(found[:30], expected, rtol=1e-12)
