import pytest
import torch

from seq2seq.model import softmax
from seq2seq.model.softmax import SummedCrossEntropy, log_probability_of


@pytest.fixture(params=[1 << 24, 40], ids=["one block", "many blocks"])
def operands(request, monkeypatch):
    monkeypatch.setattr(softmax, "_BLOCK_ELEMENTS", {"cpu": request.param})
    if request.param == 40:
        monkeypatch.setattr(softmax, "_ROWS", 4)
    torch.manual_seed(3)
    hidden = torch.randn(50, 6, dtype=torch.double, requires_grad=True)
    weight = torch.randn(9, 6, dtype=torch.double, requires_grad=True)
    return hidden, weight, torch.randint(0, 9, (50,))


def test_loss_and_gradients_are_those_of_pytorch(operands):
    hidden, weight, targets = operands
    ours = SummedCrossEntropy.apply(hidden, weight, targets)
    theirs = torch.nn.functional.cross_entropy(hidden @ weight.t(), targets, reduction="sum")
    torch.testing.assert_close(ours, theirs)
    for one, other in zip(
        torch.autograd.grad(ours * 3, (hidden, weight)),
        torch.autograd.grad(theirs * 3, (hidden, weight)),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_log_probabilities_are_those_of_pytorch(operands):
    hidden, weight, targets = operands
    expected = (hidden @ weight.t()).log_softmax(1).gather(1, targets[:, None]).squeeze(1)
    with torch.no_grad():
        torch.testing.assert_close(log_probability_of(hidden, weight, targets), expected)


def test_bfloat16_gives_the_loss_in_single_precision_within_a_hundredth():
    torch.manual_seed(3)
    hidden, weight, targets = torch.randn(50, 6), torch.randn(9, 6), torch.randint(0, 9, (50,))
    exact = torch.nn.functional.cross_entropy(hidden @ weight.t(), targets, reduction="sum")
    rough = SummedCrossEntropy.apply(hidden.bfloat16(), weight, targets)
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, rtol=0.01, atol=0)


def test_in_bfloat16_the_slopes_of_a_word_still_add_up_to_nothing():
    """A probability too large or too small by a constant would be a drift of all weights."""
    torch.manual_seed(3)
    hidden = torch.randn(200, 16).bfloat16().requires_grad_()
    weight = torch.randn(5000, 16).requires_grad_()
    SummedCrossEntropy.apply(hidden, weight, torch.randint(0, 5000, (200,))).backward()
    expected = hidden.detach().float().t() @ torch.ones(200)
    assert weight.grad.sum(dim=0).abs().max() < 0.01 * expected.abs().max()
