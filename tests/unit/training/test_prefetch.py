import threading
import time

import numpy as np
import pytest
import torch

from seq2seq.special_tokens import PAD_ID
from seq2seq.training.batches import make_device_batch, prefetch, prefetch_to_device
from tiny_models import random_corpus

CPU = torch.device("cpu")


def batches(count=5):
    corpus = random_corpus(40)
    return [corpus.batch(np.arange(8 * k, 8 * k + 8)) for k in range(count)]


def test_a_step_has_the_words_to_predict_in_order_and_counts_both_sides():
    for batch in batches():
        step = make_device_batch(batch, CPU)
        nbest = batch.targets_TB[batch.targets_TB != PAD_ID]
        assert torch.equal(step.targets_N, nbest)
        assert torch.equal(batch.targets_TB.flatten()[step.place_N], nbest)
        assert step.target_words == len(nbest)
        assert step.source_words == int((batch.source_TB != PAD_ID).sum())
        assert step.sentences == 8


def test_steps_come_in_the_order_of_their_batches():
    made = batches()
    steps = list(prefetch_to_device(CPU, iter(made)))
    assert len(steps) == 5
    for step, batch in zip(steps, made, strict=True):
        assert torch.equal(step.source_TB, batch.source_TB)
        assert torch.equal(step.inputs_TB, batch.inputs_TB)


def test_what_is_made_ahead_is_made_by_another_thread_and_no_further_than_told():
    made = []

    def items():
        for number in range(20):
            made.append(threading.current_thread())
            yield number

    coming = prefetch(items(), count=3)
    assert next(coming) == 0
    deadline = time.monotonic() + 10
    while len(made) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(made) == 4  # the one that was taken, and three that wait
    assert list(coming) == list(range(1, 20))
    assert threading.current_thread() not in made


def test_an_error_among_the_batches_is_raised_where_they_are_used():
    def items():
        yield 1
        raise ValueError("the corpus is gone")

    coming = prefetch(items())
    assert next(coming) == 1
    with pytest.raises(ValueError, match="the corpus is gone"):
        next(coming)


def test_nothing_at_all_can_be_made_ahead():
    assert list(prefetch(iter([]))) == []


def test_who_stops_early_leaves_no_thread_behind():
    coming = prefetch(iter(range(100)), count=2)
    assert next(coming) == 0
    coming.close()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("batches")]


@pytest.mark.gpu
def test_steps_for_a_gpu_are_copied_from_pinned_memory():
    batch = batches(1)[0]
    step = make_device_batch(batch, torch.device("cuda"))
    assert step.source_TB.is_pinned()
    assert torch.equal(step.to(torch.device("cuda")).source_TB.cpu(), batch.source_TB)
