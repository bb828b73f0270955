"""The output layer: a full softmax over the target vocabulary, computed in blocks of rows.

All logits at once would take 1.2 GB for the paper's 80,000 words and 128 sentences of 30 words.  The
training loss computes its gradient in the same pass, so no block is stored or recomputed.  It pads the
rows to a multiple of 64: on a CPU oneDNN compiles and caches each new bf16 matrix shape, which costs
milliseconds and about a megabyte, and hardly two batches have the same number of words.

Shapes: N target words, M the next multiple of 64, H hidden units, V vocabulary.
"""

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx

from seq2seq.model.device import linear

# Logits in memory at a time.  Larger on a GPU, which has room: each block adds to the weight gradient.
_BLOCK_ELEMENTS = {"cpu": 1 << 24, "cuda": 1 << 28}
_ROWS = 64  # blocks are multiples of this


def decoding_block_rows(weight_VH: Tensor) -> int:
    """Return how many rows to decode at a time: on a CPU their logits stay in cache."""
    elements = {"cpu": 1 << 21, "cuda": 1 << 27}[weight_VH.device.type]
    return max(elements // len(weight_VH), _ROWS)


def _blocks(hidden_NH: Tensor, weight_VH: Tensor) -> range:
    size = _BLOCK_ELEMENTS[hidden_NH.device.type] // len(weight_VH)
    return range(0, len(hidden_NH), max(size // _ROWS, 1) * _ROWS)


class SummedCrossEntropy(torch.autograd.Function):
    """-log p(targets), summed over words, in at least fp32."""

    @staticmethod
    def forward(
        ctx: FunctionCtx, hidden_NH: Tensor, weight_VH: Tensor, targets_N: Tensor
    ) -> Tensor:
        """Return the loss; the gradients of ``hidden_NH`` and ``weight_VH`` are computed on the way."""
        count, weight = len(hidden_NH), weight_VH.to(hidden_NH.dtype)
        accum_dtype = torch.promote_types(hidden_NH.dtype, torch.float32)
        hidden = nn.functional.pad(hidden_NH, (0, 0, 0, -count % _ROWS))
        targets_M1 = nn.functional.pad(targets_N, (0, -count % _ROWS)).unsqueeze(1)
        total = hidden_NH.new_zeros((), dtype=accum_dtype)
        hidden_grad = torch.empty_like(hidden)
        weight_grad = torch.zeros_like(weight_VH)
        blocks = _blocks(hidden, weight_VH)
        for start in blocks:
            rows, real = slice(start, start + blocks.step), count - start
            logits, targets = linear(hidden[rows], weight), targets_M1[rows]
            max_logit, target_logit = logits.amax(dim=1, keepdim=True), logits.gather(1, targets)
            row_M1 = torch.arange(len(targets), device=targets.device).unsqueeze(1)
            exp_logits = logits.sub_(max_logit).exp_()
            sums = exp_logits.sum(dim=1, keepdim=True)
            log_sums = sums.to(accum_dtype).log() + max_logit.to(accum_dtype)
            total += (log_sums - target_logit.to(accum_dtype))[:real].sum()
            dlogits = exp_logits.mul_(sums.reciprocal())
            dlogits[row_M1, targets] -= 1  # scatter_ in bf16 on a CPU touches the whole matrix
            dlogits[real:] = 0
            torch.mm(dlogits, weight, out=hidden_grad[rows])
            if dlogits.dtype == weight_grad.dtype:
                weight_grad.addmm_(dlogits.t(), hidden[rows])
            else:
                weight_grad.add_(dlogits.t() @ hidden[rows])
        ctx.save_for_backward(hidden_grad[:count], weight_grad)
        return total

    @staticmethod
    def backward(ctx: FunctionCtx, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        hidden_grad, weight_grad = ctx.saved_tensors  # type: ignore[attr-defined]
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
