"""Networks, trainer and search together must learn tasks whose answers are known."""

import numpy as np
import pytest
import torch

from seq2seq.config.training import ModelSettings, SegmentSettings
from seq2seq.inference.beam_search import beam_search
from seq2seq.inference.scoring import TrainedModel, perplexity
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import Checkpoint, Fingerprint, build_network
from seq2seq.training.distributed import World
from seq2seq.training.trainer import train_segment
from tiny_models import OPEN, sentences

pytestmark = pytest.mark.slow

SYMBOLS = 8  # beside UNK and <EOS>
WORDS = SYMBOLS + 2


def copies(pairs, *, shortest, longest, seed):
    """Sequences of symbols whose translation is the sequence itself."""
    chance = np.random.default_rng(seed)
    lengths = chance.integers(shortest, longest + 1, pairs)
    return [chance.integers(2, WORDS, length).tolist() for length in lengths]


def corpus_of(sequences, order):
    return ParallelDataset(sentences(*sequences), sentences(*sequences), order)


def train(sequences, *, order, hidden, optimizer, learning_rate, epochs, seed=1, **settings):
    """A one-layer LSTM after so many epochs, and the measurements of its training."""
    model = ModelSettings("lstm", 1, hidden, hidden, 0.08, **OPEN)
    fingerprint = Fingerprint(model, WORDS, WORDS, order, seed)
    network = build_network(fingerprint)
    network.initialize(initial_range=0.08, generator=torch.Generator().manual_seed(seed))
    records = []
    after = train_segment(
        Checkpoint(fingerprint, 0, 0, network.state_dict(), {}),
        corpus_of(sequences, order),
        SegmentSettings(optimizer=optimizer, learning_rate=learning_rate, precision="fp32",
                        segment_epochs=epochs, deterministic=False, all_reduce="fp32", dropout=0.0,
                        bucket_words=1,
                        **settings),
        world=World(torch.device("cpu")),
        record=records.append,
    )  # fmt: skip
    return TrainedModel("toy", after.make_network().eval(), order), records


def perplexity_on(model, sequences):
    made = sentences(*sequences)
    return perplexity(model, list(made), list(made), batch_size=200)


def exact(model, sequences):
    """The share of sequences that a search of beam 1 gives back without a mistake."""
    sources = list(sentences(*sequences))
    found = beam_search([model], sources, beam=1, max_words=[20] * len(sources))
    return np.mean([list(best[0].words) == nbest for best, nbest in
                    zip(found, sequences, strict=True)])  # fmt: skip


def test_a_small_lstm_learns_to_say_a_sequence_backwards_as_it_is_read():
    """Read reversed, a copy is a sequence said backwards."""
    sequences = copies(3000, shortest=2, longest=5, seed=1)
    model, _ = train(
        *(sequences,),
        order="reversed", hidden=64, optimizer="adam", learning_rate=0.01, epochs=9,
        batch_size=50, clip_norm=1.0,
    )  # fmt: skip
    unseen = [s for s in copies(400, shortest=2, longest=5, seed=2) if s not in sequences]
    assert len(unseen) > 100
    assert exact(model, unseen) >= 0.95


def test_the_paper_s_recipe_lowers_the_perplexity_of_a_toy_task():
    sequences = copies(2000, shortest=2, longest=4, seed=1)
    model, records = train(
        sequences, order="reversed", hidden=32, optimizer="sgd", learning_rate=0.7, epochs=9,
        batch_size=16, clip_norm=5.0,
    )  # fmt: skip
    unseen = copies(200, shortest=2, longest=4, seed=2)
    assert perplexity_on(model, unseen) < 0.6 * records[0]["perplexity"]


def test_after_the_same_updates_reading_backwards_has_learned_more_than_reading_forwards():
    """Section 3.3: reversing brings the first words close to their translation."""
    sequences = copies(1500, shortest=7, longest=9, seed=1)
    unseen = copies(200, shortest=7, longest=9, seed=2)
    found = {}
    for order in ("forward", "reversed"):
        model, _ = train(
            sequences, order=order, hidden=48, optimizer="adam", learning_rate=0.01, epochs=7,
            batch_size=30, clip_norm=1.0,
        )  # fmt: skip
        found[order] = perplexity_on(model, unseen)
    assert found["reversed"] < 0.6 * found["forward"]
