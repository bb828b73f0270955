"""Stacked recurrent layers: LSTM as in the paper, and the tanh RNN and GRU it is compared with.

No layer has a bias, because the paper's 384M parameters leave no room for one.  A zero input therefore
keeps a zero state at zero, so left padding with zero vectors needs no mask.

cuDNN runs the stack on a GPU, oneDNN in fp32 on a CPU.  In bf16 on a CPU we step the LSTM ourselves:
that is twice as fast, because the weight gradient is one matrix product over all steps, and it keeps
the cell state in fp32.  Peepholes are supported by no library and are stepped one word at a time.

Shapes: T steps, B sentences, L layers, I inputs, H hidden units, G = 4H gates (input, forget, cell,
output, in PyTorch's order).
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seq2seq.model.device import linear

CELLS: dict[str, type[nn.LSTM | nn.GRU | nn.RNN]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@dataclass(frozen=True)
class State:
    """The state of all layers: ``hidden_LBH`` and, for an LSTM, ``cell_LBH``."""

    hidden_LBH: Tensor
    cell_LBH: Tensor | None

    def select(self, rows: Tensor) -> "State":
        """Select the sentences (or hypotheses) ``rows``, in that order."""
        cell = None if self.cell_LBH is None else self.cell_LBH[:, rows]
        return State(self.hidden_LBH[:, rows], cell)


class RecurrentStack(nn.Module):
    """A stack of layers with the parameters of ``nn.LSTM``, ``nn.GRU`` or ``nn.RNN``."""

    peephole_L3H: nn.Parameter | None

    def __init__(
        self, cell: str, layers: int, input_size: int, hidden_size: int, peepholes: bool = False
    ) -> None:
        super().__init__()
        self.cell = cell
        self.layers = CELLS[cell](input_size, hidden_size, layers, bias=False)
        peephole = nn.Parameter(torch.empty(layers, 3, hidden_size)) if peepholes else None
        self.register_parameter("peephole_L3H", peephole)
        self.dropout = 0.0  # of inputs and between layers, in training

    def initial_state(self, batch: int, like: Tensor) -> State:
        """Return zeros on the device of ``like``: h in its dtype, c in at least fp32."""
        shape = (self.layers.num_layers, batch, self.layers.hidden_size)
        if self.cell != "lstm":
            return State(like.new_zeros(shape), None)
        accum_dtype = torch.promote_types(like.dtype, torch.float32)
        return State(like.new_zeros(shape), like.new_zeros(shape, dtype=accum_dtype))

    def forward(self, inputs_TBI: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the top layer's outputs (T, B, H), in the inputs' dtype, and the final state."""
        plain = self.peephole_L3H is None
        inputs_TBI = nn.functional.dropout(inputs_TBI, self.dropout, self.training)
        single = inputs_TBI.dtype == self.layers.weight_ih_l0.dtype == torch.float32
        on_cpu = not inputs_TBI.is_cuda
        is_decoding = len(inputs_TBI) == 1 and on_cpu and not torch.is_grad_enabled()
        if self.cell == "lstm" and plain and single and is_decoding:
            return self._step(inputs_TBI[0], state)
        if self.cell != "lstm" or (plain and (inputs_TBI.is_cuda or single)):
            return self._by_library(inputs_TBI, state)
        assert state.cell_LBH is not None
        outputs, hidden, cell = inputs_TBI, [], []
        for layer, weights in enumerate(self.layers.all_weights):
            states = state.hidden_LBH[layer], state.cell_LBH[layer]
            of_input, of_hidden = (weight.to(inputs_TBI.dtype) for weight in weights)
            if layer > 0:
                outputs = nn.functional.dropout(outputs, self.dropout, self.training)
            operands = outputs, *states, of_input, of_hidden
            if self.peephole_L3H is None:
                outputs, last_cell = LSTMLayer.apply(*operands)
            else:
                outputs, last_cell = lstm_with_peepholes(*operands, self.peephole_L3H[layer])
            hidden.append(outputs[-1])
            cell.append(last_cell)
        return outputs, State(torch.stack(hidden), torch.stack(cell))

    def _step(self, inputs_BI: Tensor, state: State) -> tuple[Tensor, State]:
        """Run one step without gradients: oneDNN's LSTM would repack its weights at every call."""
        assert state.cell_LBH is not None
        outputs, hidden, cells = inputs_BI, [], []
        for layer, weights in enumerate(self.layers.all_weights):
            gates_BG = linear(outputs, weights[0]).add_(linear(state.hidden_LBH[layer], weights[1]))
            outputs, cell_BH = lstm_cell(gates_BG, state.cell_LBH[layer])
            hidden.append(outputs)
            cells.append(cell_BH)
        return outputs.unsqueeze(0), State(torch.stack(hidden), torch.stack(cells))

    def _by_library(self, inputs_TBI: Tensor, state: State) -> tuple[Tensor, State]:
        """Run the stack in the inputs' dtype.

        Not under autocast: on a GPU it would run recurrent layers in fp16 whatever its own type is, and
        fp16 overflows.  In bf16 a library keeps the cell in bf16.
        """
        dtype = inputs_TBI.dtype
        hidden_LBH = state.hidden_LBH.to(dtype)
        weights = [weight.to(dtype) for layer in self.layers.all_weights for weight in layer]
        options = False, self.layers.num_layers, self.dropout, self.training, False, False
        if state.cell_LBH is not None:
            states = [hidden_LBH, state.cell_LBH.to(dtype)]
            outputs, *after = torch.lstm(inputs_TBI, states, weights, *options)
            return outputs, State(*after)
        run = torch.gru if self.cell == "gru" else torch.rnn_tanh
        outputs, hidden = run(inputs_TBI, hidden_LBH, weights, *options)
        return outputs, State(hidden, None)


def lstm_cell(gates_BG: Tensor, cell_BH: Tensor) -> tuple[Tensor, Tensor]:
    """Return (h, c) after one step; ``gates_BG`` is modified in place."""
    input_gate, forget_gate, cell_gate, output_gate = gates_BG.chunk(4, dim=1)
    cell_BH = cell_BH * forget_gate.sigmoid_() + input_gate.sigmoid_() * cell_gate.tanh_()
    return output_gate.sigmoid_() * cell_BH.tanh(), cell_BH


def lstm_with_peepholes(
    inputs_TBI: Tensor,
    hidden_BH: Tensor,
    cell_BH: Tensor,
    input_weight_GI: Tensor,
    recurrent_weight_GH: Tensor,
    peephole_3H: Tensor,
) -> tuple[Tensor, Tensor]:
    """Run one layer with peepholes (Graves 2013, eq. 7-11); return (T, B, H) and the cell (B, H)."""
    outputs = []
    for input_part_BG in inputs_TBI @ input_weight_GI.t():
        gates_BG = torch.addmm(input_part_BG, hidden_BH, recurrent_weight_GH.t())
        input_gate, forget_gate, cell_gate, output_gate = gates_BG.to(cell_BH.dtype).chunk(4, dim=1)
        input_gate = (input_gate + peephole_3H[0] * cell_BH).sigmoid()
        forget_gate = (forget_gate + peephole_3H[1] * cell_BH).sigmoid()
        cell_BH = forget_gate * cell_BH + input_gate * cell_gate.tanh()
        output_gate = (output_gate + peephole_3H[2] * cell_BH).sigmoid()
        hidden_BH = (output_gate * cell_BH.tanh()).to(inputs_TBI.dtype)
        outputs.append(hidden_BH)
    return torch.stack(outputs), cell_BH


class LSTMLayer(torch.autograd.Function):
    """One LSTM layer over all steps (Graves 2013, eq. 7-11); the cell stays in at least fp32."""

    @staticmethod
    def forward(
        ctx: Any,
        inputs_TBI: Tensor,
        hidden_BH: Tensor,
        cell_BH: Tensor,
        input_weight_GI: Tensor,
        recurrent_weight_GH: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Return outputs (T, B, H) and the final cell (B, H)."""
        steps, batch, _ = inputs_TBI.shape
        size = hidden_BH.shape[1]
        gates_TBG = (inputs_TBI.flatten(0, 1) @ input_weight_GI.t()).view(steps, batch, -1)
        hidden_first_TBH = gates_TBG.new_empty(steps + 1, batch, size)
        hidden_first_TBH[0] = hidden_BH
        cells_TBH = cell_BH.new_empty(steps + 1, batch, size)
        cells_TBH[0] = cell_BH
        tanh_cell_TBH = torch.empty_like(cells_TBH[1:])
        recurrent_GH = recurrent_weight_GH.t()
        for step in range(steps):
            gates = gates_TBG[step].addmm_(hidden_first_TBH[step], recurrent_GH)
            gates[:, : 2 * size].sigmoid_()
            gates[:, 2 * size : 3 * size].tanh_()
            gates[:, 3 * size :].sigmoid_()
            input_gate, forget_gate, cell_gate, output_gate = gates.chunk(4, dim=1)
            cell = torch.mul(forget_gate, cells_TBH[step], out=cells_TBH[step + 1])
            cell.addcmul_(input_gate.to(cell.dtype), cell_gate.to(cell.dtype))
            tanh_cell = torch.tanh(cell, out=tanh_cell_TBH[step])
            torch.mul(output_gate, tanh_cell.to(output_gate.dtype), out=hidden_first_TBH[step + 1])
        ctx.save_for_backward(
            inputs_TBI, input_weight_GI, recurrent_weight_GH,
            gates_TBG, hidden_first_TBH, cells_TBH, tanh_cell_TBH,
        )  # fmt: skip
        return hidden_first_TBH[1:], cells_TBH[-1].clone()

    @staticmethod
    def backward(ctx: Any, outputs_grad_TBH: Tensor, cell_grad_BH: Tensor) -> tuple[Tensor, ...]:
        """Return the five inputs' gradients; a weight's is one product over all steps."""
        inputs, input_weight, recurrent_weight, *states = ctx.saved_tensors
        gates, hidden_first, cells, tanh_cell = states
        size = tanh_cell.shape[2]
        local_grads = _local_grads(gates.to(cells.dtype), cells[:-1], tanh_cell)
        cell_local_grad = gates[..., 3 * size :] * (1 - tanh_cell.square())
        gates_grad = torch.empty_like(gates)
        hidden_grad = torch.zeros_like(tanh_cell[0])
        cell_grad = cell_grad_BH.to(cells.dtype, copy=True)
        for step in reversed(range(len(tanh_cell))):
            hidden_grad = hidden_grad + outputs_grad_TBH[step]
            cell_grad.addcmul_(hidden_grad, cell_local_grad[step])
            to_cell = local_grads[step, :, : 3 * size].unflatten(1, (3, size))
            gates_grad[step, :, : 3 * size] = (to_cell * cell_grad.unsqueeze(1)).flatten(1)
            gates_grad[step, :, 3 * size :] = local_grads[step, :, 3 * size :] * hidden_grad
            cell_grad.mul_(gates[step, :, size : 2 * size])
            hidden_grad = gates_grad[step] @ recurrent_weight
        hidden_grad = hidden_grad.to(hidden_first.dtype)
        flat = gates_grad.flatten(0, 1)
        return (
            (flat @ input_weight).view_as(inputs),
            hidden_grad,
            cell_grad,
            flat.t() @ inputs.flatten(0, 1),
            flat.t() @ hidden_first[:-1].flatten(0, 1),
        )


def _local_grads(gates_TBG: Tensor, cells_before_TBH: Tensor, tanh_cell_TBH: Tensor) -> Tensor:
    """Return d(cell)/d(gate input) for the first three gates, d(output)/d(gate input) for the last."""
    input_gate, forget_gate, cell_gate, output_gate = gates_TBG.chunk(4, dim=2)
    to_input = cell_gate * input_gate * (1 - input_gate)
    to_forget = cells_before_TBH * forget_gate * (1 - forget_gate)
    to_cell = input_gate * (1 - cell_gate.square())
    to_output = tanh_cell_TBH * output_gate * (1 - output_gate)
    return torch.cat([to_input, to_forget, to_cell, to_output], dim=2)
