from dataclasses import replace

import numpy as np
import pytest
import torch

from oracles import Plain
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.scoring import TrainedModel, log_probabilities
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.special_tokens import PAD_ID
from tiny_models import model_settings, words


def test_all_weights_begin_in_the_range_and_the_seed_decides_them():
    made = EncoderDecoder(model_settings(), source_words=50, target_words=40)
    made.initialize(initial_range=0.08, generator=torch.Generator().manual_seed(3))
    weights = torch.cat([parameter.detach().flatten() for parameter in made.parameters()])
    assert weights.abs().max() <= 0.08
    assert weights.std() == pytest.approx(0.08 / 3**0.5, rel=0.05)
    other = EncoderDecoder(model_settings(), source_words=50, target_words=40)
    other.initialize(initial_range=0.08, generator=torch.Generator().manual_seed(3))
    assert torch.equal(made.output_weight_VH, other.output_weight_VH)


@pytest.mark.parametrize(
    ("cell", "dtype"), [("lstm", torch.float32), ("lstm", torch.float64), ("gru", torch.float32)]
)
def test_dropout_is_of_every_layer_s_inputs_and_of_training_alone(cell, dtype):
    """In fp32 a library runs the layers, in fp64 our own steps do."""
    made = EncoderDecoder(
        replace(model_settings(), cell=cell, layers=2), source_words=9, target_words=5
    )
    made.to(dtype).initialize(initial_range=1.0, generator=torch.Generator().manual_seed(2))
    source_TB, target_TB = torch.tensor([[3, 4], [5, 6]]), torch.tensor([[3, 4], [1, 1]])

    def loss(share):
        made.use_dropout(share)
        return made.loss(source_TB, target_TB, target_TB).item()

    plain = loss(0.0)
    torch.manual_seed(1)
    dropped = [loss(0.5) for _ in range(20)]
    assert len(set(dropped)) > 10
    torch.manual_seed(1)
    assert loss(0.5) == dropped[0]
    made.eval()
    assert loss(0.5) == pytest.approx(plain, rel=1e-6)
    # Without inputs no layer has a state, so every word is as likely as any other.
    made.train()
    assert loss(1 - 1e-9) == pytest.approx(4 * np.log(5), rel=1e-5)


CHOICES = {
    "as in config.yaml": {},
    "peepholes": {"peepholes": True},
    "the encoder reads no end": {"encoder_reads_end": False},
    "both": {"peepholes": True, "encoder_reads_end": False},
}
choices = pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES.keys())


def chosen(choice, *, seed=2):
    made = EncoderDecoder(replace(model_settings(), **choice), source_words=9, target_words=5)
    made.double().initialize(initial_range=1.5, generator=torch.Generator().manual_seed(seed))
    return made


# Two pairs of unequal length side by side, the source reversed.
PAIRS = [([3, 4, 5], [2, 4]), ([8], [3, 3, 2])]
SOURCE_TB = torch.tensor([[5, PAD_ID], [4, PAD_ID], [3, 8], [1, 1]])
INPUTS_TB = torch.tensor([[1, 1], [2, 3], [4, 3], [PAD_ID, 2]])
TARGETS_TB = torch.tensor([[2, 3], [4, 3], [1, 2], [PAD_ID, 1]])


def check_against_plain(made, device, *, relative, absolute):
    """Loss and gradients of the padded batch are those of the plain implementation."""
    expected = sum(Plain(made).loss(source[::-1], target) for source, target in PAIRS)
    expected.backward()
    gradients = {name: parameter.grad.clone() for name, parameter in made.named_parameters()}
    made.zero_grad()
    loss = made.to(device).loss(SOURCE_TB.to(device), INPUTS_TB.to(device), TARGETS_TB.to(device))
    loss.backward()
    torch.testing.assert_close(loss.cpu(), expected, rtol=relative, atol=0)
    for name, parameter in made.named_parameters():
        found = parameter.grad.cpu()
        torch.testing.assert_close(found, gradients[name], rtol=relative, atol=absolute)
        assert gradients[name].abs().max() > 0, name


@choices
def test_loss_and_gradients_are_those_of_a_plain_implementation(choice):
    check_against_plain(chosen(choice), "cpu", relative=1e-10, absolute=1e-12)


@pytest.mark.gpu
@choices
def test_the_gpu_has_loss_and_gradients_of_a_plain_implementation(choice):
    check_against_plain(chosen(choice), "cuda", relative=1e-8, absolute=1e-10)


@choices
def test_search_scorer_and_plain_implementation_agree_on_every_choice(choice):
    model = TrainedModel("toy", chosen(choice), "reversed")
    sources = words([3, 4, 5], [], [8, 2])
    found = [best[0] for best in beam_search([model], sources, beam=3, max_words=[9] * 3)]
    written = words(*(list(one.words) for one in found))
    scores = log_probabilities(model, sources, written, np.arange(3), batch_size=2)
    with torch.no_grad():
        plain = [
            -float(Plain(model.network).loss(source.tolist()[::-1], target.tolist()))
            for source, target in zip(sources, written, strict=True)
        ]
    assert scores == pytest.approx(plain, rel=1e-10)
    for one, score in zip(found, plain, strict=True):
        assert not one.complete or one.log_probability == pytest.approx(score, rel=1e-10)


@pytest.mark.parametrize(
    ("compute_type", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.02)]
)
@choices
def test_products_in_fewer_bits_stay_near_the_plain_implementation(choice, compute_type, tolerance):
    made = chosen(choice)
    expected = sum(Plain(made).loss(source[::-1], target) for source, target in PAIRS)
    made.float().compute_type = compute_type
    loss = made.loss(SOURCE_TB, INPUTS_TB, TARGETS_TB)
    torch.testing.assert_close(loss.double(), expected, rtol=tolerance, atol=0)
