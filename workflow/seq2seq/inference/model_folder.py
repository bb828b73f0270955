"""A trained model as a self-contained folder: weights, vocabularies, languages, model card.

``model.safetensors`` holds the weights and the fingerprint of the run, ``model.json`` the description,
``source.tsv`` and ``target.tsv`` the vocabularies.
"""

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import torch

from seq2seq.config.loading import build
from seq2seq.config.validators import SettingError
from seq2seq.errors import UserError
from seq2seq.inference.scoring import TrainedModel
from seq2seq.io.files import atomic, read_json, sha256, write_json, write_lines
from seq2seq.training.checkpoint import (
    Checkpoint,
    Fingerprint,
    read_checkpoint,
    vocabulary_size,
    write_checkpoint,
)

WEIGHTS, DESCRIPTION, CARD = "model.safetensors", "model.json", "README.md"
VOCABULARIES = {"source": "source.tsv", "target": "target.tsv"}


class Languages(NamedTuple):
    """Codes, and the tokenizer for raw text."""

    source: str
    target: str
    tokenizer: str = "moses"


class Provenance(NamedTuple):
    """Where a model comes from, for its model card."""

    experiment: str
    data: str
    dev_perplexity: float
    dev_bleu: float


def write_model(
    folder: str | Path,
    checkpoint: Checkpoint,
    *,
    languages: Languages,
    provenance: Provenance,
    source_vocabulary: str | Path,
    target_vocabulary: str | Path,
) -> None:
    """Write the folder's files, each atomically."""
    folder = Path(folder)
    run, shape = checkpoint.fingerprint, checkpoint.fingerprint.model
    for name, path in (("source", source_vocabulary), ("target", target_vocabulary)):
        with atomic(folder / VOCABULARIES[name]) as temporary:
            shutil.copyfile(path, temporary)
    write_checkpoint(folder / WEIGHTS, replace(checkpoint, optimizer={}))
    origin = {"languages": languages._asdict(), "provenance": provenance._asdict()}
    training = {"fingerprint": asdict(run), "updates": checkpoint.updates}
    parameters = {"parameters": run.model_size.by_part()}
    write_json(folder / DESCRIPTION, origin | training | parameters)
    # The header is that of the Hugging Face Hub.
    card = f"""---
language: [{languages.source}, {languages.target}]
pipeline_tag: translation
tags: [seq2seq, {shape.cell}, arxiv:1409.3215]
metrics: [bleu, perplexity]
---

# {folder.name}

An encoder-decoder from {languages.source} to {languages.target}, trained by the
experiment `{provenance.experiment}`. Data: {provenance.data}

| | |
| --- | --- |
| layers | {shape.layers} x {shape.hidden_size} {shape.cell}, without attention |
| parameters | {run.model_size.total:,} |
| vocabulary | {run.source_words:,} source words, {run.target_words:,} target words |
| source order | {run.source_order} |
| seed | {run.seed} |
| precision of products | {run.precision} |
| updates | {checkpoint.updates:,} |
| dev perplexity | {provenance.dev_perplexity:.2f} |
| dev BLEU | {provenance.dev_bleu:.2f} |"""
    write_lines(folder / CARD, card.split("\n"))


def read_model(folder: str | Path, device: torch.device) -> TrainedModel:
    """Load a model folder, ready to translate."""
    folder = Path(folder)
    if not (folder / WEIGHTS).is_file():
        raise UserError(
            f"{folder}: is not a trained model ({WEIGHTS} is missing). Give a folder such as "
            "results/demo/models/reversed-1."
        )
    checkpoint = read_checkpoint(folder / WEIGHTS)
    for side in VOCABULARIES:
        _check_vocabulary(folder, side, checkpoint.fingerprint)
    network = checkpoint.make_network().to(device).eval()
    return TrainedModel(folder.name, network, checkpoint.fingerprint.source_order)


def _check_vocabulary(folder: Path, side: str, fingerprint: Fingerprint) -> None:
    """Another vocabulary would give fluent nonsense: compare size and digest."""
    path = folder / VOCABULARIES[side]
    if not path.is_file():
        raise UserError(f"{path}: is missing. Copy the whole model folder again.")
    words = vocabulary_size(path)
    expected: int = getattr(fingerprint, f"{side}_words")
    digest = fingerprint.data and getattr(fingerprint.data, f"{side}_vocabulary")
    if words != expected or (digest and not sha256(path).startswith(digest)):
        raise UserError(
            f"{path}: is not the vocabulary that this model was trained with ({words:,} words, "
            f"{expected:,} expected; or other contents). Copy the whole model folder again."
        )


def read_languages(folder: str | Path) -> Languages:
    """Read the language pair from the description."""
    path = Path(folder) / DESCRIPTION
    try:
        found = read_json(path)["languages"]
        return Languages(**{name: build(str, found[name]) for name in found})
    except (KeyError, TypeError, SettingError) as error:
        raise UserError(
            f"{path}: does not name the model's languages. Copy the whole model folder again."
        ) from error


def read_ensemble(folders: list[Path], device: torch.device) -> list[TrainedModel]:
    """Load the models of an ensemble, which must share their vocabularies."""
    models = [read_model(folder, device) for folder in folders]
    for name in VOCABULARIES.values():
        for folder in folders[1:]:
            if (folder / name).read_bytes() != (folders[0] / name).read_bytes():
                raise UserError(
                    f"{folder} and {folders[0]} have different vocabularies ({name}). The models of "
                    "an ensemble must be trained on the same corpus."
                )
    return models
