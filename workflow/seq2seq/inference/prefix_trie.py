"""Exact scores of n-best lists, computing shared prefixes once.

The hypotheses of a source share most of their prefixes.  They form a trie whose root is the encoded
source: a node is a prefix, and one decoder step and one softmax row serve all words that follow it.
The nodes of one depth, over several sentences, form one batch.  Scores equal those of
``scoring.log_probabilities`` up to rounding (relative 1e-10 in fp64, 1e-5 in fp32, 1e-2 in bf16).

Shapes: N hypotheses, T steps, R nodes of one depth, E edges to their children, H hidden units,
V vocabulary.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seq2seq.inference.scoring import TokenIds, TrainedModel
from seq2seq.model.device import linear
from seq2seq.model.softmax import decoding_block_rows
from seq2seq.special_tokens import EOS_ID
from seq2seq.training.batches import WORDS_PER_SENTENCE, Integers, source_batch


class Level(NamedTuple):
    """The nodes of one depth and their outgoing edges.

    ``word_R`` is a node's last word, ``parent_R`` its parent in the level above.  Edge e goes from node
    ``node_E`` by ``word_E``.  ``inner_E`` are the edges other than ``<EOS>``: in order, they are the
    nodes of the next level.  ``ended_N`` are the hypotheses that end here, by ``edge_N``.
    """

    word_R: Integers
    parent_R: Integers
    node_E: Integers
    word_E: Integers
    inner_E: Integers
    ended_N: Integers
    edge_N: Integers


def trie_log_probabilities(
    model: TrainedModel,
    sources: Sequence[TokenIds],
    hypotheses: Sequence[TokenIds],
    source_index: Integers,
    *,
    batch_size: int,
) -> NDArray[np.float64]:
    """Return log p(hypothesis | source), ``<EOS>`` included; equal hypotheses are scored once.

    Args:
        source_index: for each hypothesis, the position of its source in ``sources``.
        batch_size: hypotheses in a trie at once; it does not change the scores.
    """
    scores = np.empty(len(hypotheses))
    source_lengths = np.array([len(source) for source in sources], dtype=np.int64)
    lengths = np.array([len(hypothesis) for hypothesis in hypotheses], dtype=np.int64)
    longer = np.maximum(lengths, source_lengths[source_index])
    for batch in _batches(hypotheses, source_index, longer, batch_size):
        needed, root_N = np.unique(source_index[batch], return_inverse=True)
        levels = trie_levels([hypotheses[number] for number in batch], root_N)
        scores[batch] = _walk(model, [sources[number] for number in needed], levels, len(batch))
    return scores


def _batches(
    hypotheses: Sequence[TokenIds], source_index: Integers, lengths: Integers, batch_size: int
) -> Iterator[list[int]]:
    """Keep the lists of a sentence together; split a longer list after sorting it, to keep prefixes.

    ``lengths`` are of the longer side.  As in ``bounded_batches``, very long sentences make batches
    smaller: a batch's words are bounded too.
    """
    of_source: dict[int, list[int]] = {}
    for number, owner in enumerate(source_index.tolist()):
        of_source.setdefault(owner, []).append(number)
    batch: list[int] = []
    longest = 0
    for numbers in of_source.values():
        own = int(lengths[numbers].max())
        most = max(1, batch_size * WORDS_PER_SENTENCE // max(own, longest, WORDS_PER_SENTENCE))
        if batch and len(batch) + len(numbers) > most:
            yield batch
            batch, longest = [], 0
            most = max(1, batch_size * WORDS_PER_SENTENCE // max(own, WORDS_PER_SENTENCE))
        if len(numbers) > most:
            numbers.sort(key=lambda number: hypotheses[number].tolist())
            full = len(numbers) - len(numbers) % most
            for start in range(0, full, most):
                yield numbers[start : start + most]
            numbers = numbers[full:]
        batch, longest = batch + numbers, max(longest, own)
    if batch:
        yield batch


def trie_levels(hypotheses: Sequence[TokenIds], root_N: Integers) -> Iterator[Level]:
    """Yield the levels of the trie, from the roots; ``root_N`` is each hypothesis' root, from 0."""
    longest = max(len(hypothesis) for hypothesis in hypotheses)
    end = 1 + max((int(words.max()) for words in hypotheses if len(words)), default=EOS_ID)
    words_NT = np.full((len(hypotheses), longest + 1), end, dtype=np.int64)
    for row, hypothesis in enumerate(hypotheses):
        words_NT[row, : len(hypothesis)] = hypothesis
    live_N, node_N = np.arange(len(hypotheses)), root_N
    word_R = np.full(int(root_N.max()) + 1, EOS_ID, dtype=np.int64)
    parent_R = np.arange(len(word_R))
    for step in range(longest + 1):
        key_E, edge_N = np.unique(node_N * (end + 1) + words_NT[live_N, step], return_inverse=True)
        node_E, word_E = np.divmod(key_E, end + 1)
        inner_E = word_E != end
        ended_N = ~inner_E[edge_N]
        word_E[~inner_E] = EOS_ID
        ends = live_N[ended_N], edge_N[ended_N]
        yield Level(word_R, parent_R, node_E, word_E, np.flatnonzero(inner_E), *ends)
        word_R, parent_R = word_E[inner_E], node_E[inner_E]
        node_N = (np.cumsum(inner_E) - 1)[edge_N[~ended_N]]
        live_N = live_N[~ended_N]


@torch.inference_mode()
def _walk(
    model: TrainedModel, sources: Sequence[TokenIds], levels: Iterator[Level], hypotheses: int
) -> NDArray[np.float64]:
    """Walk down the trie, one decoder step per level, and sum log probabilities."""
    network, device = model.network, model.device
    state = network.encode(source_batch(sources, model.source_order).to(device))
    weight_VH: Tensor = network.output_weight_VH
    total_R = torch.zeros(len(sources), dtype=torch.float64, device=device)
    scores_N = torch.zeros(hypotheses, dtype=torch.float64, device=device)
    for level in levels:
        parent_R = torch.from_numpy(level.parent_R).to(device)
        inputs_TR = torch.from_numpy(level.word_R).to(device).unsqueeze(0)
        outputs_TRH, state = network.decode(inputs_TR, state.select(parent_R))
        weight_VH = weight_VH.to(outputs_TRH.dtype)
        total_E = _follow(outputs_TRH[0], weight_VH, total_R, level)
        ended_N = torch.from_numpy(level.ended_N).to(device)
        scores_N[ended_N] = total_E[torch.from_numpy(level.edge_N).to(device)]
        total_R = total_E[torch.from_numpy(level.inner_E).to(device)]
    return scores_N.cpu().numpy()


def _follow(hidden_RH: Tensor, weight_VH: Tensor, total_R: Tensor, level: Level) -> Tensor:
    """Return the log probability (E,) from the root to each edge's end; edges are sorted by node."""
    accum_dtype = torch.promote_types(hidden_RH.dtype, torch.float32)
    rows = decoding_block_rows(weight_VH)
    node_E = torch.from_numpy(level.node_E).to(hidden_RH.device)
    word_E = torch.from_numpy(level.word_E).to(hidden_RH.device)
    total_E = total_R[node_E]
    for start in range(0, len(hidden_RH), rows):
        edges = slice(*np.searchsorted(level.node_E, [start, start + rows]).tolist())
        logits = linear(hidden_RH[start : start + rows], weight_VH).to(accum_dtype)
        row_E = node_E[edges] - start
        total_E[edges] += logits[row_E, word_E[edges]] - logits.logsumexp(dim=1)[row_E]
    return total_E
