"""A model folder is checked when it is loaded: fluent nonsense must not come out of a mixed one."""

import json
from dataclasses import replace

import pytest
import torch
import yaml

import tiny_models
from seq2seq.errors import UserError
from seq2seq.inference.model_folder import (
    Languages,
    Provenance,
    read_languages,
    read_model,
    write_model,
)
from seq2seq.io.files import sha256, write_lines
from seq2seq.training.checkpoint import DataFingerprint

CPU = torch.device("cpu")


@pytest.fixture
def folder(tmp_path):
    """A model of 9 source and 5 target words that knows the digests of its vocabularies."""
    digests = {}
    for side, size in (("source", 9), ("target", 5)):
        words = ["UNK", "<EOS>", *(f"{side}{k}" for k in range(size - 2))]
        write_lines(tmp_path / f"{side}.tsv", ["token\tcount", *(f"{word}\t1" for word in words)])
        digests[side] = sha256(tmp_path / f"{side}.tsv")[:16]
    data = DataFingerprint(digests["source"], digests["target"], 1, 1, 1, "x")
    made = tiny_models.beginning()
    made = replace(made, fingerprint=replace(made.fingerprint, data=data))
    write_model(
        *(tmp_path / "model", made),
        languages=Languages("en", "fr"),
        provenance=Provenance("toy", "toys", 1.0, 1.0),
        source_vocabulary=tmp_path / "source.tsv",
        target_vocabulary=tmp_path / "target.tsv",
    )
    return tmp_path / "model"


def test_a_whole_folder_loads(folder):
    assert read_model(folder, CPU).name == "model"
    assert read_languages(folder) == Languages("en", "fr")
    _, header, _ = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert yaml.safe_load(header)["language"] == ["en", "fr"]


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines[:-2], lines[-1], lines[-2]],  # another order
        lambda lines: lines[:-1],
        lambda lines: [*lines, "more\t1"],
        lambda lines: [*lines[:-1], "other\t1"],
    ],
)
def test_another_vocabulary_is_rejected(folder, side, change):
    path = folder / f"{side}.tsv"
    write_lines(path, change(path.read_text(encoding="utf-8").split("\n")[:-1]))
    with pytest.raises(UserError, match=rf"{side}\.tsv: is not the vocabulary .* Copy the whole"):
        read_model(folder, CPU)


def test_a_missing_vocabulary_is_named(folder):
    (folder / "target.tsv").unlink()
    with pytest.raises(UserError, match=r"target\.tsv: is missing\. Copy the whole model folder"):
        read_model(folder, CPU)


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"languages": 3}', '{"languages": {"source": "en"}}']
)
def test_a_description_without_languages_is_rejected(folder, text):
    (folder / "model.json").write_text(json.dumps(json.loads(text)))
    with pytest.raises(UserError, match=r"model\.json: does not name the model's languages"):
        read_languages(folder)
