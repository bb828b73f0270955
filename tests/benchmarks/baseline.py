"""`make bench-baseline`: CPU seconds and memory of the baseline's steps by the size of the corpus.

The pairs are Europarl and news, repeated; in each repetition every tenth word of either side is
another, drawn by frequency.  So n-grams and phrases grow with the size, as in a real corpus and faster.
The texts to translate are newstest2012 to newstest2014, as in the paper.  One process each; seconds are
user and system time, memory is a process's peak.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from benchmarks.data import LANGUAGES, SIDES, apart, run
from seq2seq.config.loading import read_settings
from seq2seq.data.tokenizer import tokenize
from seq2seq.io.files import read_lines, read_parallel, write_lines

REPOSITORY = Path(__file__).resolve().parents[2]
TRAINED_ON = ("news-test2008", "newstest2009", "newstest2010", "newstest2011")
STEPS = (
    *("align_words", "build_phrase_table", "estimate_language_model"),
    *("tune_baseline", "decode_baseline"),
)


def tokens(shared: Path, names: tuple[str, ...], language: str) -> Iterator[str]:
    for name in names:
        folder = shared / "wmt-newstest" / ("derived" if name.endswith("eval") else "plain")
        for line in read_lines(folder / f"{name}.{language}"):
            yield tokenize(line, language)


def write_texts(folder: Path, shared: Path, pairs: int) -> None:
    """Training text, dev and test; each side with a random sequence of its own."""
    years = {"dev": ("newstest2012", "newstest2013"), "test": ("newstest2014.eval",)}
    for side in SIDES:
        language = LANGUAGES[side]
        news = list(tokens(shared, TRAINED_ON, language))
        lines = [*read_lines(shared / "europarl-tok10k" / f"europarl.tok.lc.{language}"), *news]
        write_lines(folder / f"train.{side}.txt", islice(varied(lines), pairs))
        for split, names in years.items():
            write_lines(folder / f"{split}.{side}.txt", tokens(shared, names, language))


def varied(lines: list[str]) -> Iterator[str]:
    chance = random.Random(1)
    words = [word for line in lines for word in line.split()]
    yield from lines
    while True:
        for line in lines:
            yield " ".join(
                chance.choice(words) if chance.random() < 0.1 else word for word in line.split()
            )


def commands(folder: Path) -> dict[str, list[object]]:
    """The steps' command lines, in order."""
    settings = asdict(read_settings([str(REPOSITORY / "config" / "config.yaml")]).baseline)

    def pick(*names: str) -> str:
        return json.dumps({name: settings[name] for name in names})

    train, dev = ([folder / f"{split}.{side}.txt" for side in SIDES] for split in ("train", "dev"))
    models = [
        folder / "phrases.txt.gz",
        *(folder / f"language_model.{name}" for name in ("words.txt", "ngrams.npy")),
    ]
    search = pick("ttable_limit", "stack_size", "pop_limit", "distortion_limit", "reordering")
    tuning = pick("tune_sentences", "tune_nbest_size", "tune_rounds", "tune_starts", "seed")
    test, weights = folder / "test.source.txt", folder / "weights.json"
    return {
        "align_words": [
            "--text", *train, "--output", folder / "aligned.tsv.gz", "--settings",
            pick("alignment_iterations", "null_probability", "dirichlet_alpha")],
        "build_phrase_table": [
            "--aligned", folder / "aligned.tsv.gz", "--to-translate", dev[0], test,
            "--max-phrase-length", settings["max_phrase_length"],
            "--phrase-table-limit", settings["phrase_table_limit"],
            "--reordering", settings["reordering"], "--output", models[0]],
        "estimate_language_model": [
            "--target", train[1], "--order", settings["lm_order"],
            "--prune-order", settings["lm_prune_order"], "--output", *models[1:]],
        "tune_baseline": ["--dev", *dev, "--models", *models, "--search", search,
                          "--tuning", tuning, "--output", weights],
        "decode_baseline": ["--source", test, "--models", *models, "--weights", weights,
                            "--search", search, "--nbest-size", settings["nbest_size"],
                            "--sentences", 100, "--output", folder / "nbest.tsv.gz"],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--chunk", type=int, help="pairs in a chunk, as of a larger corpus")
    parser.add_argument("--folder", type=Path, required=True, help="keeps what the steps make")
    arguments = parser.parse_args()
    beside = REPOSITORY.parent / "shared"
    shared = Path(os.environ.get("SEQ2SEQ_SHARED", beside)) / "data"
    if not shared.is_dir():
        sys.exit(f"{shared}: no such folder; $SEQ2SEQ_SHARED names the one with real text.")
    chunk = f"baseline.SMALLEST_CHUNK = {arguments.chunk}" if arguments.chunk else ""
    program = f"from seq2seq.steps import baseline; {chunk or 'pass'}; baseline.app()"
    print("| pairs | step | CPU seconds | peak memory, MB |\n| ---: | --- | ---: | ---: |")
    for pairs in arguments.pairs:
        folder = arguments.folder / str(pairs)
        if not (folder / "test.target.txt").exists():
            apart(write_texts, folder, shared, pairs)
        total = sum(
            1 for _ in read_parallel(folder / "train.source.txt", folder / "train.target.txt")
        )
        assert total == pairs
        for name, options in commands(folder).items():
            if name in arguments.steps:
                made = run(["-c", program, name.replace("_", "-"), *map(str, options)])
                print(
                    f"| {pairs:,} | {name} | {made.cpu:,.0f} | {made.megabytes:,.0f} |", flush=True
                )


if __name__ == "__main__":
    main()
