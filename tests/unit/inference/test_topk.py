import numpy as np
import pytest
import torch

from seq2seq.inference import topk as topk
from seq2seq.inference.topk import top, topk_tokens
from tiny_models import network


@pytest.mark.parametrize("columns", [5, 64, 200, 1000, 1027])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_best_in_groups_are_the_best_of_all(columns, count):
    values = torch.randn(7, columns, generator=torch.Generator().manual_seed(columns))
    values[3] = values[3].round()  # many are equal
    values[5, 10:] = -torch.inf
    found, places = top(values, count)
    assert torch.equal(found, values.topk(count, dim=1)[0])
    assert torch.equal(values.gather(1, places), found)
    assert all(len(set(row)) == count for row in places.tolist())


@torch.inference_mode()
def likeliest(networks, hidden, **choices):
    defaults = {"count": 3, "ensemble_mean": "arithmetic", "forbidden": []}
    return topk_tokens(networks, hidden, **{**defaults, **choices})


def test_log_probabilities_are_those_of_the_softmax_and_blocks_change_nothing(monkeypatch):
    one = network(seed=1, target_words=300)
    hidden = torch.randn(150, 6, generator=torch.Generator().manual_seed(1)).double()
    log_p = one.logits(hidden).log_softmax(1).topk(3)
    whole = likeliest([one], [hidden])
    monkeypatch.setattr(topk, "decoding_block_rows", lambda weight: 70)
    blocks = likeliest([one], [hidden])
    for found in (whole, blocks):
        assert torch.equal(found.word_RK, log_p.indices)
        assert torch.allclose(found.log_p_RK, log_p.values, rtol=1e-12, atol=0)


@pytest.mark.parametrize("ensemble_mean", ["arithmetic", "geometric"])
def test_a_forbidden_word_never_comes_and_leaves_the_others_as_they_are(ensemble_mean):
    networks = [network(seed=seed) for seed in (1, 2)]
    generator = torch.Generator().manual_seed(1)
    hidden = [torch.randn(4, 6, generator=generator).double() for _ in networks]
    free = likeliest(networks, hidden, count=5, ensemble_mean=ensemble_mean)
    found = likeliest(networks, hidden, count=5, ensemble_mean=ensemble_mean, forbidden=[0, 1])
    for row in range(4):
        allowed = dict(zip(free.word_RK[row].tolist(), free.log_p_RK[row].tolist(), strict=True))
        assert set(found.word_RK[row, :3].tolist()) == {2, 3, 4}
        assert found.log_p_RK[row, :3].tolist() == [
            allowed[word] for word in found.word_RK[row, :3].tolist()
        ]
        assert np.isneginf(found.log_p_RK[row, 3:].numpy()).all()
