"""`make bench-data`: how fast a million pairs of text become numbers, and in how much memory.

The pairs are thirds of Europarl, news and Tatoeba, repeated, each repetition numbered.  The programs of
the workflow run on a quarter of them and on all; a rate is lines or pairs per second of a core's time,
memory the peak of one process.  Tokenization is set beside sacremoses in a loop; all else beside
tokenization.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path

from seq2seq.io.files import read_lines, write_lines

SIDES = ("source", "target")
LANGUAGES = {"source": "en", "target": "fr"}
EACH = 10_000  # pairs of each of the three texts
CLEANING = {
    "max_tokens": 100,
    "max_length_ratio": 9,
    "min_script_share": 0.5,
    "drop_duplicates": True,
    "source_language": "en",
    "target_language": "fr",
    "drop_test_sentences": True,
    "selection": {  # half of the first corpus's words, a third of the second's, all of the third's
        "method": "cross_entropy",
        "share_of_words": {"first": 0.5, "second": 0.33, "others": "all"},
    },
    "train_pairs": None,
    "seed": 1,
}
SACREMOSES = """
import sys, time
from sacremoses import MosesTokenizer
lines = open(sys.argv[1], encoding="utf-8", newline="\\n").read().split("\\n")[:-1]
tokenizer = MosesTokenizer(sys.argv[2])
begin = time.process_time()
for line in lines:
    tokenizer.tokenize(line, return_str=True, escape=False)
print(len(lines) / (time.process_time() - begin))
"""
SHUFFLE = """
import sys
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.training.batches import epoch_order
stems = sys.argv[1:]
source, target = (read_token_dataset(f"{s}.words.npy", f"{s}.offsets.npy") for s in stems)
print(len(epoch_order(source.lengths, target.lengths, 128, 1, seed=1, epoch=0)), "batches")
"""


@dataclass(frozen=True)
class Run:
    """What some processes took together: CPU seconds, wall seconds, the largest one's megabytes."""

    cpu: float
    wall: float
    megabytes: float


def run(*commands: list[str]) -> Run:
    """Run commands side by side."""
    begin = time.monotonic()
    running = [
        subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for command in commands
    ]
    cpu, peak = 0.0, 0.0
    for process in running:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(said.decode())
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return Run(cpu, time.monotonic() - begin, peak)


def step(name: str, *arguments: object) -> list[str]:
    return ["-m", "seq2seq.steps.data", name.replace("_", "-"), *map(str, arguments)]


def originals(shared: Path) -> list[tuple[str, str]]:
    """As many pairs of each text."""
    folder = shared / "europarl-tok10k"
    europarl = [read_lines(folder / f"europarl.tok.lc.{language}") for language in ("en", "fr")]
    plain = shared / "wmt-newstest" / "plain"
    years = ("news-test2008", "newstest2009", "newstest2010", "newstest2011")
    news = [
        (line for year in years for line in read_lines(plain / f"{year}.{language}"))
        for language in ("en", "fr")
    ]
    with zipfile.ZipFile(next((shared / "tatoeba-anki").glob("*.zip"))) as archive:
        member = next(name for name in archive.namelist() if name.endswith("fra.txt"))
        rows = archive.read(member).decode("utf-8").split("\n")
    tatoeba = [(row.split("\t")[0], row.split("\t")[1]) for row in rows[-1 - EACH : -1]]
    return [
        *islice(zip(*europarl, strict=False), EACH),
        *islice(zip(*news, strict=False), EACH),
        *tatoeba,
    ]


def numbered(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for repetition in count():
        for source, target in pairs:
            yield f"{source} {repetition}", f"{target} {repetition}"


def write_corpus(folder: Path, shared: Path, pairs: int) -> None:
    for side, name in enumerate(SIDES):
        made = islice(numbered(originals(shared)), pairs)
        write_lines(folder / f"text.{name}.txt", (pair[side] for pair in made))


def apart(function: Callable[..., None], *arguments: object) -> None:
    """Call it in a process of its own: this one's peak would count as that of all it starts later."""
    process = get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0


def measure(folder: Path, pairs: int, cores: int) -> dict[str, Run]:
    """Every step on the corpus of a folder; the French side is counted and numbered."""
    parts = {side: [folder / f"{k}.{side}.txt" for k in range(1, cores + 1)] for side in SIDES}
    found = {f"tokenize {LANGUAGES[side]}": tokenize(folder, side, parts[side]) for side in SIDES}
    found["clean, select"] = clean(folder, parts, pairs)
    whole = folder / "tokens.whole.txt"
    with whole.open("wb") as file:
        for part in parts["target"]:
            with part.open("rb") as some:
                shutil.copyfileobj(some, file)
    return found | number(folder, whole)


def tokenize(folder: Path, side: str, parts: list[Path]) -> Run:
    """A part for each core, side by side."""
    return run(*(
        step("tokenize_corpus", "--text", folder / f"text.{side}.txt",
             "--shard", f"{k}-of-{len(parts)}", "--tokenizer", "moses",
             "--language", LANGUAGES[side], "--tokens", part)
        for k, part in enumerate(parts, start=1)
    ))  # fmt: skip


def clean(folder: Path, parts: dict[str, list[Path]], pairs: int) -> Run:
    """Every filter, and three corpora by shares of words; dev is some of the first, numbered anew."""
    dev = []
    for side in SIDES:
        dev.append(folder / f"dev.{side}.txt")
        some = islice(read_lines(parts[side][0]), min(5000, pairs // 10))
        write_lines(dev[-1], (f"{line} dev" for line in some))
    sizes = {"first": pairs // 2, "second": pairs // 4, "third": pairs - pairs // 2 - pairs // 4}
    rows = (f"{name}\t{size}" for name, size in sizes.items())
    write_lines(folder / "corpora.tsv", ["corpus\tpairs", *rows])
    return run(
        step("clean_corpus", "--settings", json.dumps(CLEANING), "--source", *parts["source"],
             "--corpora", folder / "corpora.tsv",
             "--target", *parts["target"], "--dev", *dev, "--test", *dev,
             "--source-tokens", folder / "tokens.source.txt",
             "--target-tokens", folder / "tokens.target.txt", "--table", folder / "cleaning.tsv")
    )  # fmt: skip


def number(folder: Path, tokens: Path) -> dict[str, Run]:
    """From tokens to the order of an epoch, in one part."""
    counts, vocabulary, ids = folder / "counts.tsv", folder / "vocabulary.tsv", folder / "ids"
    kind = json.dumps({"kind": "words", "sample_sentences": 1, "seed": 1})
    commands = {
        "count": step("count_words", "--tokens", tokens, "--shard", "1-of-1", "--counts", counts),
        "vocabulary": step("build_vocabulary", "--settings", kind, "--counts", counts,
                           "--tokens", tokens, "--size", 80_000, "--output", vocabulary),
        "encode": step("encode_corpus", "--tokens", tokens, "--vocabulary", vocabulary,
                       "--ids", f"{ids}.words.npy", "--offsets", f"{ids}.offsets.npy"),
        "shuffle": ["-c", SHUFFLE, str(ids), str(ids)],
    }  # fmt: skip
    return {name: run(command) for name, command in commands.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    beside = Path(__file__).resolve().parents[3] / "shared"
    shared = Path(os.environ.get("SEQ2SEQ_SHARED", beside)) / "data"
    if not shared.is_dir():
        sys.exit(f"{shared}: no such folder; $SEQ2SEQ_SHARED names the one with real text.")
    sizes = (arguments.pairs // 4, arguments.pairs)
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name, str(pairs)) for pairs in sizes]
        results = []
        for folder, pairs in zip(folders, sizes, strict=True):
            apart(write_corpus, folder, shared, pairs)
            results.append(measure(folder, pairs, arguments.cores))
        peers = {LANGUAGES[side]: _sacremoses(folders[0], side) for side in SIDES}
    print(f"{platform.machine()}, {arguments.cores} cores, Python {platform.python_version()}\n")
    _print_table(sizes, *results)
    for language, rate in peers.items():
        print(f"| sacremoses in a loop, {language} | {rate:,.0f} | | | | |")


def _print_table(sizes: tuple[int, int], small: dict[str, Run], large: dict[str, Run]) -> None:
    few, many = sizes
    print(f"| step | lines or pairs/s, core | all cores | {few:,}: MB | {many:,}: MB | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for what, one in large.items():
        before = small[what].megabytes
        print(f"| {what} | {many / one.cpu:,.0f} | {many / one.wall:,.0f} | {before:,.0f} | "
              f"{one.megabytes:,.0f} | {one.megabytes / before:.2f} |")  # fmt: skip


def _sacremoses(folder: Path, side: str) -> float:
    """Lines a second of a core, of the first lines of a corpus."""
    text = folder / f"some.{side}.txt"
    write_lines(text, islice(read_lines(folder / f"text.{side}.txt"), 3 * EACH))
    command = [sys.executable, "-c", SACREMOSES, str(text), LANGUAGES[side]]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


if __name__ == "__main__":
    main()
