"""What the encoder hands over, as rows of numbers."""

import dataclasses

import numpy as np
import pytest
import torch

import tiny_models
from seq2seq.inference.scoring import TrainedModel, sentence_vectors
from seq2seq.special_tokens import EOS_ID


def test_a_row_is_all_layers_hidden_then_cell_state() -> None:
    model = tiny_models.trained(seed=1)
    (row,) = sentence_vectors(model, tiny_models.words([2, 3, 4]))
    state = model.network.encode(torch.tensor([[4], [3], [2], [EOS_ID]]))
    parts = [*state.hidden_LBH[:, 0], *state.cell_LBH[:, 0]]
    assert row == pytest.approx(torch.cat(parts).tolist(), rel=1e-6)
    assert len(row) == 2 * 2 * 6  # layers, h and c, cells


def test_a_sentence_s_row_does_not_depend_on_its_neighbours() -> None:
    model = tiny_models.trained(seed=1)
    sources = tiny_models.words([2, 3, 4, 5, 6], [7], [3, 2])
    together = sentence_vectors(model, sources)
    single_process = np.concatenate([sentence_vectors(model, [source]) for source in sources])
    assert together == pytest.approx(single_process, abs=1e-6)


def test_the_order_of_words_and_the_order_of_reading_matter() -> None:
    model = tiny_models.trained(seed=1)
    one, other = sentence_vectors(model, tiny_models.words([2, 3, 4], [4, 3, 2]))
    assert np.abs(one - other).max() > 0.01
    forward = dataclasses.replace(model, source_order="forward")
    assert sentence_vectors(forward, tiny_models.words([4, 3, 2]))[0] == pytest.approx(
        one, abs=1e-6
    )


def test_a_model_without_cells_has_half_as_many_numbers() -> None:
    model = TrainedModel("gru", tiny_models.network(seed=1, cell="gru"), "forward")
    assert sentence_vectors(model, tiny_models.words([2, 3])).shape == (1, 2 * 6)
