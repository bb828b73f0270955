"""On a GPU, an update never waits, a search once per word; neither mixes in tensors of the CPU."""

from collections import Counter

import numpy as np
import pytest
import torch

from benchmarks.gpu.pretended import GPU, PretendedGPU, on_gpu
from seq2seq.errors import UserError
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.quantization import at_precision
from seq2seq.inference.scoring import TrainedModel
from seq2seq.training.batches import make_device_batch
from seq2seq.training.monitor import Sums
from seq2seq.training.optimizers import make_optimizer
from tiny_models import network, random_corpus, segment_settings, words

SOURCES = words([3, 4, 5], [2], [4, 4, 2, 6, 7], [8, 8], [])


def updated(made, optimizer, gpu=None):
    """Losses of two updates; what ``gpu`` counts, if there is one."""
    device = GPU if gpu else torch.device("cpu")
    sums, steps = Sums.zero(device), make_optimizer(made, segment_settings(optimizer=optimizer))
    for start in (0, 8):
        batch = random_corpus(16).batch(np.arange(start, start + 8))
        step = make_device_batch(batch, device).to(device)
        loss = made.loss_at(step.source_TB, step.inputs_TB, step.place_N, step.targets_N)
        loss.backward()
        sums.add(step, loss.detach(), steps.update(step.sentences))
    return sums


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_an_update_never_waits_and_its_loss_is_the_cpu_s(optimizer, cell, dtype):
    ours, plain = (network(seed=1, cell=cell).float() for _ in range(2))
    for made in (ours, plain):
        made.compute_type = dtype
        if optimizer == "sgd":
            made.use_sparse_embedding_gradients()
    with PretendedGPU() as gpu:
        sums = updated(on_gpu(ours), optimizer, gpu)
        assert gpu.waits == []
    expected = updated(plain, optimizer)
    assert float(sums.loss.inner) == pytest.approx(
        float(expected.loss), rel=0.02 if dtype else 1e-5
    )


@pytest.mark.parametrize(("beam", "models"), [(1, 1), (12, 1), (3, 2)])
def test_a_search_waits_once_per_word_and_finds_what_the_cpu_finds(beam, models):
    limits = {"beam": beam, "max_words": [9] * len(SOURCES)}
    plain = [TrainedModel("toy", network(seed=seed), "reversed") for seed in range(models)]
    expected = beam_search(plain, SOURCES, **limits)
    moved = [TrainedModel("toy", on_gpu(network(seed=k)), "reversed") for k in range(models)]
    with PretendedGPU() as gpu:
        found = beam_search(moved, SOURCES, **limits)
    for one, other in zip(found, expected, strict=True):
        assert [(each.words, each.complete) for each in one] == [
            (o.words, o.complete) for o in other
        ]
        values = [each.log_probability for each in other]
        assert [each.log_probability for each in one] == pytest.approx(values, rel=1e-12)
    waits = Counter(gpu.waits)
    longest = max(len(one.words) + one.complete for found in expected for one in found)
    assert longest <= waits.pop("nonzero") <= 10
    assert waits == {"copy to the GPU": models, "tensor": 1, "cpu": 5}  # per batch, not per word


def test_the_pretended_gpu_refuses_tensors_of_the_cpu_and_counts_waits():
    with PretendedGPU() as gpu:
        moved = torch.ones(3).to("cuda")
        with pytest.raises(RuntimeError, match="of the CPU"):
            moved + torch.ones(3)
        assert gpu.waits == ["copy to the GPU"]
        float(moved.sum())
        moved[moved > 0].cpu()
        assert gpu.waits[1:] == ["_local_scalar_dense", "index by a mask", "cpu"]


def test_int8_on_a_gpu_names_the_setting_and_the_way_to_the_cpu():
    model = TrainedModel("toy", on_gpu(network(seed=1).float()), "reversed")
    with pytest.raises(UserError, match=r"`translate.precision: int8` .* cuda:0\. .*SEQ2SEQ_CPU=1"):
        at_precision(model, "int8")
