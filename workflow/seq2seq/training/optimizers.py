"""Optimizers: divide the gradient by the batch size, clip its global norm, take a step.

Section 3.4: for each batch s = ||g||, where g is the gradient divided by 128; if s > 5, g = 5g / s.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from seq2seq.config.training import SegmentSettings
from seq2seq.errors import UserError


class SGD:
    """Plain SGD; clipping is folded into the step, gradients of embeddings may be sparse rows."""

    def __init__(self, parameters: Iterable[nn.Parameter], settings: SegmentSettings) -> None:
        self._parameters, self._settings = list(parameters), settings

    @torch.no_grad()
    def update(self, sentences: int) -> Tensor:
        """Apply the gradients of a summed loss; return the gradient norm before clipping."""
        norm = gradient_norm(self._parameters) / sentences
        factor = (self._settings.clip_norm / norm).clamp(max=1.0) / sentences
        step = -self._settings.learning_rate * factor
        for parameter in self._parameters:
            gradient, parameter.grad = parameter.grad, None
            if gradient is None:
                continue
            if gradient.is_sparse:
                rows = gradient._values().mul_(step.to(parameter.device))
                parameter.index_add_(0, gradient._indices()[0], rows)
            else:
                parameter.addcmul_(gradient, step.to(parameter.device, gradient.dtype))
        return norm

    def state(self) -> dict[str, Tensor]:
        """Return the tensors that an exact resume needs."""
        return {}

    def restore(self, state: dict[str, Tensor]) -> None:
        if state:
            raise UserError(
                "The checkpoint was written by another optimizer. Restore `train.optimizer`, or "
                "delete the model's folder under `train/` to retrain it."
            )


class Adam:
    """Adam (Kingma and Ba 2015), for small corpora on which the paper's SGD cannot converge in time."""

    def __init__(self, parameters: Iterable[nn.Parameter], settings: SegmentSettings) -> None:
        self._parameters = list(parameters)
        self._clip_norm = settings.clip_norm
        self._adam = torch.optim.Adam(self._parameters, lr=settings.learning_rate, fused=True)

    @torch.no_grad()
    def update(self, sentences: int) -> Tensor:
        norm = gradient_norm(self._parameters) / sentences
        factor = (self._clip_norm / norm).clamp(max=1.0) / sentences
        for parameter in self._parameters:
            if parameter.grad is not None:
                parameter.grad.mul_(factor)
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)
        return norm

    def state(self) -> dict[str, Tensor]:
        return {
            f"{number}.{name}": value
            for number, values in self._adam.state_dict()["state"].items()
            for name, value in values.items()
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        by_parameter: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            number, _, name = key.partition(".")
            by_parameter.setdefault(int(number), {})[name] = value
        groups = self._adam.state_dict()["param_groups"]
        self._adam.load_state_dict({"state": by_parameter, "param_groups": groups})


def make_optimizer(network: nn.Module, settings: SegmentSettings) -> SGD | Adam:
    kind = SGD if settings.optimizer == "sgd" else Adam
    return kind(network.parameters(), settings)


def gradient_norm(parameters: Iterable[nn.Parameter]) -> Tensor:
    """Return the global L2 norm of all gradients; duplicate rows of sparse ones are merged in place."""
    norms = []
    for parameter in parameters:
        if parameter.grad is None:
            continue
        if parameter.grad.is_sparse:
            gradient = parameter.grad
            parameter.grad = merged_on_gpu(gradient) if gradient.is_cuda else gradient.coalesce()
            norms.append(parameter.grad._values().norm())
        else:
            norms.append(parameter.grad.norm())
    return torch.stack([norm.to(norms[0].device) for norm in norms]).norm()


def merged_on_gpu(gradient: Tensor) -> Tensor:
    """Merge a sparse gradient's rows of the same word, so that its norm is that of the sum.

    ``coalesce`` synchronizes with a GPU to learn the number of rows.  Here it stays the same: surplus
    rows are zeros for word 0.
    """
    word_N, order_N = gradient._indices()[0].sort(stable=True)
    begins_N = torch.ones_like(word_N)
    begins_N[1:] = word_N[1:] != word_N[:-1]
    row_N = begins_N.cumsum(0) - 1
    values_NE = gradient._values()
    rows_NE = torch.zeros_like(values_NE).index_add_(0, row_N, values_NE[order_N])
    words_N = torch.zeros_like(word_N).scatter_(0, row_N, word_N)
    return torch.sparse_coo_tensor(words_N[None], rows_NE, gradient.shape, check_invariants=False)
