"""The baseline's programs, end to end on a tiny language: right, the same bytes however run."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seq2seq.io.files import write_lines
from seq2seq.io.nbest import best_translations, read_hypotheses
from seq2seq.smt.features import FEATURES

LEXICON = {
    "the": "le", "cat": "chat", "dog": "chien", "sees": "voit", "eats": "mange",
    "black": "noir", "small": "petit", ".": ".",
}  # fmt: skip
SETTINGS = {
    "alignment_iterations": 4, "null_probability": 0.08,
    "concentration": 0.01, "max_phrase_length": 3, "table_options": 10, "lm_order": 3,
    "options": 10, "stack_size": 20, "pop_limit": 40, "distortion_limit": 3, "nbest_size": 10,
    "tune_sentences": 10, "tune_nbest_size": 20, "tune_rounds": 3, "tune_starts": 1, "seed": 1,
}  # fmt: skip
MADE = ("phrase-table.txt.gz", "language-model.arpa.gz", "weights.json", "nbest.test.tsv.gz")


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
import importlib, json, sys
for name, *arguments in json.load(sys.stdin):
    sys.argv = [name, *arguments]
    importlib.import_module(f"seq2seq.steps.{name}").main()
"""

Command = tuple[str, ...]


def run_all(repository: Path, hash_seed: int, commands: list[Command]) -> None:
    """Programs one after the other, each ``(name, arguments...)``, in one process of its own."""
    environment = os.environ | {
        "PYTHONPATH": str(repository / "workflow"), "PYTHONHASHSEED": str(hash_seed)
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL], input=json.dumps(commands), env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def phrase_table(corpus: Path, output: Path, shards: int) -> Iterator[Command]:
    """By as many jobs as the workflow would start."""

    def parts(name: str) -> list[str]:
        return [f"{output}/{name}.{number}-of-{shards}" for number in range(1, shards + 1)]

    words = {side: [f"{output}/{side}.{kind}.npy" for kind in ("words", "offsets")]
             for side in ("source", "target")}  # fmt: skip
    text = ("--source", f"{corpus}/train.source.txt", "--target", f"{corpus}/train.target.txt")
    yield ("number_words", *text,
           "--source-output", *words["source"], "--target-output", *words["target"])  # fmt: skip
    null, tables = ("--null-probability", "0.08"), ("--tables",)
    for turn in range(SETTINGS["alignment_iterations"]):
        for forward, backward in zip(parts("f"), parts("b"), strict=True):
            yield ("expect_links", "--source", *words["source"], "--target", *words["target"],
                   *null, *tables, "--shard", forward.rpartition(".")[2],
                   "--output", forward, backward)  # fmt: skip
        tables = ("--tables", f"{output}/{turn}.forward", f"{output}/{turn}.backward")
        yield ("estimate_links", "--concentration", "0.01", "--forward", *parts("f"),
               "--backward", *parts("b"), "--output", *tables[1:])  # fmt: skip
    asked = [f"{corpus}/{split}.source.txt" for split in ("dev", "test")]
    longest = ("--longest", str(SETTINGS["max_phrase_length"]))
    for aligned, phrases, linked in zip(parts("aligned"), parts("p"), parts("w"), strict=True):
        yield ("align_words", *text, "--source-words", *words["source"], "--target-words",
               *words["target"], *null, *tables, "--shard", aligned.rpartition(".")[2],
               "--output", aligned)  # fmt: skip
        yield ("extract_phrases", "--aligned", aligned, "--to-translate", *asked, *longest,
               "--phrases", phrases, "--words", linked)  # fmt: skip
    kept = f"{output}/kept"
    yield ("select_phrases", "--phrases", *parts("p"), "--options", "10", "--output", kept)
    for aligned, targets in zip(parts("aligned"), parts("t"), strict=True):
        yield ("count_targets", "--aligned", aligned, "--kept", kept, *longest,
               "--output", targets)  # fmt: skip
    yield ("score_phrases", "--kept", kept, "--targets", *parts("t"), "--words", *parts("w"),
           "--output", f"{output}/phrase-table.txt.gz")  # fmt: skip


def baseline(corpus: Path, output: Path, *, shards: int, processes: int) -> Iterator[Command]:
    several = ("--settings", json.dumps(SETTINGS), "--processes", str(processes))
    yield from phrase_table(corpus, output, shards)
    table, model, weights, nbest = (f"{output}/{name}" for name in MADE)
    models = ("--phrase-table", table, "--language-model", model)
    yield ("estimate_language_model", "--target", f"{corpus}/train.target.txt",
           "--output", model, "--order", str(SETTINGS["lm_order"]))  # fmt: skip
    yield ("tune_baseline", "--source", f"{corpus}/dev.source.txt",
           "--target", f"{corpus}/dev.target.txt", *models, "--output", weights, *several)  # fmt: skip
    test = ("--source", f"{corpus}/test.source.txt", *models, "--weights", weights, *several)
    parts = [f"{output}/nbest.{number}-of-{shards}.gz" for number in range(1, shards + 1)]
    for part in parts:
        yield ("decode_baseline", *test, "--shard", part.split(".")[-2], "--output", part)
    yield ("gather_nbest", "--parts", *parts, "--output", nbest)


@pytest.fixture(scope="module")
def one(repository: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("one")
    run_all(repository, 0, list(baseline(corpus, output, shards=1, processes=1)))
    return output


def test_three_jobs_two_processes_and_another_hash_seed_make_the_same_bytes(
    repository: Path, corpus: Path, one: Path, tmp_path: Path
) -> None:
    run_all(repository, 77, list(baseline(corpus, tmp_path, shards=3, processes=2)))
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
