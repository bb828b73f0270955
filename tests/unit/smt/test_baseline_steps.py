"""The five programs, end to end on a tiny language: right, and the same bytes however run."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from seq2seq.files import write_lines
from seq2seq.nbest import best_translations, read_hypotheses
from seq2seq.smt.features import FEATURES

LEXICON = {
    "the": "le", "cat": "chat", "dog": "chien", "sees": "voit", "eats": "mange",
    "black": "noir", "small": "petit", ".": ".",
}  # fmt: skip
SETTINGS = {
    "training_pairs": None, "alignment_iterations": 4, "null_probability": 0.08,
    "concentration": 0.01, "max_phrase_length": 3, "table_options": 10, "lm_order": 3,
    "options": 10, "stack_size": 20, "pop_limit": 40, "distortion_limit": 3, "nbest_size": 10,
    "tune_sentences": 10, "tune_nbest_size": 20, "tune_rounds": 3, "tune_starts": 1, "seed": 1,
}  # fmt: skip
MADE = ("alignment.txt.gz", "phrase-table.txt.gz", "language-model.arpa.gz", "weights.json",
        "nbest.test.tsv.gz")  # fmt: skip


def sentence(chance: random.Random) -> tuple[str, str]:
    """A pair in which the adjective ``black`` changes places with its noun."""
    source, target = [], []
    for part in ("subject", "verb", "object"):
        if part == "verb":
            verb = chance.choice(["sees", "eats"])
            source.append(verb)
            target.append(LEXICON[verb])
            continue
        noun = chance.choice(["cat", "dog"])
        adjective = chance.choice(["black", "small", ""])
        source += ["the", *([adjective] if adjective else []), noun]
        words = [LEXICON[noun], "noir"] if adjective == "black" else [LEXICON[noun]]
        target += ["le", *(["petit"] if adjective == "small" else []), *words]
    return " ".join([*source, "."]), " ".join([*target, "."])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, chance = tmp_path_factory.mktemp("tokens"), random.Random(3)
    for split, lines in (("train", 80), ("dev", 12), ("test", 8)):
        pairs = [sentence(chance) for _ in range(lines)]
        write_lines(folder / f"{split}.source.txt", [source for source, _ in pairs])
        write_lines(folder / f"{split}.target.txt", [target for _, target in pairs])
    return folder


def step(repository: Path, hash_seed: int, name: str, *arguments: str) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(repository / "workflow"), "PYTHONHASHSEED": str(hash_seed)
    }  # fmt: skip
    command = [sys.executable, "-m", f"seq2seq.steps.{name}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def baseline(
    repository: Path, corpus: Path, output: Path, *, hash_seed: int, processes: int
) -> None:
    settings = ("--settings", json.dumps(SETTINGS))
    several = ("--processes", str(processes))
    train = ("--source", f"{corpus}/train.source.txt", "--target", f"{corpus}/train.target.txt")
    made = {name.split(".")[0]: str(output / name) for name in MADE}
    models = ("--phrase-table", made["phrase-table"], "--language-model", made["language-model"])
    step(repository, hash_seed, "align_words", *train, "--output", made["alignment"], *settings,
         *several)  # fmt: skip
    step(repository, hash_seed, "extract_phrases", *train, "--alignment", made["alignment"],
         "--to-translate", f"{corpus}/dev.source.txt", f"{corpus}/test.source.txt",
         "--output", made["phrase-table"], *settings, *several)  # fmt: skip
    step(repository, hash_seed, "estimate_language_model", *train[2:],
         "--output", made["language-model"], *settings)  # fmt: skip
    step(repository, hash_seed, "tune_baseline", "--source", f"{corpus}/dev.source.txt",
         "--target", f"{corpus}/dev.target.txt", *models, "--output", made["weights"], *settings,
         *several)  # fmt: skip
    step(repository, hash_seed, "decode_baseline", "--source", f"{corpus}/test.source.txt",
         *models, "--weights", made["weights"], "--output", made["nbest"], *settings,
         *several)  # fmt: skip


@pytest.fixture(scope="module")
def one(repository: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("one")
    baseline(repository, corpus, output, hash_seed=0, processes=1)
    return output


def test_two_processes_and_another_hash_seed_make_the_same_bytes(
    repository: Path, corpus: Path, one: Path, tmp_path: Path
) -> None:
    baseline(repository, corpus, tmp_path, hash_seed=77, processes=2)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (one / name).read_bytes(), name


def test_a_regular_language_is_translated_without_error(corpus: Path, one: Path) -> None:
    references = (corpus / "test.target.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert best_translations(one / "nbest.test.tsv.gz", len(references)) == references


def test_the_list_has_features_then_total_in_falling_order(one: Path) -> None:
    lists = read_hypotheses(one / "nbest.test.tsv.gz")
    assert lists.score_names == (*FEATURES, "total")
    weights = json.loads((one / "weights.json").read_text(encoding="utf-8"))["weights"]
    sentences = list(lists.by_sentence())
    assert [number for number, _ in sentences] == list(range(8))
    for _, rows in sentences:
        assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
        totals = [row.scores[-1] for row in rows]
        assert totals == sorted(totals, reverse=True)
        for row in rows:
            expected = sum(weights[name] * value
                           for name, value in zip(FEATURES, row.scores, strict=False))  # fmt: skip
            assert row.scores[-1] == pytest.approx(expected, abs=1e-9)
