"""Exact scores of n-best lists, computing shared prefixes once.

The hypotheses of a source share most of their prefixes.  They form a trie whose root is the encoded
source: a node is a prefix, and one decoder step and one softmax row serve all words that follow it.
The nodes of one depth, over several sentences, form one batch; those of all depths share blocks of the
softmax.  Scores equal those of ``scoring.log_probabilities`` up to rounding (relative 1e-10 in fp64,
1e-5 in fp32, 1e-2 in bf16).

Shapes: N hypotheses, T steps, R nodes of one depth, M nodes of all depths, E edges to their children,
H hidden units, V vocabulary.
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
        batch_size: hypotheses in a trie at once, which bounds its memory: M x H numbers, and one block
            of logits.  It does not change the scores.
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
    """Run one decoder step per level, the softmax of all nodes together, and sum along the edges."""
    network, device = model.network, model.device
    state = network.encode(source_batch(sources, model.source_order).to(device))
    walked, outputs = [], []
    for level in levels:
        inputs_TR = torch.from_numpy(level.word_R).to(device).unsqueeze(0)
        parent_R = torch.from_numpy(level.parent_R).to(device)
        hidden_TRH, state = network.decode(inputs_TR, state.select(parent_R))
        walked.append(level)
        outputs.append(hidden_TRH[0])
    first_nodes = np.cumsum([0, *map(len, outputs[:-1])])
    node_E = np.concatenate([one.node_E + n for one, n in zip(walked, first_nodes, strict=True)])
    word_E = np.concatenate([level.word_E for level in walked])
    hidden_MH = torch.cat(outputs)
    del outputs  # frees its memory before the softmax
    added_E = _of_words(hidden_MH, network.output_weight_VH, node_E, word_E)
    total_R, scores_N = np.zeros(len(sources)), np.empty(hypotheses)
    ends = np.cumsum([len(level.node_E) for level in walked])
    for level, level_added_E in zip(walked, np.split(added_E, ends[:-1]), strict=True):
        total_E = total_R[level.node_E] + level_added_E
        scores_N[level.ended_N] = total_E[level.edge_N]
        total_R = total_E[level.inner_E]
    return scores_N


def _of_words(
    hidden_MH: Tensor, weight_VH: Tensor, node_E: Integers, word_E: Integers
) -> NDArray[np.float64]:
    """Return the log probability (E,) of each edge's word at its node; edges are sorted by node."""
    weight_VH = weight_VH.to(hidden_MH.dtype)
    accum_dtype = torch.promote_types(hidden_MH.dtype, torch.float32)
    rows, found = decoding_block_rows(weight_VH), []
    starts = range(0, len(hidden_MH), rows)
    cuts = np.searchsorted(node_E, starts[1:])
    blocks = zip(starts, np.split(node_E, cuts), np.split(word_E, cuts), strict=True)
    for start, nodes, words in blocks:
        logits = linear(hidden_MH[start : start + rows], weight_VH)
        places = (torch.from_numpy(one).to(logits.device) for one in (nodes - start, words))
        found.append(logits.log_softmax(dim=1, dtype=accum_dtype)[tuple(places)].double())
    return torch.cat(found).cpu().numpy()
