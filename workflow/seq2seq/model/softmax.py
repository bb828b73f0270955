"""The output layer: a full softmax over the target vocabulary, computed in blocks of rows.

All logits at once would take 1.2 GB for the paper's 80,000 words and 128 sentences of 30 words.  The
training loss computes its gradient in the same pass, so no block is stored or recomputed.  It pads the
rows to a multiple of 64: on a CPU oneDNN compiles and caches each new bf16 matrix shape, which costs
milliseconds and about a megabyte, and hardly two batches have the same number of words.

Shapes: N target words, M the next multiple of 64, H hidden units, V vocabulary.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from seq2seq.model.device import linear
from seq2seq.runtime.logging import first_line, log

# Logits in memory at a time.  Larger on a GPU, which has room: each block adds to the weight gradient.
_BLOCK_ELEMENTS = {"cpu": 1 << 24, "cuda": 1 << 28}
_ROWS = 64  # blocks are multiples of this
_Gradient = Callable[[Tensor, Tensor], Tensor]  # of logits (M, V), in place, for targets (M, 1)


def decoding_block_rows(weight_VH: Tensor) -> int:
    """Return how many rows to decode at a time: on a CPU their logits stay in cache."""
    elements = {"cpu": 1 << 21, "cuda": 1 << 27}[weight_VH.device.type]
    return max(elements // len(weight_VH), _ROWS)


def _blocks(hidden_NH: Tensor, weight_VH: Tensor) -> range:
    size = _BLOCK_ELEMENTS[hidden_NH.device.type] // len(weight_VH)
    return range(0, len(hidden_NH), max(size // _ROWS, 1) * _ROWS)


def _gradient_in_one_pass(logits_MV: Tensor, targets_M1: Tensor) -> Tensor:
    """The same as ``_gradient_by_operators``, for ``torch.compile``: two kernels instead of eight.

    The logits are read in their own type, and all arithmetic is in at least fp32.
    """
    exact = logits_MV.to(torch.promote_types(logits_MV.dtype, torch.float32))
    log_sums = exact.logsumexp(dim=1, keepdim=True)
    losses = log_sums - exact.gather(1, targets_M1)
    words_V = torch.arange(logits_MV.shape[1], device=logits_MV.device)
    logits_MV.copy_((exact - log_sums).exp() - (words_V == targets_M1).to(exact.dtype))
    return losses


def _gradient_by_operators(logits_MV: Tensor, targets_M1: Tensor) -> Tensor:
    """Return the losses (M, 1), and overwrite the logits with their gradient."""
    accum_dtype = torch.promote_types(logits_MV.dtype, torch.float32)
    max_logit, target_logit = logits_MV.amax(dim=1, keepdim=True), logits_MV.gather(1, targets_M1)
    row_M1 = torch.arange(len(targets_M1), device=targets_M1.device).unsqueeze(1)
    exp_logits = logits_MV.sub_(max_logit).exp_()
    sums = exp_logits.sum(dim=1, keepdim=True)
    log_sums = sums.to(accum_dtype).log() + max_logit.to(accum_dtype)
    exp_logits.mul_(sums.reciprocal())
    exp_logits[row_M1, targets_M1] -= 1  # scatter_ in bf16 on a CPU touches the whole matrix
    return log_sums - target_logit.to(accum_dtype)


@cache
def _gradient_in_place(device: torch.device, dtype: torch.dtype) -> _Gradient:
    """Return the faster of both: compiled on a GPU, unless its bits must be the same each time.

    What the compiler chooses depends on the first batch's shape, so that a resumed training could
    round differently.
    """
    if device.type != "cuda" or torch.are_deterministic_algorithms_enabled():
        return _gradient_by_operators
    compiled: _Gradient = torch.compile(_gradient_in_one_pass, dynamic=True)
    try:
        logits = torch.zeros(2 * _ROWS, 1000, dtype=dtype, device=device)
        compiled(logits, torch.zeros(2 * _ROWS, 1, dtype=torch.long, device=device))
    except Exception as error:  # whatever a compiler says: training goes on without it
        log.warning(f"warning: torch.compile failed, so training is slower: {first_line(error)}")
        return _gradient_by_operators
    return compiled


class SummedCrossEntropy(torch.autograd.Function):
    """-log p(targets), summed over words, in at least fp32."""

    @staticmethod
    def forward(ctx: Any, hidden_NH: Tensor, weight_VH: Tensor, targets_N: Tensor) -> Tensor:
        """Return the loss; the gradients of ``hidden_NH`` and ``weight_VH`` are computed on the way."""
        count, weight = len(hidden_NH), weight_VH.to(hidden_NH.dtype)
        accum_dtype = torch.promote_types(hidden_NH.dtype, torch.float32)
        hidden = nn.functional.pad(hidden_NH, (0, 0, 0, -count % _ROWS))
        targets_M1 = nn.functional.pad(targets_N, (0, -count % _ROWS)).unsqueeze(1)
        total = hidden_NH.new_zeros((), dtype=accum_dtype)
        hidden_grad = torch.empty_like(hidden)
        weight_grad = torch.zeros_like(weight_VH)
        blocks = _blocks(hidden, weight_VH)
        gradient_in_place = _gradient_in_place(hidden.device, hidden.dtype)
        for start in blocks:
            rows, real = slice(start, start + blocks.step), count - start
            logits, targets = linear(hidden[rows], weight), targets_M1[rows]
            total += gradient_in_place(logits, targets)[:real].sum()
            dlogits = logits
            dlogits[real:] = 0
            torch.mm(dlogits, weight, out=hidden_grad[rows])
            if dlogits.dtype == weight_grad.dtype:
                weight_grad.addmm_(dlogits.t(), hidden[rows])
            elif dlogits.is_cuda:  # adds in fp32: one pass over the gradient less, and one rounding
                dtype = weight_grad.dtype
                torch.addmm(weight_grad, dlogits.t(), hidden[rows], dtype, out=weight_grad)
            else:
                weight_grad.add_(dlogits.t() @ hidden[rows])
        ctx.save_for_backward(hidden_grad[:count], weight_grad)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        hidden_grad, weight_grad = ctx.saved_tensors
        return hidden_grad * grad.to(hidden_grad.dtype), weight_grad.mul_(grad), None


def log_probability_of(hidden_NH: Tensor, weight_VH: Tensor, targets_N: Tensor) -> Tensor:
    """Return the natural log probability of each target word (N,), without gradients."""
    accum_dtype = torch.promote_types(hidden_NH.dtype, torch.float32)
    parts = [hidden_NH.new_zeros(0, dtype=accum_dtype)]
    blocks = _blocks(hidden_NH, weight_VH)
    for start in blocks:
        rows = slice(start, start + blocks.step)
        logits = linear(hidden_NH[rows], weight_VH).to(accum_dtype)
        target_logit = logits.gather(1, targets_N[rows, None]).squeeze(1)
        parts.append(target_logit - logits.logsumexp(dim=1))
    return torch.cat(parts)
