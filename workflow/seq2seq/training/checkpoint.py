"""Checkpoints: one safetensors file, which runs no code when it is read, and says what it is of.

A training is a relay of segments.  Each reads the checkpoint before it and writes the next, whole or
not at all; what the batches are follows from the number of updates alone (see ``batches``).
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

_KEY = "seq2seq"  # one metadata key: safetensors keeps several in no particular order


@dataclass(frozen=True)
class Checkpoint:
    """A training after ``updates`` updates; tensors are on the CPU."""

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
    """A network of that shape; on the device ``meta`` it takes no memory."""
    with torch.device(device):
        return EncoderDecoder(
            fingerprint.model,
            source_words=fingerprint.source_words,
            target_words=fingerprint.target_words,
        )


def write_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    """Write all or nothing: a full disk leaves what was there before.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
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
            f"{path}: cannot be written ({error}). Make room on the disk and run again; what was "
            "there before is untouched."
        ) from error


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint; code that a file may hold is never run.

    Raises:
        UserError: missing, broken, or not a checkpoint of ours.
    """
    description, tensors = _read(path)
    try:
        fingerprint = build(Fingerprint, description["fingerprint"])
    except UserError as error:
        raise UserError(
            f"{path}: written by another version of seq2seq (fingerprint.{error}) Use that version, or "
            "remove the file to make it anew."
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
                raise UserError(f"{path}: not a checkpoint of seq2seq.")
            return json.loads(metadata[_KEY]), {n: file.get_tensor(n) for n in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such checkpoint.") from error
    except (SafetensorError, OSError) as error:
        raise UserError(
            f"{path}: a broken checkpoint ({error}). Remove it to make it anew."
        ) from error


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
