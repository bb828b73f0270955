"""Score existing sentences by a trained model (forced decoding), or encode them as vectors.

Shapes: T steps, B hypotheses, H hidden units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.model.softmax import log_probability_of
from seq2seq.special_tokens import EOS_ID, PAD_ID
from seq2seq.training.batches import bounded_batches, source_batch, target_batch

TokenIds = NDArray[np.int32]


@dataclass(frozen=True)
class TrainedModel:
    """A network and the order in which its encoder reads the source."""

    name: str
    network: EncoderDecoder
    source_order: str

    @property
    def device(self) -> torch.device:
        return self.network.output_weight_VH.device


@torch.inference_mode()
def log_probabilities(
    model: TrainedModel,
    sources: Sequence[TokenIds],
    hypotheses: Sequence[TokenIds],
    source_index: NDArray[np.int64],
    *,
    batch_size: int,
    ignore_ids: Sequence[int] = (),
) -> NDArray[np.float64]:
    """Return log p(hypothesis | source), ``<EOS>`` included, for each hypothesis.

    Args:
        source_index: for each hypothesis, the position of its source in ``sources``.
        ignore_ids: token ids whose log probability is left out of the sum.
    """
    scores = np.empty(len(hypotheses))
    lengths = np.array([len(hypothesis) for hypothesis in hypotheses], dtype=np.int64)
    source_lengths = np.array([len(source) for source in sources], dtype=np.int64)[source_index]
    longer = np.maximum(lengths, source_lengths)
    order = np.lexsort((source_index, lengths))
    for rows in bounded_batches(order, longer, batch_size=batch_size):
        needed, columns = np.unique(source_index[rows], return_inverse=True)
        source_TB = source_batch([sources[index] for index in needed], model.source_order)
        targets = [hypotheses[row] for row in rows]
        inputs_TB = target_batch([[EOS_ID, *target] for target in targets]).to(model.device)
        targets_TB = target_batch([[*target, EOS_ID] for target in targets]).to(model.device)
        state = model.network.encode(source_TB.to(model.device))
        state = state.select(torch.from_numpy(columns).to(model.device))
        outputs_TBH, _ = model.network.decode(inputs_TB, state)
        is_target_TB = targets_TB != PAD_ID
        targets_N = targets_TB[is_target_TB]
        weight_VH = model.network.output_weight_VH.to(outputs_TBH.dtype)
        words = log_probability_of(outputs_TBH[is_target_TB], weight_VH, targets_N)
        for word in ignore_ids:
            words = words.masked_fill(targets_N == word, 0.0)
        sums = torch.zeros(len(rows), dtype=torch.float64, device=model.device)
        sums.index_add_(0, is_target_TB.nonzero()[:, 1], words.double())
        scores[rows] = sums.cpu().numpy()
    return scores


def counted_words(targets: Sequence[TokenIds], ignore_ids: Sequence[int] = ()) -> NDArray[np.int64]:
    """Return the number of words of each target, with ``<EOS>`` and without ``ignore_ids``."""
    end = EOS_ID not in ignore_ids
    counts = [len(target) - np.isin(target, ignore_ids).sum() + end for target in targets]
    return np.array(counts, dtype=np.int64)


def perplexity(
    model: TrainedModel,
    sources: Sequence[TokenIds],
    targets: Sequence[TokenIds],
    batch_size: int,
    ignore_ids: Sequence[int] = (),
) -> float:
    """Return exp(-mean log p of a target word); ``<EOS>`` and UNK count as words."""
    pairs = sources, targets, np.arange(len(targets))
    scores = log_probabilities(model, *pairs, batch_size=batch_size, ignore_ids=ignore_ids)
    return float(np.exp(-scores.sum() / counted_words(targets, ignore_ids).sum()))


@torch.inference_mode()
def sentence_vectors(model: TrainedModel, sources: Sequence[TokenIds]) -> NDArray[np.float32]:
    """Return the encoder's state after ``<EOS>``, [sentences, numbers]; Figure 2 is their plane.

    A row holds h of all layers, the first layer first, then c in the same order (LSTM only): with four
    LSTM layers of 1000 units the paper's 8000 numbers (section 3.4).
    """
    state = model.network.encode(source_batch(sources, model.source_order).to(model.device))
    parts = [part for part in (state.hidden_LBH, state.cell_LBH) if part is not None]
    rows = [part.transpose(0, 1).flatten(start_dim=1) for part in parts]
    numbers: NDArray[np.float32] = torch.cat(rows, dim=1).float().cpu().numpy()
    return numbers
