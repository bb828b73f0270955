"""Models in bf16 and int8: close to the exact ones, and as independent of their batch."""

from dataclasses import replace

import pytest
import torch

from seq2seq.errors import UserError
from seq2seq.inference import quantization
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.quantization import _HIGHEST_WEIGHT, _Int8Linear, at_precision
from seq2seq.inference.scoring import TrainedModel
from seq2seq.training.checkpoint import Fingerprint, build_network
from tiny_models import beginning, model_settings, network, words

SOURCES = words([3, 4, 5], [2], [4, 4, 2, 6, 7], [8, 8], [])


def single(**settings):
    """A toy model in single precision whose words differ clearly in probability."""
    made = network(seed=3, target_words=200, **settings).float()
    return TrainedModel("toy", made, "reversed")


@pytest.mark.gpu
def test_in_bf16_a_gpu_s_recurrent_weights_are_one_buffer():
    """Else cuDNN copies all of them at every word of a search."""
    model = single()
    moved = replace(model, network=model.network.cuda())
    for stack in (at_precision(moved, "bf16").network.encoder, moved.network.decoder):
        assert len({each.untyped_storage().data_ptr() for each in stack.layers.parameters()}) == 1


def test_fp32_is_the_model_itself():
    model = single()
    assert at_precision(model, "fp32") is model


@pytest.mark.parametrize(("precision", "error"), [("bf16", 0.05), ("int8", 0.05)])
def test_probabilities_are_close_to_the_exact_ones(precision, error):
    model = single()
    other = at_precision(model, precision)
    source_TB = torch.tensor([[-1, 3], [4, 5], [1, 1]])
    inputs_TB = torch.tensor([[1, 1], [7, 150]])
    found = []
    with torch.inference_mode():
        for one in (model, other):
            outputs, _ = one.network.decode(inputs_TB, one.network.encode(source_TB))
            found.append(one.network.logits(outputs[-1]).float().softmax(1))
    assert (found[0] - found[1]).abs().max() < error
    assert not torch.equal(*found)


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_the_batch_changes_no_translation(precision):
    model = at_precision(single(), precision)
    together = beam_search([model], SOURCES, beam=3, max_words=[9] * 5)
    for source, found in zip(SOURCES, together, strict=True):
        single_process = beam_search([model], [source], beam=3, max_words=[9])[0]
        assert [one.words for one in found] == [one.words for one in single_process]


def test_int8_products_are_exact_for_whole_numbers():
    most = _HIGHEST_WEIGHT
    weight = torch.randint(-most, most + 1, (40, 33), generator=torch.Generator().manual_seed(1))
    weight[:, 0] = most
    inputs = torch.randint(-127, 128, (9, 33), generator=torch.Generator().manual_seed(2))
    inputs[:, 0] = 127
    inputs[4] = 0
    found = _Int8Linear(weight.float())(inputs.float())
    assert torch.allclose(found, (inputs @ weight.t()).float(), rtol=1e-5, atol=1e-2)
    assert torch.equal(found[4], torch.zeros(40))


def test_a_network_that_int8_does_not_know_is_refused():
    fingerprint = beginning().fingerprint
    assert isinstance(fingerprint, Fingerprint)
    made = build_network(replace(fingerprint, model=model_settings("gru")))
    with pytest.raises(UserError, match="g: int8 needs an LSTM without peepholes"):
        at_precision(TrainedModel("g", made, "reversed"), "int8")


@pytest.mark.parametrize(("times_as_slow", "warned"), [(0.5, 0), (1.1, 0), (30.0, 1)])
@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_a_precision_that_is_slower_here_is_said_so(
    monkeypatch, caplog, precision, times_as_slow, warned
):
    """The measurement is pretended: fp32 takes a second."""
    measured = iter([times_as_slow, 1.0])
    monkeypatch.setattr(quantization, "seconds_of", lambda product: next(measured))
    quantization._warn_if_slower.cache_clear()
    model = single()
    with caplog.at_level("WARNING"):
        at_precision(model, precision)
        at_precision(model, precision)  # an ensemble is told once
    quantization._warn_if_slower.cache_clear()
    said = f"takes {times_as_slow:.1f} times as long in {precision} as in fp32"
    assert [said in record.message for record in caplog.records] == [True] * warned
