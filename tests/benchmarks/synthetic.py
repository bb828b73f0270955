"""Models and corpora of a stated size, for timing: words by Zipf's law, lengths as in news."""

import numpy as np
import torch

from seq2seq.config.training import ModelSettings
from seq2seq.inference.scoring import TrainedModel
from seq2seq.io.token_ids import TokenDataset
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import Checkpoint, Fingerprint, build_network
from tiny_models import OPEN

MEDIUM = ModelSettings(
    cell="lstm", layers=4, hidden_size=512, embedding_size=512, initial_range=0.08, **OPEN
)
SMALL = ModelSettings(
    cell="lstm", layers=2, hidden_size=256, embedding_size=256, initial_range=0.08, **OPEN
)
PAPER = ModelSettings(
    cell="lstm", layers=4, hidden_size=1000, embedding_size=1000, initial_range=0.08, **OPEN
)
SIZES = {"small": (SMALL, 8000), "medium": (MEDIUM, 16000), "paper": (PAPER, 80000)}


def corpus(pairs: int, vocabulary: int, *, mean_words: int = 25) -> ParallelDataset:
    random = np.random.default_rng(1)
    lengths = np.clip(random.gamma(4, mean_words / 4, pairs).round(), 1, 80).astype(np.int64)
    share = 1 / np.arange(1, vocabulary - 1)
    sides = []
    for _ in range(2):
        words = random.choice(vocabulary - 2, lengths.sum(), p=share / share.sum()) + 2
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        sides.append(TokenDataset(words.astype(np.int32), offsets))
    return ParallelDataset(sides[0], sides[1], "reversed")


def beginning(size: str) -> Checkpoint:
    settings, vocabulary = SIZES[size]
    fingerprint = Fingerprint(settings, vocabulary, vocabulary, "reversed", 1)
    network = build_network(fingerprint)
    network.initialize(initial_range=0.08, generator=torch.Generator().manual_seed(1))
    return Checkpoint(fingerprint, 0, 0, network.state_dict(), {})


def model(size: str) -> TrainedModel:
    return TrainedModel(size, beginning(size).make_network().eval(), "reversed")
