import pytest
import torch
import yaml

from seq2seq.configuration import load_settings
from seq2seq.nn.checkpoint import Identity, build_network
from seq2seq.nn.model import EncoderDecoder
from seq2seq.symbols import PAD_ID
from toys import model_settings, network


def test_the_papers_configuration_has_384_million_parameters(repository):
    settings = load_settings(yaml.safe_load((repository / "config/config.yaml").read_text()))
    words = settings.vocabulary
    identity = Identity(
        settings.model, words.source_words, words.target_words, source_order="reversed", seed=1
    )
    counts = build_network(identity, device="meta").count_parameters()
    assert counts.total == 384_000_000
    assert counts.source_embedding == 160_000_000
    assert counts.target_embedding == counts.softmax == 80_000_000
    assert counts.recurrent == 64_000_000


def test_all_weights_begin_in_the_range_and_the_seed_decides_them():
    made = EncoderDecoder(model_settings(), source_words=50, target_words=40)
    made.initialize(initial_range=0.08, generator=torch.Generator().manual_seed(3))
    weights = torch.cat([parameter.detach().flatten() for parameter in made.parameters()])
    assert weights.abs().max() <= 0.08
    assert weights.std() == pytest.approx(0.08 / 3**0.5, rel=0.05)
    other = EncoderDecoder(model_settings(), source_words=50, target_words=40)
    other.initialize(initial_range=0.08, generator=torch.Generator().manual_seed(3))
    assert torch.equal(made.output_weight_VH, other.output_weight_VH)


def reference_loss(made, source, target):
    """The equations of Graves (2013) without peepholes, word by word, for one sentence."""
    size = made.encoder.layers.hidden_size
    states = [(torch.zeros(size, dtype=torch.double),) * 2 for _ in range(2)]

    def read(stack, vector):
        for layer, (input_weight, recurrent_weight) in enumerate(stack.layers.all_weights):
            hidden, cell = states[layer]
            gates = input_weight @ vector + recurrent_weight @ hidden
            enter, keep, candidate, leave = gates.split(size)
            cell = keep.sigmoid() * cell + enter.sigmoid() * candidate.tanh()
            vector = leave.sigmoid() * cell.tanh()
            states[layer] = (vector, cell)
        return vector

    for word in [*reversed(source), 1]:
        read(made.encoder, made.source_embedding.weight[word])
    loss = torch.zeros((), dtype=torch.double)
    for word, following in zip([1, *target], [*target, 1], strict=True):
        top = read(made.decoder, made.target_embedding.weight[word])
        loss = loss - (made.output_weight_VH @ top).log_softmax(0)[following]
    return loss


def test_loss_and_gradients_are_those_of_a_plain_implementation():
    made = network(seed=2)
    pairs = [([3, 4, 5], [2, 4]), ([8], [3, 3, 2])]
    expected = sum(reference_loss(made, *pair) for pair in pairs)
    expected.backward()
    gradients = {name: parameter.grad.clone() for name, parameter in made.named_parameters()}
    made.zero_grad()
    source_TB = torch.tensor([[5, PAD_ID], [4, PAD_ID], [3, 8], [1, 1]])
    inputs_TB = torch.tensor([[1, 1], [2, 3], [4, 3], [PAD_ID, 2]])
    targets_TB = torch.tensor([[2, 3], [4, 3], [1, 2], [PAD_ID, 1]])
    loss = made.loss(source_TB, inputs_TB, targets_TB)
    loss.backward()
    torch.testing.assert_close(loss, expected, rtol=1e-10, atol=0)
    for name, parameter in made.named_parameters():
        torch.testing.assert_close(parameter.grad, gradients[name], rtol=1e-10, atol=1e-12)
