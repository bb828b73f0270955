import pytest
import torch

from seq2seq.model.device import use_exact_fp32
from seq2seq.model.lstm import RecurrentStack, State


def stack(cell: str = "lstm") -> RecurrentStack:
    torch.manual_seed(1)
    return RecurrentStack(cell=cell, layers=3, input_size=5, hidden_size=7).double()


def random_state(made: RecurrentStack) -> State:
    shape = (3, 4, 7)
    hidden = torch.randn(shape, dtype=torch.double, requires_grad=True)
    cell = torch.randn(shape, dtype=torch.double, requires_grad=True)
    return State(hidden, cell if made.cell == "lstm" else None)


def test_the_layer_stepped_by_hand_is_that_of_pytorch_in_outputs_states_and_gradients():
    made = stack()
    inputs = torch.randn(6, 4, 5, dtype=torch.double, requires_grad=True)
    state = random_state(made)
    outputs, last = made(inputs, state)
    expected, (hidden, cell) = made.layers(inputs, (state.hidden_LBH, state.cell_LBH))
    torch.testing.assert_close(outputs, expected)
    torch.testing.assert_close(last.hidden_LBH, hidden)
    torch.testing.assert_close(last.cell_LBH, cell)

    weigh = torch.randn_like(hidden)
    nbest = [inputs, state.hidden_LBH, state.cell_LBH, *made.parameters()]
    ours = (outputs.square().sum() + (last.hidden_LBH * weigh + last.cell_LBH * weigh).sum(),)
    theirs = (expected.square().sum() + (hidden * weigh + cell * weigh).sum(),)
    for one, other in zip(
        torch.autograd.grad(ours, nbest), torch.autograd.grad(theirs, nbest), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("steps", [1, 6])
def test_the_library_in_single_precision_is_the_layer_stepped_by_hand_in_double(steps):
    exact = stack()
    rounded = RecurrentStack(cell="lstm", layers=3, input_size=5, hidden_size=7)
    rounded.load_state_dict({name: w.float() for name, w in exact.state_dict().items()})
    inputs, state = torch.randn(steps, 4, 5, dtype=torch.double), random_state(exact)
    found = []
    for made, kind in ((exact, torch.double), (rounded, torch.float)):
        begin = State(state.hidden_LBH.to(kind), state.cell_LBH.to(kind))
        outputs, last = made(inputs.to(kind), begin)
        loss = outputs.square().sum() + last.cell_LBH.sum() + last.hidden_LBH.sin().sum()
        gradients = torch.autograd.grad(loss, list(made.parameters()))
        found.append([outputs, last.hidden_LBH, last.cell_LBH, *gradients])
    for one, other in zip(*found, strict=True):
        assert other.dtype == torch.float
        torch.testing.assert_close(other.double(), one, rtol=1e-4, atol=1e-5)


def test_words_one_at_a_time_as_in_a_search_are_all_at_once():
    made = RecurrentStack(cell="lstm", layers=3, input_size=5, hidden_size=7)
    inputs = torch.randn(6, 4, 5)
    state = made.initial_state(4, inputs)
    outputs, last = made(inputs, state)
    with torch.inference_mode():
        for step, expected in enumerate(outputs):
            found, state = made(inputs[step : step + 1], state)
            torch.testing.assert_close(found[0], expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(state.hidden_LBH, last.hidden_LBH, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(state.cell_LBH, last.cell_LBH, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_zero_inputs_on_the_left_change_nothing(cell):
    made = stack(cell)
    inputs = torch.randn(6, 4, 5, dtype=torch.double)
    padded = torch.cat([torch.zeros(3, 4, 5, dtype=torch.double), inputs])
    outputs, last = made(inputs, made.initial_state(4, inputs))
    padded_outputs, padded_last = made(padded, made.initial_state(4, inputs))
    torch.testing.assert_close(padded_outputs[3:], outputs)
    torch.testing.assert_close(padded_last.hidden_LBH, last.hidden_LBH)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_reading_in_two_parts_is_reading_at_once(cell):
    made = stack(cell)
    inputs = torch.randn(6, 4, 5, dtype=torch.double)
    _, once = made(inputs, made.initial_state(4, inputs))
    _, half = made(inputs[:2], made.initial_state(4, inputs))
    _, whole = made(inputs[2:], half)
    torch.testing.assert_close(whole.hidden_LBH, once.hidden_LBH)


def test_bfloat16_products_stay_within_a_hundredth_of_single_precision():
    made = stack().float()
    inputs = torch.randn(6, 4, 5)
    exact, _ = made(inputs, made.initial_state(4, inputs))
    rough_inputs = inputs.bfloat16()
    rough, last = made(rough_inputs, made.initial_state(4, rough_inputs))
    assert rough.dtype == torch.bfloat16
    assert last.hidden_LBH.dtype == torch.bfloat16
    assert (rough.float() - exact).abs().max() < 0.01


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_library_in_bfloat16_has_the_range_of_single_precision_and_its_gradients(cell):
    """fp16 ends at 65,504, and autocast on a GPU runs recurrent layers in fp16."""
    made = stack(cell).float()
    with torch.no_grad():
        made.layers.weight_ih_l0.mul_(1e-6)
    inputs = 1e6 * torch.randn(6, 4, 5)
    state = made.initial_state(4, inputs)
    exact, _ = made._by_library(inputs, state)
    rough, last = made._by_library(inputs.bfloat16(), state)
    assert rough.dtype == last.hidden_LBH.dtype == torch.bfloat16
    assert (rough.float() - exact).abs().max() < 0.02
    gradients = torch.autograd.grad(rough.float().square().sum(), list(made.parameters()))
    assert all(g.dtype == torch.float32 and g.isfinite().all() for g in gradients)


@pytest.mark.gpu
@pytest.mark.parametrize("size", [7, 256, 1000])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_gpu_agrees_with_the_cpu(cell, size):
    """TF32, of which a size of 7 shows nothing, would be off by 1e-3."""
    use_exact_fp32()
    torch.manual_seed(1)
    made = RecurrentStack(cell=cell, layers=2, input_size=size, hidden_size=size)
    inputs = torch.randn(6, 4, size)
    expected, _ = made(inputs, made.initial_state(4, inputs))
    moved = inputs.cuda()
    outputs, _ = made.cuda()(moved, made.initial_state(4, moved))
    torch.testing.assert_close(outputs.cpu(), expected, rtol=1e-5, atol=1e-5)
