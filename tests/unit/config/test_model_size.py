"""Parameters counted from settings, against the networks themselves."""

from dataclasses import replace

import pytest
import torch

from configurations import PAPER, load
from seq2seq.config.training import count_parameters
from seq2seq.model.encoder_decoder import EncoderDecoder
from tiny_models import model_settings

PAPER_MODEL = load(PAPER).model
PAPER_WORDS = {"source_words": 160_000, "target_words": 80_000}
SHAPES = {
    "the paper": (PAPER_MODEL, PAPER_WORDS),
    "peepholes": (replace(PAPER_MODEL, peepholes=True), PAPER_WORDS),
    **{
        f"{layers} x {cell}": (model_settings(cell, layers), {"source_words": 9, "target_words": 5})
        for cell in ("lstm", "gru", "rnn")
        for layers in (1, 3)
    },
}


@pytest.mark.parametrize(("model", "words"), SHAPES.values(), ids=SHAPES.keys())
def test_the_count_is_that_of_the_network(model, words):
    with torch.device("meta"):
        network = EncoderDecoder(model, **words)
    size = count_parameters(model, **words)
    assert size.total == sum(parameter.numel() for parameter in network.parameters())
    assert size.encoder == sum(parameter.numel() for parameter in network.encoder.parameters())
    assert size.decoder == sum(parameter.numel() for parameter in network.decoder.parameters())


def test_the_paper_s_sum_comes_out_part_by_part():
    """Section 3.4: 384M parameters, of which 64M recurrent, 32M in each stack."""
    size = count_parameters(PAPER_MODEL, **PAPER_WORDS)
    assert size.by_part() == {
        "source_embedding": 160_000_000,
        "target_embedding": 80_000_000,
        "softmax": 80_000_000,
        "recurrent": 64_000_000,
        "total": 384_000_000,
    }


def test_training_takes_six_operations_for_each_weight_that_a_word_meets():
    size = count_parameters(PAPER_MODEL, **PAPER_WORDS)
    assert size.source_word_flops == 6 * 32_000_000
    assert size.target_word_flops == 6 * 112_000_000


def test_peepholes_add_three_weights_a_cell():
    size = count_parameters(replace(PAPER_MODEL, peepholes=True), **PAPER_WORDS)
    assert size.total == 384_024_000
