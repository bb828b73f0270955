"""Sentence vectors: the encoder's final state as one row of numbers per sentence.

With four LSTM layers of 1000 units these are the paper's 8000 numbers (section 3.4); Figure 2 shows
their principal plane.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from seq2seq.inference.scoring import TokenIds, TrainedModel
from seq2seq.training.batches import source_batch


@torch.inference_mode()
def sentence_vectors(model: TrainedModel, sources: Sequence[TokenIds]) -> NDArray[np.float32]:
    """Return the encoder's state after ``<EOS>``, [sentences, numbers].

    A row holds h of all layers, the first layer first, then c in the same order (LSTM only).
    """
    source_TB = source_batch(sources, model.source_order).to(model.device)
    state = model.network.encode(source_TB)
    parts = [part for part in (state.hidden_LBH, state.cell_LBH) if part is not None]
    rows = [part.transpose(0, 1).flatten(start_dim=1) for part in parts]
    numbers: NDArray[np.float32] = torch.cat(rows, dim=1).float().cpu().numpy()
    return numbers
