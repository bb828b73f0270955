"""Checkpoints: one safetensors file with the fingerprint of its run; reading it executes no code.

A training is a chain of segments.  Each reads the previous checkpoint and atomically writes the next.
Batches follow from the number of updates alone (see ``batches``).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from seq2seq.config.loading import build
from seq2seq.errors import UserError
from seq2seq.io.files import atomic
from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.training.fingerprint import Fingerprint

_KEY = "seq2seq"  # one metadata key, because safetensors does not keep the order of several


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
    """Write a checkpoint atomically.

    Raises:
        UserError: the disk is full, or the folder is not writable.
    """
    tensors = {f"network.{name}": tensor for name, tensor in checkpoint.network.items()}
    tensors |= {f"optimizer.{name}": tensor for name, tensor in checkpoint.optimizer.items()}
    description = {
        "fingerprint": asdict(checkpoint.fingerprint),
        "segment": checkpoint.segment,
        "updates": checkpoint.updates,
    }
    metadata = {_KEY: json.dumps(description, sort_keys=True)}
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        with atomic(path) as temporary:
            save_file(contiguous, temporary, metadata=metadata)
    except (SafetensorError, OSError) as error:
        raise UserError(
            f"{path}: cannot be written ({error}). Free disk space and rerun; the previous file is "
            "unchanged."
        ) from error


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        UserError: the file is missing, damaged, or not a checkpoint of this package.
    """
    description, tensors = _read(path)
    try:
        fingerprint = build(Fingerprint, description["fingerprint"])
    except UserError as error:
        raise UserError(
            f"{path}: written by another version of seq2seq (fingerprint.{error}) Use that version, or "
            "delete the file and rerun."
        ) from error
    return Checkpoint(
        fingerprint=fingerprint,
        segment=description["segment"],
        updates=description["updates"],
        network=_part(tensors, "network."),
        optimizer=_part(tensors, "optimizer."),
    )


def _read(path: str | Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if _KEY not in metadata:
                raise UserError(
                    f"{path}: not a checkpoint of seq2seq. Give one that a training wrote."
                )
            return json.loads(metadata[_KEY]), {n: file.get_tensor(n) for n in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such checkpoint.") from error
    except (SafetensorError, OSError) as error:
        raise UserError(f"{path}: damaged checkpoint ({error}). Delete it and rerun.") from error


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
