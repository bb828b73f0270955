"""`make gpu-check`, rehearsed on a CPU: every stage runs to its end, and what it compares agrees."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.gpu.__main__ import STAGES, check
from benchmarks.gpu.bundle import make_bundle
from benchmarks.gpu.common import TINY
from seq2seq.data.vocabulary import write_vocabulary
from tiny_models import vocabulary_of
from token_files import write_token_dataset

WORDS = 40


def toy_data(folder: Path) -> Path:
    """What a run's folder `data` has of a corpus of random words."""
    random = np.random.default_rng(1)
    for name in ("ids", "tokens", "vocabulary"):
        (folder / name).mkdir(parents=True)
    for side in ("source", "target"):
        names = [f"w{number}" for number in range(2, WORDS)]
        vocabulary = vocabulary_of([" ".join(names)], WORDS)
        write_vocabulary(folder / f"vocabulary/{side}.tsv", vocabulary)
        for split, pairs in (("train", 40), ("test", 8)):
            made = [random.integers(2, WORDS, random.integers(2, 7)).tolist() for _ in range(pairs)]
            paths = [folder / f"ids/{split}.{side}.{part}.npy" for part in ("words", "offsets")]
            write_token_dataset(*paths, made)
            text = "\n".join(" ".join(vocabulary.decode(words)) for words in made)
            (folder / f"tokens/{split}.{side}.txt").write_text(text + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gpu")
    return make_bundle(toy_data(folder / "data"), folder / "bundle", TINY, text="toy")


@pytest.mark.slow
def test_a_rehearsal_runs_every_stage_to_its_end(bundle, tmp_path):
    agrees = check(bundle.folder, tmp_path / "out", rehearse=True)
    results = json.loads((tmp_path / "out/gpu.json").read_text(encoding="utf-8"))
    assert {one["stage"]: one["ended"] for one in results} == dict.fromkeys(STAGES, "done")
    assert agrees, (tmp_path / "out/gpu.md").read_text(encoding="utf-8")
    assert all(one["records"] for one in results)


@pytest.mark.slow
def test_a_stage_that_dies_keeps_what_it_measured_and_the_next_one_runs(
    bundle, tmp_path, monkeypatch
):
    folder = shutil.copytree(bundle.folder, tmp_path / "bundle")
    numbers = {**bundle.numbers, "losses": []}
    numbers["gradients"]["lstm 7"]["loss"] *= 1.1
    replace(bundle, folder=folder, numbers=numbers).write()
    two = {name: STAGES[name] for name in ("fp32", "device")}
    monkeypatch.setattr("benchmarks.gpu.__main__.STAGES", two)
    assert not check(folder, tmp_path / "out", rehearse=True)
    first, second = json.loads((tmp_path / "out/gpu.json").read_text(encoding="utf-8"))
    assert first["ended"].startswith("failed: ValueError")
    assert first["records"][0]["agrees"] is False
    assert second["ended"] == "done"
    assert "**no**" in (tmp_path / "out/gpu.md").read_text(encoding="utf-8")
