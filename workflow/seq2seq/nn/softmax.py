"""The output layer: a full softmax over the target words, never holding all logits at once.

The paper's 80,000 words times 128 sentences of 30 words would be 1.2 GB of logits.  Rows go through
in blocks; the training loss takes its gradient in the same pass, so that no block is kept or redone.

Shapes: N predicted words, H cells, V words of the vocabulary.
"""

import torch
from torch import Tensor

# Logits in memory at a time.  A GPU has the room, and adds to the weights' gradient once a block.
_BLOCK_ELEMENTS = {"cpu": 1 << 24, "cuda": 1 << 28}


def _blocks(hidden_NH: Tensor, weight_VH: Tensor) -> range:
    size = _BLOCK_ELEMENTS[hidden_NH.device.type] // len(weight_VH)
    return range(0, len(hidden_NH), max(size, 16))


class SummedCrossEntropy(torch.autograd.Function):
    """Minus the log probability of ``targets_N``, summed over words, in single precision."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        hidden_NH: Tensor,
        weight_VH: Tensor,
        targets_N: Tensor,
    ) -> Tensor:
        """The loss; its gradients for ``hidden_NH`` and ``weight_VH`` are made on the way."""
        weight = weight_VH.to(hidden_NH.dtype)
        exact = torch.promote_types(hidden_NH.dtype, torch.float32)
        total = hidden_NH.new_zeros((), dtype=exact)
        hidden_grad = torch.empty_like(hidden_NH)
        weight_grad = torch.zeros_like(weight_VH)
        blocks = _blocks(hidden_NH, weight_VH)
        for start in blocks:
            rows = slice(start, start + blocks.step)
            logits, targets = hidden_NH[rows] @ weight.t(), targets_N[rows, None]
            normalizer = logits.logsumexp(dim=1, keepdim=True)
            total += (normalizer.to(exact) - logits.gather(1, targets).to(exact)).sum()
            probability = logits.sub_(normalizer).exp_()
            probability.scatter_add_(1, targets, -torch.ones_like(targets, dtype=logits.dtype))
            torch.mm(probability, weight, out=hidden_grad[rows])
            _add_product(weight_grad, probability.t(), hidden_NH[rows])
        ctx.save_for_backward(hidden_grad, weight_grad)
        return total

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, grad: Tensor
    ) -> tuple[Tensor, Tensor, None]:
        hidden_grad, weight_grad = ctx.saved_tensors  # type: ignore[attr-defined]
        return hidden_grad * grad.to(hidden_grad.dtype), weight_grad.mul_(grad), None


def _add_product(total: Tensor, left: Tensor, right: Tensor) -> None:
    if left.dtype == total.dtype:
        total.addmm_(left, right)
    else:
        total.add_(left @ right)


def log_probability_of(hidden_NH: Tensor, weight_VH: Tensor, targets_N: Tensor) -> Tensor:
    """The natural log probability of each target word (N,), without gradients."""
    exact = torch.promote_types(hidden_NH.dtype, torch.float32)
    parts = [hidden_NH.new_zeros(0, dtype=exact)]
    blocks = _blocks(hidden_NH, weight_VH)
    for start in blocks:
        rows = slice(start, start + blocks.step)
        logits = (hidden_NH[rows] @ weight_VH.t()).to(exact)
        chosen = logits.gather(1, targets_N[rows, None]).squeeze(1)
        parts.append(chosen - logits.logsumexp(dim=1))
    return torch.cat(parts)
