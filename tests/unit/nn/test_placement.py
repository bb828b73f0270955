from dataclasses import replace

import pytest
import torch

from seq2seq.errors import UserError
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.nn import placement
from seq2seq.nn.placement import PlacedEncoderDecoder, Placement, SplitCrossEntropy, spread
from seq2seq.training.distributed import single_process
from seq2seq.training.trainer import train_segment
from tiny_models import beginning, model_settings, network, random_corpus, segment_settings

CPU = torch.device("cpu")
SOURCE = torch.tensor([[5, -1], [3, 4], [8, 2], [1, 1]])
INPUTS = torch.tensor([[1, 1], [2, 3], [4, 0]])
TARGETS = torch.tensor([[2, 3], [4, 1], [1, -1]])


def devices(number):
    return [torch.device("cuda", one) for one in range(number)]


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch):
    """Two words a stretch, a word or two a block, so that there are several of each."""
    monkeypatch.setattr(placement, "_STRETCH", 2)
    monkeypatch.setattr(placement, "_BLOCK_ELEMENTS", 16 * 9)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("parts", [1, 2, 4])
def test_loss_gradients_and_weights_are_those_of_the_network_on_one_device(cell, parts):
    whole = network(seed=1, cell=cell)
    placed = PlacedEncoderDecoder(network(seed=1, cell=cell), Placement((CPU, CPU), (CPU,) * parts))
    assert len(placed.output_parts) == parts
    losses = [made.loss(SOURCE, INPUTS, TARGETS) for made in (whole, placed)]
    torch.testing.assert_close(losses[1], losses[0], rtol=1e-12, atol=0)
    for loss in losses:
        loss.backward()
    with torch.no_grad():
        for made in (whole, placed):
            for parameter in made.parameters():
                parameter -= parameter.grad
    after = placed.state_dict()
    assert after.keys() == whole.state_dict().keys()
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(after[name], weight, rtol=1e-10, atol=1e-12, msg=name)


def test_peepholes_and_biases_are_those_of_the_layer():
    settings = replace(model_settings(), peepholes=True, biases=True)

    def made():
        network = EncoderDecoder(settings, source_words=9, target_words=5).double()
        network.initialize(initial_range=1.0, generator=torch.Generator().manual_seed(1))
        return network

    whole, placed = made(), PlacedEncoderDecoder(made(), Placement((CPU, CPU), (CPU, CPU)))
    losses = [network.loss(SOURCE, INPUTS, TARGETS) for network in (whole, placed)]
    torch.testing.assert_close(losses[1], losses[0], rtol=1e-12, atol=0)
    assert all(torch.equal(placed.state_dict()[n], t) for n, t in whole.state_dict().items())


def test_a_segment_ends_in_the_checkpoint_that_one_device_makes():
    corpus, settings = random_corpus(41), segment_settings()
    places = [None, Placement((CPU, CPU), (CPU, CPU))]
    one, several = (
        train_segment(
            beginning(),
            corpus,
            settings,
            world=single_process(CPU),
            record=lambda _: None,
            placement=place,
        )
        for place in places
    )
    assert several.network.keys() == one.network.keys()
    for name, weight in one.network.items():
        torch.testing.assert_close(several.network[name], weight, rtol=1e-5, atol=1e-6, msg=name)


def test_another_optimizer_than_the_paper_s_is_refused():
    with pytest.raises(UserError, match=r"`train.optimizer` to sgd"):
        train_segment(
            beginning(),
            random_corpus(41),
            segment_settings(optimizer="adam"),
            world=single_process(CPU),
            record=lambda _: None,
            placement=Placement((CPU, CPU), (CPU,)),
        )


def test_a_softmax_in_parts_is_that_of_pytorch():
    torch.manual_seed(3)
    hidden = torch.randn(50, 6, dtype=torch.double, requires_grad=True)
    weight = torch.randn(9, 6, dtype=torch.double, requires_grad=True)
    targets = torch.randint(0, 9, (50,))
    ours = SplitCrossEntropy.apply(hidden, targets, *weight.tensor_split(4))
    theirs = torch.nn.functional.cross_entropy(hidden @ weight.t(), targets, reduction="sum")
    torch.testing.assert_close(ours, theirs)
    for one, other in zip(
        torch.autograd.grad(ours * 3, (hidden, weight)),
        torch.autograd.grad(theirs * 3, (hidden, weight)),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_eight_devices_are_used_as_in_the_paper():
    eight = devices(8)
    assert spread(4, eight) == Placement(tuple(eight[:4]), tuple(eight[4:]))


def test_fewer_devices_share_and_one_has_all():
    four = devices(4)
    assert spread(4, four) == Placement((*four[:1] * 2, *four[1:2] * 2), tuple(four[2:]))
    assert spread(4, four[:1]) == Placement(tuple(four[:1] * 4), tuple(four[:1]))
    assert spread(1, four[:3]) == Placement(tuple(four[:1]), tuple(four[1:3]))
