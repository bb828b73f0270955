"""Fingerprint of a run, used to reject another run's checkpoints.

A corpus is identified by its size and a sample of its sentences: reading 12 million pairs is too slow.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seq2seq.config.model_size import ModelSize, count_parameters
from seq2seq.config.schema import ModelSettings
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, sha256
from seq2seq.io.token_ids import TokenDataset
from seq2seq.training.batches import ParallelDataset

_SAMPLE = 1000  # sentences, evenly spaced
_DIGITS = 16  # kept of a digest


@dataclass(frozen=True)
class DataFingerprint:
    """Digests of the vocabularies and of a sample of the corpus, and the corpus size."""

    source_vocabulary: str
    target_vocabulary: str
    pairs: int
    source_words: int
    target_words: int
    sample: str


@dataclass(frozen=True)
class Fingerprint:
    """What all checkpoints of one training share; ``data`` is None in benchmarks."""

    model: ModelSettings
    source_words: int
    target_words: int
    source_order: str
    seed: int
    data: DataFingerprint | None = None

    @property
    def model_size(self) -> ModelSize:
        return count_parameters(
            self.model, source_words=self.source_words, target_words=self.target_words
        )


def fingerprint_of(
    model: ModelSettings,
    corpus: ParallelDataset,
    *,
    seed: int,
    source_vocabulary: str | Path,
    target_vocabulary: str | Path,
) -> Fingerprint:
    """Return the fingerprint of a training on these files."""
    sides = (corpus.source, corpus.target)
    return Fingerprint(
        model=model,
        source_words=vocabulary_size(source_vocabulary),
        target_words=vocabulary_size(target_vocabulary),
        source_order=corpus.source_order,
        seed=seed,
        data=DataFingerprint(
            source_vocabulary=sha256(source_vocabulary)[:_DIGITS],
            target_vocabulary=sha256(target_vocabulary)[:_DIGITS],
            pairs=len(corpus),
            source_words=len(corpus.source.words),
            target_words=len(corpus.target.words),
            sample=_sample_digest(*sides),
        ),
    )


def vocabulary_size(path: str | Path) -> int:
    return sum(1 for _ in read_lines(path)) - 1  # the first line is a header


def _sample_digest(*sides: TokenDataset) -> str:
    digest = hashlib.sha256()
    for side in sides:
        for position in np.unique(np.linspace(0, len(side) - 1, _SAMPLE).astype(np.int64)):
            digest.update(side.offsets[position : position + 2].tobytes())
            digest.update(side[position].tobytes())
    return digest.hexdigest()[:_DIGITS]


def check_fingerprint(path: str | Path, found: Fingerprint, expected: Fingerprint) -> None:
    """Reject a checkpoint of another training, naming the differences.

    Raises:
        UserError: a setting, a vocabulary or the corpus changed since the training started.
    """
    before, now = _flat(asdict(found)), _flat(asdict(expected))
    differences = [
        f"{key} was {before.get(key)} and is {now[key]}"
        for key in now
        if before.get(key) != now[key]
    ]
    if differences:
        raise UserError(
            f"{path}: belongs to another training: {'; '.join(differences)}. Restore the "
            "configuration, or delete the model's folder under `train/` to retrain it."
        )


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat
