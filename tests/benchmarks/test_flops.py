"""The FLOPs that benchmarks divide by are those of the rows that are computed."""

import numpy as np
import pytest
import torch

from benchmarks import flops, workloads
from seq2seq.inference.prefix_trie import trie_levels
from seq2seq.model.lstm import RecurrentStack


def test_a_trie_has_one_step_for_each_prefix():
    (source,) = workloads.random_sources("small", 1, 25)
    hypotheses = workloads.nbest_list(8000, 60, np.random.default_rng(1))
    levels = trie_levels(hypotheses, np.zeros(60, np.int64))
    steps = sum(len(level.word_R) for level in levels)
    assert flops.of_trie("small", source, hypotheses) == flops.forward("small", 25, steps)


@pytest.mark.parametrize("beam", [1, 3])
def test_a_search_has_the_rows_that_its_flops_say(monkeypatch, beam):
    rows, plain = {"encoder": 0, "decoder": 0}, RecurrentStack.forward

    def counted(stack, inputs_TBI, state):
        rows["decoder" if len(inputs_TBI) == 1 else "encoder"] += inputs_TBI[..., 0].numel()
        return plain(stack, inputs_TBI, state)

    monkeypatch.setattr(RecurrentStack, "forward", counted)
    torch.manual_seed(1)
    sources = workloads.random_sources("small", 2, 5)
    (search,) = workloads.translation("small", sources, beam=beam)
    search.run()
    expected = flops.forward("small", rows["encoder"], rows["decoder"])
    assert 2 * flops.of_search("small", 5, beam) == pytest.approx(expected, rel=0.03)
