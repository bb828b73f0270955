"""Small models and corpora for tests."""

from collections import Counter

import numpy as np
import torch

from seq2seq.config.training import ModelSettings, SegmentSettings
from seq2seq.data.vocabulary import Vocabulary, most_frequent
from seq2seq.inference.scoring import TrainedModel
from seq2seq.io.token_ids import TokenDataset
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import Checkpoint, Fingerprint, build_network

# What the paper leaves open, as in config.yaml.
OPEN = {"peepholes": False, "encoder_reads_end": True}


def model_settings(cell: str = "lstm", layers: int = 2) -> ModelSettings:
    return ModelSettings(
        cell=cell, layers=layers, hidden_size=6, embedding_size=5, initial_range=0.5, **OPEN
    )


def network(
    *, seed: int, source_words: int = 9, target_words: int = 5, cell: str = "lstm"
) -> EncoderDecoder:
    """Double precision; weights so large that words differ clearly in probability."""
    made = EncoderDecoder(
        model_settings(cell), source_words=source_words, target_words=target_words
    ).double()
    made.initialize(initial_range=1.5, generator=torch.Generator().manual_seed(seed))
    return made


def trained(*, seed: int, source_order: str = "reversed", target_words: int = 5) -> TrainedModel:
    return TrainedModel(f"toy-{seed}", network(seed=seed, target_words=target_words), source_order)


def vocabulary_of(lines: list[str], size: int) -> Vocabulary:
    """The most frequent words of lines."""
    counts = Counter(word for line in lines for word in line.split(" ") if word)
    return most_frequent(counts.items(), sentences=len(lines), size=size)


def words(*sentences: list[int]) -> list[np.ndarray]:
    return [np.array(sentence, dtype=np.int32) for sentence in sentences]


def sentences(*lists: list[int]) -> TokenDataset:
    offsets = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    return TokenDataset(np.array([word for one in lists for word in one], dtype=np.int32), offsets)


def random_corpus(
    pairs: int, *, source_words: int = 9, target_words: int = 5, order: str = "reversed"
) -> ParallelDataset:
    random = np.random.default_rng(7)
    sides = [
        [random.integers(2, size, random.integers(1, 7)).tolist() for _ in range(pairs)]
        for size in (source_words, target_words)
    ]
    return ParallelDataset(sentences(*sides[0]), sentences(*sides[1]), order)


def beginning(*, seed: int = 1, source_words: int = 9, target_words: int = 5) -> Checkpoint:
    fingerprint = Fingerprint(model_settings(), source_words, target_words, "reversed", seed)
    made = build_network(fingerprint)
    made.initialize(initial_range=0.1, generator=torch.Generator().manual_seed(seed))
    return Checkpoint(fingerprint, 0, 0, made.state_dict(), {})


def segment_settings(
    *,
    optimizer: str = "sgd",
    learning_rate: float = 0.7,
    segment_epochs: float = 0.5,
    dropout: float = 0.0,
    precision: str = "fp32",
) -> SegmentSettings:
    return SegmentSettings(
        batch_size=8,
        bucket_words=1,
        optimizer=optimizer,
        learning_rate=learning_rate,
        clip_norm=5.0,
        precision=precision,
        segment_epochs=segment_epochs,
        deterministic=False,
        all_reduce="fp32",
        dropout=dropout,
    )
