import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.special_tokens import PAD_ID
from seq2seq.training.batches import (
    WORDS_PER_SENTENCE,
    ParallelDataset,
    batches_per_epoch,
    bounded_batches,
    epoch_order,
    sorted_batches,
    training_batches,
)
from tiny_models import random_corpus, sentences


def order(corpus, *, seed=1, epoch=0, words=1):
    lengths = corpus.source.lengths, corpus.target.lengths
    return epoch_order(*lengths, batch_size=8, bucket_words=words, seed=seed, epoch=epoch)


def test_the_source_is_reversed_before_its_end_and_the_target_never():
    corpus = ParallelDataset(sentences([3, 4, 5], [6]), sentences([2, 3], [4, 2, 2]), "reversed")
    batch = corpus.batch(np.array([0, 1]))
    assert batch.source_TB.t().tolist() == [[5, 4, 3, 1], [PAD_ID, PAD_ID, 6, 1]]
    assert batch.inputs_TB.t().tolist() == [[1, 2, 3, PAD_ID], [1, 4, 2, 2]]
    assert batch.targets_TB.t().tolist() == [[2, 3, 1, PAD_ID], [4, 2, 2, 1]]


def test_a_forward_model_reads_the_words_as_they_stand():
    corpus = ParallelDataset(sentences([3, 4, 5]), sentences([2]), "forward")
    assert corpus.batch(np.array([0])).source_TB.t().tolist() == [[3, 4, 5, 1]]


def test_a_language_model_reads_no_source():
    corpus = ParallelDataset(sentences([3, 4], [5]), sentences([2], [2, 3]), "none")
    assert corpus.batch(np.array([0, 1])).source_TB.t().tolist() == [[1], [1]]


def test_smaller_random_subsets_are_inside_larger_ones_and_keep_pairs_together():
    corpus = random_corpus(101)
    pairs = [
        {(*map(tuple, (subset.source[k].tolist(), subset.target[k].tolist())),) for k in range(n)}
        for n in (5, 40, 101)
        for subset in [corpus.random_subset(n)]
    ]
    assert pairs[0] < pairs[1] < pairs[2]
    with pytest.raises(UserError, match=r"needs 102 pairs, but the corpus has 101\. Lower `pairs`"):
        corpus.random_subset(102)


def test_an_epoch_has_every_pair_once_and_batches_of_near_equal_length():
    corpus = random_corpus(101)
    made = order(corpus)
    assert sorted(np.concatenate(made).tolist()) == list(range(101))
    assert len(made) == batches_per_epoch(101, 8) == 13
    spread = [np.ptp(corpus.source.lengths[batch]) for batch in made]
    assert max(spread) <= 1


@given(st.integers(1, 40))
@settings(deadline=None, derandomize=True)
def test_lengths_in_a_batch_differ_within_neighbouring_buckets(words):
    corpus = random_corpus(101)
    made = order(corpus, words=words)
    assert sorted(np.concatenate(made).tolist()) == list(range(101))
    buckets = [np.ptp(corpus.source.lengths[batch] // words) for batch in made]
    assert sum(buckets) <= np.ptp(corpus.source.lengths // words)


def test_one_large_bucket_mixes_all_lengths():
    corpus = random_corpus(101)
    spread = [np.ptp(corpus.target.lengths[batch]) for batch in order(corpus, words=1000)]
    assert np.mean(spread) > 0.5 * np.ptp(corpus.target.lengths)


def test_seed_and_epoch_decide_the_order():
    corpus = random_corpus(101)
    same = all(map(np.array_equal, order(corpus), order(corpus)))
    assert same
    assert not all(map(np.array_equal, order(corpus), order(corpus, seed=2)))
    assert not all(map(np.array_equal, order(corpus), order(corpus, epoch=1)))


def test_batches_can_be_taken_up_after_any_update():
    corpus = random_corpus(101)

    def batches(first, last):
        made = training_batches(
            corpus, batch_size=8, bucket_words=1, seed=1, first_update=first, last_update=last
        )
        return [batch.source_TB for batch in made]

    whole = batches(0, 30)
    for cut in (5, 13, 20):
        parts = batches(0, cut) + batches(cut, 30)
        assert all(map(torch.equal, whole, parts))


@given(st.lists(st.integers(0, 2000), max_size=60).map(np.array), st.integers(1, 20), st.randoms())
@settings(deadline=None, derandomize=True)
def test_a_batch_is_bounded_by_sentences_and_by_words(lengths, batch_size, chance):
    order = np.array(chance.sample(range(len(lengths)), len(lengths)), dtype=np.int64)
    batches = bounded_batches(order, lengths.astype(np.int64), batch_size=batch_size)
    assert np.concatenate([order[:0], *batches]).tolist() == order.tolist()
    for batch in batches:
        assert 1 <= len(batch) <= batch_size
        words = len(batch) * lengths[batch].max()
        assert len(batch) == 1 or words <= batch_size * WORDS_PER_SENTENCE


def test_sentences_of_a_test_set_s_lengths_fill_their_batches():
    lengths = np.random.default_rng(1).integers(1, WORDS_PER_SENTENCE, 1000)
    assert [len(batch) for batch in sorted_batches(lengths, batch_size=64)] == [64] * 15 + [40]
