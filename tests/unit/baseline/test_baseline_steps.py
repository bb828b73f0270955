"""The baseline's programs, end to end on a tiny language: right, the same bytes however run."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from seq2seq.baseline.lattice import FEATURES, REORDERING_FEATURES
from seq2seq.io.files import write_lines
from seq2seq.io.nbest import best_translations, read_hypotheses

LEXICON = {
    "the": "le", "cat": "chat", "dog": "chien", "sees": "voit", "eats": "mange",
    "black": "noir", "small": "petit", ".": ".",
}  # fmt: skip
ALIGNER = {"alignment_iterations": 4, "null_probability": 0.08, "dirichlet_alpha": 0.01}
SEARCH = {"ttable_limit": 10, "stack_size": 20, "pop_limit": 40, "distortion_limit": 3}
SEARCH |= {"reordering": "msd-bidirectional-fe"}
ALL_FEATURES = FEATURES + REORDERING_FEATURES
TUNING = {
    "tune_sentences": 10, "tune_nbest_size": 20, "tune_rounds": 3, "tune_starts": 1, "seed": 1,
}  # fmt: skip
MADE = ("phrases.txt.gz", "lm.txt", "lm.npy", "weights.json", "nbest.test.tsv.gz")


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


RUN_ALL = """
import json, sys
from seq2seq.steps import baseline
baseline.SMALLEST_CHUNK = int(sys.argv[1])
for arguments in json.load(sys.stdin):
    baseline.app(arguments, result_action="return_value")
"""


def run_all(
    repository: Path, corpus: Path, output: Path, *, hash_seed: int, chunk: int, processes: int
) -> None:
    """All steps one after the other, in one process of its own."""
    table, *model, weights, nbest = (f"{output}/{name}" for name in MADE)
    train, dev = (
        [f"{corpus}/{split}.{side}.txt" for side in ("source", "target")]
        for split in ("train", "dev")
    )
    several = ["--processes", str(processes)]
    models = ["--models", table, *model, "--search", json.dumps(SEARCH), *several]
    commands = [
        ["align-words", "--text", *train, "--settings", json.dumps(ALIGNER), *several,
         "--output", f"{output}/aligned"],
        ["build-phrase-table", "--aligned", f"{output}/aligned", "--to-translate", dev[0],
         f"{corpus}/test.source.txt", "--max-phrase-length", "3", "--phrase-table-limit", "10",
         "--reordering", SEARCH["reordering"], *several, "--output", table],
        ["estimate-language-model", "--target", train[1], "--order", "3", "--output", *model],
        ["tune-baseline", "--dev", *dev, *models, "--tuning", json.dumps(TUNING),
         "--output", weights],
        ["decode-baseline", "--source", f"{corpus}/test.source.txt", *models,
         "--weights", weights, "--nbest-size", "10", "--output", nbest],
    ]  # fmt: skip
    environment = os.environ | {
        "PYTHONPATH": str(repository / "workflow"), "PYTHONHASHSEED": str(hash_seed)
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL, str(chunk)], input=json.dumps(commands),
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not list(output.glob(".*")), "scratch folders are removed"


@pytest.fixture(scope="module")
def one(repository: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("one")
    run_all(repository, corpus, output, hash_seed=0, chunk=5000, processes=1)
    return output


def test_small_chunks_two_processes_and_another_hash_seed_make_the_same_bytes(
    repository: Path, corpus: Path, one: Path, tmp_path: Path
) -> None:
    run_all(repository, corpus, tmp_path, hash_seed=77, chunk=7, processes=2)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (one / name).read_bytes(), name


def test_a_regular_language_is_translated_without_error(corpus: Path, one: Path) -> None:
    references = (corpus / "test.target.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert best_translations(one / "nbest.test.tsv.gz", len(references)) == references


def test_the_list_has_features_then_total_in_falling_order(one: Path) -> None:
    lists = read_hypotheses(one / "nbest.test.tsv.gz")
    assert lists.score_names == (*ALL_FEATURES, "total")
    weights = json.loads((one / "weights.json").read_text(encoding="utf-8"))["weights"]
    sentences = list(lists.by_sentence())
    assert [number for number, _ in sentences] == list(range(8))
    for _, rows in sentences:
        assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
        totals = [row.scores[-1] for row in rows]
        assert totals == sorted(totals, reverse=True)
        for row in rows:
            expected = sum(weights[name] * value
                           for name, value in zip(ALL_FEATURES, row.scores, strict=False))  # fmt: skip
            assert row.scores[-1] == pytest.approx(expected, abs=1e-9)
