"""What can be wrong in a model folder, and in the checkpoint within."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import torch
from safetensors.torch import load_file, save_file

import tiny_models
from seq2seq.inference.model_folder import (
    Languages,
    Provenance,
    read_languages,
    read_model,
    write_model,
)
from seq2seq.io.files import sha256, write_lines
from seq2seq.training.checkpoint import DataFingerprint

WEIGHTS = "model.safetensors"


@cache
def whole() -> Path:
    """A folder with an untrained model of 9 source and 5 target words."""
    folder, digests = Path(mkdtemp()), {}
    for side, size in (("source", 9), ("target", 5)):
        words = ["UNK", "<EOS>", *(f"{side}{k}" for k in range(size - 2))]
        write_lines(folder / f"{side}.tsv", ["token\tcount", *(f"{word}\t1" for word in words)])
        digests[side] = sha256(folder / f"{side}.tsv")[:16]
    made = tiny_models.beginning()
    data = DataFingerprint(digests["source"], digests["target"], 1, 1, 1, "x")
    write_model(
        *(folder / "model", replace(made, fingerprint=replace(made.fingerprint, data=data))),
        languages=Languages("en", "fr"),
        provenance=Provenance("toy", "toys", 1.0, 1.0),
        source_vocabulary=folder / "source.tsv",
        target_vocabulary=folder / "target.tsv",
    )
    return folder / "model"


def changed(folder: Path, change: Callable[[Path], None]) -> Path:
    model = folder / "model"
    shutil.copytree(whole(), model)
    change(model)
    return model


def load(model: Path) -> None:
    """As `translate` and `rescore` do."""
    read_model(model, torch.device("cpu"))
    read_languages(model)


def without(name: str) -> Callable[[Path], None]:
    return lambda model: (model / name).unlink()


def folder_at(name: str) -> Callable[[Path], None]:
    def change(model: Path) -> None:
        (model / name).unlink()
        (model / name).mkdir()

    return change


def content(name: str, new: bytes) -> Callable[[Path], None]:
    return lambda model: (model / name).write_bytes(new) and None


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(model: Path) -> None:
        text = (model / name).read_text(encoding="utf-8")
        assert old in text
        (model / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def cut(name: str, left: float) -> Callable[[Path], None]:
    def change(model: Path) -> None:
        whole = (model / name).read_bytes()
        (model / name).write_bytes(whole[: int(left * len(whole))])

    return change


def weights(
    tensors: Callable[[dict[str, Any]], Any] = lambda tensors: None,
    metadata: Callable[[dict[str, Any]], Any] = lambda metadata: None,
    key: str = "seq2seq",
) -> Callable[[Path], None]:
    """Change the tensors and the description of a checkpoint."""

    def change(model: Path) -> None:
        named, path = load_file(model / WEIGHTS), model / WEIGHTS
        header = path.read_bytes()[8 : 8 + int.from_bytes(path.read_bytes()[:8], "little")]
        description = json.loads(json.loads(header)["__metadata__"]["seq2seq"])
        tensors(named)
        metadata(description)
        save_file(named, path, metadata={key: json.dumps(description)})

    return change


def exchange(model: Path) -> None:
    (model / "source.tsv").rename(model / "x")
    (model / "target.tsv").rename(model / "source.tsv")
    (model / "x").rename(model / "target.tsv")


def reshape(tensors: dict[str, Any]) -> None:
    tensors["network.output_weight_VH"] = torch.zeros(3, 3)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return open, ("evil", "w")


FAULTS: list[tuple[str, Callable[[Path], None], str | None]] = [
    ("as we write it", lambda model: None, None),
    ("a renamed folder", lambda model: None, None),
    ("no model card", without("README.md"), None),
    ("no weights", without(WEIGHTS), "is not a trained model"),
    ("a folder in place of the weights", folder_at(WEIGHTS), "is not a trained model"),
    ("empty weights", content(WEIGHTS, b""), "damaged checkpoint"),
    ("weights cut off", cut(WEIGHTS, 0.5), "damaged checkpoint"),
    ("weights cut off in the header", cut(WEIGHTS, 0.01), "damaged checkpoint"),
    ("a page in place of weights", content(WEIGHTS, b"<!DOCTYPE html>" * 99), "damaged checkpoint"),
    ("a header of a terabyte", content(WEIGHTS, b"\xff" * 5 + bytes(99)), "damaged checkpoint"),
    ("a pickle in place of weights", lambda model: torch.save(Evil(), model / WEIGHTS),
     "damaged checkpoint"),
    ("a safetensors file of others", weights(key="other"), "not a checkpoint of seq2seq"),
    ("a tensor missing", weights(lambda t: t.pop("network.output_weight_VH")), "weights do not fit"),
    ("a tensor too many", weights(lambda t: t.update({"network.x": torch.zeros(1)})),
     "weights do not fit"),
    ("a tensor of no part", weights(lambda t: t.update({"x": torch.zeros(1)})),
     "weights do not fit"),
    ("a tensor of another shape", weights(reshape), "weights do not fit"),
    ("no fingerprint", weights(metadata=lambda d: d.pop("fingerprint")), "another version"),
    ("a fingerprint of another version", weights(metadata=lambda d: d["fingerprint"].pop("seed")),
     "another version"),
    ("a fingerprint with a new key", weights(metadata=lambda d: d["fingerprint"].update(x=1)),
     "another version"),
    ("a fingerprint that is text", weights(metadata=lambda d: d.update(fingerprint="x")),
     "another version"),
    ("a count of updates that is text", weights(metadata=lambda d: d.update(updates="x")),
     "another version"),
    ("no count of updates", weights(metadata=lambda d: d.pop("updates")), "another version"),
    ("no source vocabulary", without("source.tsv"), "source.tsv: is missing"),
    ("an empty vocabulary", content("target.tsv", b""), "target.tsv: is not the vocabulary"),
    ("a vocabulary without a word", edited("source.tsv", "source3\t1\n", ""), "is not the vocab"),
    ("a vocabulary of another order",
     edited("source.tsv", "source3\t1\nsource4", "source4\t1\nsource3"), "is not the vocabulary"),
    ("a vocabulary with Windows' line ends", edited("source.tsv", "\n", "\r\n"), "is not the vocab"),
    ("the vocabularies exchanged", exchange, "source.tsv: is not the vocabulary"),
    ("no description", without("model.json"), "model.json: no such file"),
    ("an empty description", content("model.json", b""), "model.json, line 1: not valid JSON"),
    ("a description of nothing", content("model.json", b"{}"), "does not name the model's languages"),
    ("a list as description", content("model.json", b"[]"), "does not name the model's languages"),
    ("languages that are a list", content("model.json", b'{"languages": ["en", "fr"]}'),
     "does not name the model's languages"),
    ("one language", content("model.json", b'{"languages": {"source": "en"}}'),
     "does not name the model's languages"),
    ("a language that is a number", content("model.json", b'{"languages": {"source": 1, "target": 2}}'),
     "does not name the model's languages"),
]  # fmt: skip
