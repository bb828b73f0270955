"""Checkpoints: one safetensors file with the fingerprint of its run; reading it executes no code.

A training is a chain of segments.  Each reads the previous checkpoint and atomically writes the next.
Batches follow from the number of updates alone (see ``batches``).  The fingerprint serves to reject
another run's checkpoints.  It knows a corpus by its size and a sample of its sentences, because reading
12 million pairs is too slow.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from seq2seq.config.loading import build, flattened
from seq2seq.config.training import ModelSettings, ModelSize, count_parameters
from seq2seq.errors import UserError
from seq2seq.io.files import atomic, read_lines, sha256
from seq2seq.io.token_ids import TokenDataset
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.training.batches import ParallelDataset

_KEY = "seq2seq"  # one metadata key, because safetensors does not keep the order of several
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
    """What all checkpoints of one training share; ``data`` is None in benchmarks.

    ``precision`` is that of its products, None before the first update.
    """

    model: ModelSettings
    source_words: int
    target_words: int
    source_order: str
    seed: int
    data: DataFingerprint | None = None
    precision: str | None = None

    @property
    def model_size(self) -> ModelSize:
        return count_parameters(
            self.model, source_words=self.source_words, target_words=self.target_words
        )


@dataclass(frozen=True)
class Checkpoint:
    """The state of a training after ``updates`` updates; tensors are on the CPU."""

    fingerprint: Fingerprint
    segment: int
    updates: int
    network: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]

    def make_network(self) -> EncoderDecoder:
        network = build_network(self.fingerprint, device="meta")
        network.load_state_dict(dict(self.network), assign=True)
        return network


def build_network(fingerprint: Fingerprint, *, device: str = "cpu") -> EncoderDecoder:
    """Build an uninitialized network; on the ``meta`` device it takes no memory."""
    with torch.device(device):
        return EncoderDecoder(
            fingerprint.model,
            source_words=fingerprint.source_words,
            target_words=fingerprint.target_words,
        )


def write_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    parts = {"network": checkpoint.network, "optimizer": checkpoint.optimizer}
    tensors = {
        f"{part}.{name}": tensor.detach().cpu().contiguous()
        for part, named in parts.items()
        for name, tensor in named.items()
    }
    reached = {"segment": checkpoint.segment, "updates": checkpoint.updates}
    description = {"fingerprint": asdict(checkpoint.fingerprint)} | reached
    metadata = {_KEY: json.dumps(description, sort_keys=True)}
    try:
        with atomic(path) as temporary:
            save_file(tensors, temporary, metadata=metadata)
    except (SafetensorError, OSError) as error:
        raise UserError(
            f"{path}: cannot be written ({error}). Free disk space and rerun; the previous file is "
            "unchanged."
        ) from error


def read_checkpoint(path: str | Path) -> Checkpoint:
    description, tensors = _read(path)
    try:
        fingerprint = build(Fingerprint, description["fingerprint"], ("fingerprint",))
        segment, updates = (build(int, description[key], (key,)) for key in ("segment", "updates"))
    except (UserError, KeyError, TypeError) as error:
        problem = str(error) if isinstance(error, UserError) else f"{error!s}: is missing."
        raise UserError(
            f"{path}: written by another version of seq2seq ({problem}) Use that version, or "
            "delete the file and rerun."
        ) from error
    parts: dict[str, dict[str, Tensor]] = {"network": {}, "optimizer": {}}
    for key, tensor in tensors.items():
        part, _, name = key.partition(".")
        parts.setdefault(part, {})[name] = tensor
    expected = build_network(fingerprint, device="meta").state_dict()
    shapes, found = ({n: t.shape for n, t in some.items()} for some in (expected, parts["network"]))
    if len(parts) > 2 or shapes != found:
        different = sorted(n for n in {*shapes, *found} if shapes.get(n) != found.get(n))
        wrong = different or [*parts][2:]
        raise UserError(
            f"{path}: its weights do not fit the network that it describes (`{wrong[0]}`). Copy or "
            "train it again."
        )
    return Checkpoint(fingerprint, segment, updates, parts["network"], parts["optimizer"])


def _read(path: str | Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if _KEY not in metadata:
                raise UserError(f"{path}: not a checkpoint of seq2seq. Give one of a training.")
            return json.loads(metadata[_KEY]), {n: file.get_tensor(n) for n in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such checkpoint.") from error
    except (SafetensorError, OSError) as error:
        raise UserError(f"{path}: damaged checkpoint ({error}). Delete it and rerun.") from error


def fingerprint_of(
    model: ModelSettings,
    corpus: ParallelDataset,
    seed: int,
    source_vocabulary: str | Path,
    target_vocabulary: str | Path,
) -> Fingerprint:
    sizes = vocabulary_size(source_vocabulary), vocabulary_size(target_vocabulary)
    digests = sha256(source_vocabulary)[:_DIGITS], sha256(target_vocabulary)[:_DIGITS]
    words = len(corpus.source.words), len(corpus.target.words)
    sample = _sample_digest(corpus.source, corpus.target)
    data = DataFingerprint(*digests, len(corpus), *words, sample)
    return Fingerprint(model, *sizes, corpus.source_order, seed, data)


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
    """Reject a checkpoint of another training, naming the differences."""
    before, now = flattened(asdict(found)), flattened(asdict(expected))
    changed = [key for key in now if before.get(key) != now[key]]
    if changed:
        differences = [f"{key} was {before.get(key)} and is {now[key]}" for key in changed]
        raise UserError(
            f"{path}: belongs to another training: {'; '.join(differences)}. Restore the "
            "configuration, or delete the model's folder under `train/` to retrain it."
        )
