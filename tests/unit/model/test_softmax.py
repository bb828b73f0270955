import shutil

import pytest
import torch
from torch import nn

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
    theirs = nn.functional.cross_entropy(hidden @ weight.t(), targets, reduction="sum")
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
    exact = nn.functional.cross_entropy(hidden @ weight.t(), targets, reduction="sum")
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


@pytest.fixture(params=["as it is", "compiled"])
def in_one_pass(request):
    """The GPU's version; a CPU can compile it too, where there is a C++ compiler."""
    if request.param == "as it is":
        return softmax._gradient_in_one_pass
    if shutil.which("g++") is None:
        pytest.skip("no g++, which torch.compile needs on a CPU")
    return torch.compile(softmax._gradient_in_one_pass, dynamic=True)


def test_the_gradient_in_one_pass_is_pytorch_s(in_one_pass):
    torch.manual_seed(3)
    for rows, words, dtype, tolerance in (
        (64, 50, torch.double, 1e-12), (128, 70, torch.float, 1e-5), (192, 90, torch.bfloat16, 0.01)
    ):  # fmt: skip
        ours, targets = 3 * torch.randn(rows, words).to(dtype), torch.randint(0, words, (rows, 1))
        exact = ours.to(torch.double, copy=True).requires_grad_()
        expected = nn.functional.cross_entropy(exact, targets[:, 0], reduction="none")
        (gradient,) = torch.autograd.grad(expected.sum(), exact)
        losses = in_one_pass(ours, targets)
        close = {"rtol": tolerance, "atol": tolerance}
        torch.testing.assert_close(losses[:, 0].double(), expected.detach(), **close)
        assert ours.dtype == dtype
        torch.testing.assert_close(ours.double(), gradient, **close)


def test_its_statistics_are_in_fp32_whatever_the_logits_are():
    """In bf16 the sum of 80,000 exponentials is wrong by a percent."""
    torch.manual_seed(3)
    logits, targets = torch.randn(64, 80_000).bfloat16(), torch.zeros(64, 1, dtype=torch.long)
    exact = nn.functional.cross_entropy(logits.double(), targets[:, 0], reduction="none")
    losses = softmax._gradient_in_one_pass(logits.clone(), targets)
    torch.testing.assert_close(losses[:, 0].double(), exact, rtol=1e-6, atol=0)


def test_without_a_working_compiler_a_gpu_takes_the_operators_and_says_so(caplog):
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    found = softmax._gradient_in_place.__wrapped__(torch.device("cuda"), torch.float32)
    assert found is softmax._gradient_by_operators
    assert "torch.compile failed" in caplog.text
