"""The paper's own layout on several GPUs (section 3.5): layers on some, the softmax split over others.

The paper gave four GPUs a layer each, of the encoder and of the decoder, and four GPUs 20,000 words of
the softmax each.  One process drives them all.  A sentence goes through in stretches of a few words,
so that a layer reads the next stretch while the layer above reads this one.  Sums are those of the
model on one device; only their order differs.

Shapes: T steps, B sentences, I inputs, H cells, N predicted words, V words of a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor, nn

from seq2seq.model.device import device_name
from seq2seq.model.encoder_decoder import EncoderDecoder, UpdateCost
from seq2seq.model.lstm import RecurrentStack, State

_KINDS = ("weight_ih", "weight_hh")  # a layer's own weights
_ROWS = ("bias_LG", "peephole_L3H")  # a row of them is a layer's
_STRETCH = 8  # words; fewer would keep more layers busy, but launch more and smaller products
_BLOCK_ELEMENTS = 1 << 24  # logits on a device at a time


@dataclass(frozen=True)
class Placement:
    """Where things are: a device for each layer, from the lowest, and one for each softmax part."""

    layers: tuple[torch.device, ...]
    softmax: tuple[torch.device, ...]

    @property
    def place(self) -> str:
        """What the devices are, and how many."""
        return f"{len({*self.layers, *self.softmax})} x {device_name(self.layers[0])}"


def spread(layers: int, devices: Sequence[torch.device]) -> Placement:
    """Half of the devices for the layers, half for the softmax, as the paper did with eight."""
    for_layers = devices[: min(layers, (len(devices) + 1) // 2)]
    places = tuple(for_layers[layer * len(for_layers) // layers] for layer in range(layers))
    return Placement(places, tuple(devices[len(for_layers) :]) or places[:1])


class PlacedEncoderDecoder(EncoderDecoder):
    """The same network with its weights on several devices; it is for training alone."""

    def __init__(self, network: EncoderDecoder, placement: Placement) -> None:
        nn.Module.__init__(self)
        self.settings, self.compute_type = network.settings, network.compute_type
        self.source_embedding = network.source_embedding.to(placement.layers[0])
        self.target_embedding = network.target_embedding.to(placement.layers[0])
        self.encoder = PlacedStack(network.encoder, placement.layers)
        self.decoder = PlacedStack(network.decoder, placement.layers)
        parts = network.output_weight_VH.detach().tensor_split(len(placement.softmax))
        self.output_parts = nn.ParameterList(
            nn.Parameter(part.to(device))
            for part, device in zip(parts, placement.softmax, strict=True)
        )
        self._update_cost = network.update_cost()

    def update_cost(self) -> UpdateCost:
        """As that of the network on one device."""
        return self._update_cost

    def loss_at(
        self, source_TB: Tensor, inputs_TB: Tensor, place_N: Tensor, targets_N: Tensor
    ) -> Tensor:
        """As that of the network on one device."""
        hidden_TBH, _ = self.decode(inputs_TB, self.encode(source_TB))
        hidden_NH = hidden_TBH.flatten(0, 1)[place_N.to(hidden_TBH.device)]
        targets_N = targets_N.to(hidden_TBH.device)
        loss: Tensor = SplitCrossEntropy.apply(hidden_NH, targets_N, *self.output_parts)
        return loss.to(source_TB.device)

    def state_dict(self) -> dict[str, Tensor]:  # type: ignore[override]
        """The weights on the CPU, named and shaped as those of the network on one device."""
        stacks = {"encoder": self.encoder, "decoder": self.decoder}
        return {
            "source_embedding.weight": self.source_embedding.weight.detach().cpu(),
            "target_embedding.weight": self.target_embedding.weight.detach().cpu(),
            "output_weight_VH": torch.cat([part.detach().cpu() for part in self.output_parts]),
        } | {
            f"{side}.{name}": tensor
            for side, stack in stacks.items()
            for name, tensor in stack.state_dict().items()
        }


class PlacedStack(RecurrentStack):
    """Layers on devices of their own; before and after a sentence their states lie on the first one."""

    def __init__(self, stack: RecurrentStack, devices: Sequence[torch.device]) -> None:
        nn.Module.__init__(self)
        self._devices = tuple(devices)
        self._layers = tuple(_one_layer(stack, n).to(device) for n, device in enumerate(devices))
        self.each = nn.ModuleList(self._layers)

    def initial_state(self, batch: int, like: Tensor) -> State:
        """All zeros, as of the stack on one device."""
        return _together([layer.initial_state(batch, like) for layer in self._layers], like.device)

    def forward(self, inputs_TBI: Tensor, state: State) -> tuple[Tensor, State]:
        """As the stack on one device; the outputs are on the top layer's."""
        states = [_of_layer(state, number, place) for number, place in enumerate(self._devices)]
        outputs = []
        for stretch in inputs_TBI.split(_STRETCH):
            for number, device in enumerate(self._devices):
                stretch, states[number] = self._layers[number](stretch.to(device), states[number])
            outputs.append(stretch)
        return torch.cat(outputs), _together(states, inputs_TBI.device)

    def state_dict(self) -> dict[str, Tensor]:  # type: ignore[override]
        """The weights on the CPU, named and shaped as those of the stack on one device."""
        layers = [layer.state_dict() for layer in self._layers]
        whole = {
            f"layers.{kind}_l{number}": layer[f"layers.{kind}_l0"].cpu()
            for number, layer in enumerate(layers)
            for kind in _KINDS
        }
        return whole | {
            name: torch.cat([layer[name].cpu() for layer in layers])
            for name in _ROWS
            if name in layers[0]
        }


def _one_layer(stack: RecurrentStack, number: int) -> RecurrentStack:
    whole = stack.state_dict()
    weights = {f"layers.{kind}_l0": whole[f"layers.{kind}_l{number}"] for kind in _KINDS}
    weights |= {name: whole[name][number : number + 1] for name in _ROWS if name in whole}
    with torch.device("meta"):
        layer = RecurrentStack(
            cell=stack.cell,
            layers=1,
            input_size=weights["layers.weight_ih_l0"].shape[1],
            hidden_size=stack.layers.hidden_size,
            peepholes="peephole_L3H" in weights,
            biases="bias_LG" in weights,
        )
    layer.load_state_dict(weights, assign=True)
    return layer


def _of_layer(state: State, number: int, device: torch.device) -> State:
    """The state of one layer, as a stack of this layer alone takes it."""
    cell = state.cell_LBH
    return State(
        state.hidden_LBH[number : number + 1].to(device),
        None if cell is None else cell[number : number + 1].to(device),
    )


def _together(states: Sequence[State], device: torch.device) -> State:
    hidden = torch.cat([state.hidden_LBH.to(device) for state in states])
    cells = [state.cell_LBH.to(device) for state in states if state.cell_LBH is not None]
    return State(hidden, torch.cat(cells) if cells else None)


class SplitCrossEntropy(torch.autograd.Function):
    """Minus the log probability of ``targets_N``, summed over words, by a softmax in several parts.

    Each part's device makes its own logits and gradients; what the devices tell one another is the
    hidden states, a normaliser of each word, and the parts of the hidden states' gradient.
    """

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        hidden_NH: Tensor,
        targets_N: Tensor,
        *parts_VH: Tensor,
    ) -> Tensor:
        """The loss, on the device of ``hidden_NH``; the gradients are made on the way."""
        home, exact = hidden_NH.device, torch.promote_types(hidden_NH.dtype, torch.float32)
        total = hidden_NH.new_zeros((), dtype=exact)
        hidden_grad = torch.zeros_like(hidden_NH, dtype=exact)
        grads = [torch.zeros_like(part) for part in parts_VH]
        weights = [part.to(hidden_NH.dtype) for part in parts_VH]
        ends = list(accumulate(map(len, parts_VH)))
        for rows in torch.arange(len(hidden_NH)).split(max(_BLOCK_ELEMENTS // ends[-1], 16)):
            block = slice(int(rows[0]), int(rows[-1]) + 1)
            inputs = [hidden_NH[block].to(weight.device) for weight in weights]
            logits = [one @ weight.t() for one, weight in zip(inputs, weights, strict=True)]
            sums = [one.logsumexp(1).to(device=home, dtype=exact) for one in logits]
            normalizer = torch.stack(sums).logsumexp(0)
            total += normalizer.sum()
            for number, weight in enumerate(weights):
                places = targets_N[block].to(weight.device) - (ends[number] - len(weight))
                slopes = logits[number]
                total -= _chosen(slopes, places).to(home)
                _make_slopes(slopes, normalizer.to(weight.device), places)
                hidden_grad[block] += (slopes @ weight).to(home)
                grads[number] += slopes.t() @ inputs[number]
        ctx.save_for_backward(hidden_grad.to(hidden_NH.dtype), *grads)
        return total

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, grad: Tensor
    ) -> tuple[Tensor | None, ...]:
        hidden_grad, *grads = ctx.saved_tensors  # type: ignore[attr-defined]
        scaled = [one.mul_(grad.to(one.device, one.dtype)) for one in (hidden_grad, *grads)]
        return scaled[0], None, *scaled[1:]


def _chosen(logits_NV: Tensor, places_N: Tensor) -> Tensor:
    """The sum of the logits at those places that are in this part, in at least single precision."""
    inside = (places_N >= 0) & (places_N < logits_NV.shape[1])
    nearest_N1 = places_N.clamp(0, logits_NV.shape[1] - 1).unsqueeze(1)
    exact = torch.promote_types(logits_NV.dtype, torch.float32)
    return (logits_NV.gather(1, nearest_N1).squeeze(1).to(exact) * inside).sum()


def _make_slopes(logits_NV: Tensor, normalizer_N: Tensor, places_N: Tensor) -> None:
    """Make of logits, in place, the gradient for them: probability, less one at the target word."""
    inside = (places_N >= 0) & (places_N < logits_NV.shape[1])
    nearest_N1 = places_N.clamp(0, logits_NV.shape[1] - 1).unsqueeze(1)
    logits_NV.sub_(normalizer_N.unsqueeze(1)).exp_()
    logits_NV.scatter_add_(1, nearest_N1, -inside.to(logits_NV.dtype).unsqueeze(1))
