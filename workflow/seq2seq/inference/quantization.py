"""Trained models at the precision of the search: fp32, or bf16 and int8, which are faster on a CPU.

``int8`` scales each row of a weight matrix and each row of the inputs so that its largest element
becomes 127.  A translation therefore does not depend on the rest of its batch.  PyTorch's dynamic
quantization uses one scale for the whole batch, so we do not use it.

Shapes: T steps, B sentences, R rows, I inputs, O outputs, G = 4H gates of H hidden units.
"""

from dataclasses import replace
from functools import cache, partial
from typing import TypeVar

import torch
from torch import Tensor, nn

from seq2seq.errors import UserError
from seq2seq.inference.scoring import TrainedModel
from seq2seq.model.device import WORTHWHILE, check_precision, linear, seconds_of
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.model.lstm import RecurrentStack, State, lstm_cell
from seq2seq.runtime.gpus import CPU_ONLY
from seq2seq.runtime.logging import log

_HIGHEST, _ZERO = 127, 128
# Without VNNI oneDNN adds two products in 16 bits, which overflow for weights of more than 64.
_HIGHEST_WEIGHT = _HIGHEST if torch.cpu._is_vnni_supported() else 64
_ROWS = 64
N = TypeVar("N", bound=EncoderDecoder)


def at_precision(model: TrainedModel, precision: str) -> TrainedModel:
    """Return the model at that precision; for ``fp32`` the same object."""
    if precision == "fp32":
        return model
    settings = model.network.settings
    if precision == "bf16":
        check_precision(model.device, precision)
        if model.device.type == "cpu":
            _warn_if_slower(precision, settings.hidden_size)
        weights = {name: w.bfloat16() for name, w in model.network.state_dict().items()}
        network = _with_weights(EncoderDecoder, model.network, weights)
        network.compute_type = torch.bfloat16
        for stack in (network.encoder, network.decoder):
            stack.layers.flatten_parameters()  # or cuDNN copies all weights at every word
        return replace(model, network=network)
    if settings.cell != "lstm" or settings.peepholes:
        raise UserError(f"{model.name}: int8 needs an LSTM without peepholes; use bf16 or fp32.")
    if model.device.type != "cpu" or not torch.backends.mkldnn.is_available():
        raise UserError(
            f"`translate.precision: int8` is for x86 CPUs, and this job computes on {model.device}. "
            f"Set it to bf16 or fp32, or set {CPU_ONLY}=1 to translate on the CPU."
        )
    _warn_if_slower(precision, settings.hidden_size)
    made = _with_weights(_Int8Network, model.network, dict(model.network.state_dict()))
    made.encoder, made.decoder = map(_Int8Stack, (model.network.encoder, model.network.decoder))
    made.linear = _Int8Linear(model.network.output_weight_VH)
    return replace(model, network=made)


@cache
def _warn_if_slower(precision: str, hidden_size: int) -> None:
    """Warn where a product of this network's size is clearly slower than in fp32."""
    weight_OI, rows_RI = torch.ones(4 * hidden_size, hidden_size), torch.ones(_ROWS, hidden_size)
    exact = partial(linear, rows_RI, weight_OI)
    product = partial(linear, rows_RI.bfloat16(), weight_OI.bfloat16())
    if precision == "int8":
        product = partial(_Int8Linear(weight_OI), rows_RI)
    times_as_slow = seconds_of(product) / seconds_of(exact)
    if times_as_slow > WORTHWHILE:
        log.warning(
            f"warning: on this processor a product of this network's size takes {times_as_slow:.1f} "
            f"times as long in {precision} as in fp32; `translate.precision: fp32` may be faster."
        )


def _with_weights(kind: type[N], network: EncoderDecoder, weights: dict[str, Tensor]) -> N:
    words = len(network.source_embedding.weight), len(network.output_weight_VH)
    with torch.device("meta"):
        made = kind(network.settings, source_words=words[0], target_words=words[1])
    made.load_state_dict(weights, assign=True)
    return made.eval()


class _Int8Linear:
    """``inputs @ weight.t()`` with a fp32 result.

    Inputs are shifted to unsigned integers: for signed ones oneDNN has only a plain loop, a thousand
    times slower.  Rows are padded to a multiple of 64, because oneDNN compiles a kernel for each number
    of rows, and hardly two steps of a search have the same number of hypotheses.
    """

    def __init__(self, weight_OI: Tensor) -> None:
        weight = weight_OI.detach().float()
        self.scale_O = weight.abs().amax(dim=1).clamp_min(1e-30) / _HIGHEST_WEIGHT
        whole = (weight / self.scale_O.unsqueeze(1)).round().to(torch.int8)
        self.zero_O = torch.zeros(len(weight), dtype=torch.int64)
        self.packed = torch.ops.onednn.qlinear_prepack(whole, None)

    def __call__(self, inputs_RI: Tensor) -> Tensor:
        scale_R1 = inputs_RI.abs().amax(dim=1, keepdim=True).clamp_min(1e-30) / _HIGHEST
        whole = (inputs_RI / scale_R1).round_().add_(_ZERO).to(torch.uint8)
        whole = nn.functional.pad(whole, (0, 0, 0, -len(whole) % _ROWS))
        linear: Tensor = torch.ops.onednn.qlinear_pointwise(
            *(whole, 1.0, _ZERO, self.packed, self.scale_O, self.zero_O),
            *(None, 1.0, 0, torch.float32, "none", [], ""),
        )
        return linear[: len(scale_R1)].mul_(scale_R1)


class _Int8Stack(RecurrentStack):
    """LSTM layers for inference (Graves 2013, eq. 7-11, without peepholes); sums stay in fp32."""

    def __init__(self, stack: RecurrentStack) -> None:
        layers = stack.layers
        with torch.device("meta"):
            super().__init__(stack.cell, layers.num_layers, layers.input_size, layers.hidden_size)
        self.products = [tuple(map(_Int8Linear, weights)) for weights in layers.all_weights]

    def forward(self, inputs_TBI: Tensor, state: State) -> tuple[Tensor, State]:
        assert state.cell_LBH is not None
        outputs, hidden, cells = inputs_TBI, [], []
        for layer, (of_input, of_hidden) in enumerate(self.products):
            gates_TBG = of_input(outputs.flatten(0, 1)).unflatten(0, outputs.shape[:2])
            hidden_BH, cell_BH = state.hidden_LBH[layer], state.cell_LBH[layer]
            steps = []
            for gates_BG in gates_TBG:
                gates = gates_BG.add_(of_hidden(hidden_BH))
                hidden_BH, cell_BH = lstm_cell(gates, cell_BH)
                steps.append(hidden_BH)
            outputs = torch.stack(steps)
            hidden.append(hidden_BH)
            cells.append(cell_BH)
        return outputs, State(torch.stack(hidden), torch.stack(cells))


class _Int8Network(EncoderDecoder):
    linear: _Int8Linear

    def logits(self, hidden_RH: Tensor) -> Tensor:
        return self.linear(hidden_RH)
