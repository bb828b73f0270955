"""A trained model as a self-contained folder: weights, vocabularies, languages, model card.

``model.safetensors`` holds the weights and the fingerprint of the run, ``model.json`` the description,
``source.tsv`` and ``target.tsv`` the vocabularies.
"""

import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from seq2seq.errors import UserError
from seq2seq.inference.scoring import TrainedModel
from seq2seq.io.files import atomic, read_json, read_lines, sha256, write_json, write_lines
from seq2seq.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from seq2seq.training.fingerprint import Fingerprint

WEIGHTS, DESCRIPTION, CARD = "model.safetensors", "model.json", "README.md"
VOCABULARIES = {"source": "source.tsv", "target": "target.tsv"}


@dataclass(frozen=True)
class Languages:
    source: str
    target: str


@dataclass(frozen=True)
class Provenance:
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
    size = checkpoint.fingerprint.model_size
    for name, path in (("source", source_vocabulary), ("target", target_vocabulary)):
        with atomic(folder / VOCABULARIES[name]) as temporary:
            shutil.copyfile(path, temporary)
    write_checkpoint(folder / WEIGHTS, replace(checkpoint, optimizer={}))
    description = {
        "fingerprint": asdict(checkpoint.fingerprint),
        "languages": asdict(languages),
        "updates": checkpoint.updates,
        "parameters": size.by_part(),
        "provenance": asdict(provenance),
    }
    write_json(folder / DESCRIPTION, description)
    write_lines(folder / CARD, _card(folder.name, checkpoint, languages, provenance, size.total))


def _card(
    name: str, checkpoint: Checkpoint, languages: Languages, provenance: Provenance, parameters: int
) -> list[str]:
    """Return the lines of the model card."""
    fingerprint, shape = checkpoint.fingerprint, checkpoint.fingerprint.model
    return [
        f"# {name}",
        "",
        f"An encoder-decoder from {languages.source} to {languages.target}, trained by the",
        f"experiment `{provenance.experiment}`. Data: {provenance.data}",
        "",
        "| | |",
        "| --- | --- |",
        f"| layers | {shape.layers} x {shape.hidden_size} {shape.cell}, without attention |",
        f"| parameters | {parameters:,} |",
        f"| vocabulary | {fingerprint.source_words:,} source words, "
        f"{fingerprint.target_words:,} target words |",
        f"| source order | {fingerprint.source_order} |",
        f"| seed | {fingerprint.seed} |",
        f"| updates | {checkpoint.updates:,} |",
        f"| dev perplexity | {provenance.dev_perplexity:.2f} |",
        f"| dev BLEU | {provenance.dev_bleu:.2f} |",
    ]


def read_model(folder: str | Path, device: torch.device) -> TrainedModel:
    """Load a model folder, ready to translate.

    Raises:
        UserError: the folder is missing or holds no model, or a vocabulary is not the model's.
    """
    folder = Path(folder)
    if not (folder / WEIGHTS).is_file():
        raise UserError(
            f"{folder}: is not a trained model ({WEIGHTS} is missing). Give a folder such as "
            "results/demo/models/reversed-1."
        )
    checkpoint = read_checkpoint(folder / WEIGHTS)
    for side, name in VOCABULARIES.items():
        _check_vocabulary(folder / name, side, checkpoint.fingerprint)
    network = checkpoint.make_network().to(device).eval()
    return TrainedModel(folder.name, network, checkpoint.fingerprint.source_order)


def _check_vocabulary(path: Path, side: str, fingerprint: Fingerprint) -> None:
    """Another vocabulary would give fluent nonsense: compare size and digest."""
    if not path.is_file():
        raise UserError(f"{path}: is missing. Copy the whole model folder again.")
    words = sum(1 for _ in read_lines(path)) - 1  # without the header
    expected = fingerprint.source_words if side == "source" else fingerprint.target_words
    digest = fingerprint.data and getattr(fingerprint.data, f"{side}_vocabulary")
    if words != expected or (digest and not sha256(path).startswith(digest)):
        raise UserError(
            f"{path}: is not the vocabulary that this model was trained with ({words:,} words, "
            f"{expected:,} expected; or other contents). Copy the whole model folder again."
        )


def read_languages(folder: str | Path) -> Languages:
    """Read the language pair from the description.

    Raises:
        UserError: the description is missing or does not name the languages.
    """
    path = Path(folder) / DESCRIPTION
    try:
        found = read_json(path)["languages"]
        return Languages(str(found["source"]), str(found["target"]))
    except (KeyError, TypeError) as error:
        raise UserError(
            f"{path}: does not name the model's languages. Copy the whole model folder again."
        ) from error


def read_ensemble(folders: list[Path], device: torch.device) -> list[TrainedModel]:
    """Load the models of an ensemble, which must share their vocabularies.

    Raises:
        UserError: a vocabulary differs from the first model's.
    """
    models = [read_model(folder, device) for folder in folders]
    for name in VOCABULARIES.values():
        for folder in folders[1:]:
            if (folder / name).read_bytes() != (folders[0] / name).read_bytes():
                raise UserError(
                    f"{folder} and {folders[0]} have different vocabularies ({name}). The models of "
                    "an ensemble must be trained on the same corpus."
                )
    return models
