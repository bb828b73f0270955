"""FLOPs of the products in a piece of work, and the rate of products alone."""

import torch

from benchmarks import synthetic
from benchmarks.timing import Candidate
from seq2seq.config.training import ModelSize, count_parameters
from seq2seq.inference.scoring import TokenIds
from seq2seq.model.device import COMPUTE_TYPES, linear
from seq2seq.special_tokens import PAD_ID
from seq2seq.training.batches import Batch

FLOPS_OF_A_RUN = 4e9


def product(size: str, rows: int, precision: str) -> Candidate:
    """A product of the network's, hidden units to gates; ``amount`` is its FLOPs."""
    hidden = synthetic.SIZES[size][0].hidden_size
    dtype = COMPUTE_TYPES[precision]
    rows_RI, weight_OI = (torch.randn(n, hidden).to(dtype) for n in (rows, 4 * hidden))
    flops = 8 * rows * hidden * hidden
    times = max(1, int(FLOPS_OF_A_RUN / flops))

    def run() -> None:
        for _ in range(times):
            linear(rows_RI, weight_OI)

    return Candidate(f"products alone, {precision}, {rows} rows", flops * times, run)


def model_size(size: str) -> ModelSize:
    settings, words = synthetic.SIZES[size]
    return count_parameters(settings, source_words=words, target_words=words)


def of_training(size: str, batches: list[Batch]) -> float:
    """Forward and backward."""
    model = model_size(size)
    sources = sum(int((batch.source_TB != PAD_ID).sum()) for batch in batches)
    targets = sum(int((batch.targets_TB != PAD_ID).sum()) for batch in batches)
    return sources * model.source_word_flops + targets * model.target_word_flops


def forward(size: str, source_words: int, target_words: int) -> float:
    """A third of those of training."""
    model = model_size(size)
    return (source_words * model.source_word_flops + target_words * model.target_word_flops) / 3


def of_search(size: str, words: int, beam: int) -> float:
    """Of a sentence of ``words`` words, translated into as many.

    The encoder reads ``<EOS>`` too, and the first step has one hypothesis.
    """
    return forward(size, words + 1, 1 + beam * (words - 1))


def of_trie(size: str, source: TokenIds, hypotheses: list[TokenIds]) -> float:
    """Of a list in which what hypotheses share at their beginning is computed once."""
    prefixes = {tuple(one[:n]) for one in hypotheses for n in range(len(one) + 1)}
    return forward(size, len(source), len(prefixes))
