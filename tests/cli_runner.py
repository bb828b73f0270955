"""A copy of the checkout for Snakemake to run in, and a corpus so small that a minute does."""

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
PARTS = ("Snakefile", "workflow", "config", "envs")
ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FRENCH = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


@dataclass(frozen=True)
class Ended:
    """A run of Snakemake that is over."""

    code: int
    output: str
    errors: str

    @property
    def jobs(self) -> dict[str, int]:
        """How many jobs of each rule, from a dry run's table; ``all`` and ``total`` left out."""
        table = re.findall(r"^(\w+) +(\d+)$", self.output + self.errors, re.MULTILINE)
        return {rule: int(count) for rule, count in table if rule not in ("all", "total")}

    @property
    def made(self) -> list[str]:
        """The files that the jobs of a dry run would make."""
        lines = re.findall(r"^ +output: (.+)$", self.output + self.errors, re.MULTILINE)
        return [re.sub(r" \(.*\)$", "", file) for line in lines for file in line.split(", ")]


@dataclass(frozen=True)
class Workbench:
    """A folder with what Snakemake needs of the checkout, and its own results."""

    folder: Path

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Snakemake there, one thread to a program."""
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(self / ".cache"),
            "OMP_NUM_THREADS": "1",
        }
        environment.pop("SEQ2SEQ_MIRROR", None)
        return subprocess.Popen(
            [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def snakemake(self, *arguments: str) -> Ended:
        process = self.start(*arguments)
        output, errors = process.communicate()
        return Ended(process.returncode, output, errors)

    def write(self, name: str, value: dict[str, Any]) -> str:
        """Write an overlay; its name is returned, for ``--configfile``."""
        (self / name).write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")
        return name

    def copy(self, folder: Path) -> "Workbench":
        """The same with all results, to be spoilt."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Workbench(folder)


def make_workbench(folder: Path) -> Workbench:
    """What is in the checkout now, without environment, results and caches."""
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for part in PARTS:
        if (REPOSITORY / part).is_dir():
            shutil.copytree(REPOSITORY / part, folder / part, ignore=ignored)
        else:
            shutil.copy2(REPOSITORY / part, folder / part)
    return Workbench(folder)


def add_toy_corpus(bench: Workbench, *, pairs: int = 60) -> None:
    """An archive of numbers in words, in a mirror folder, and its rows in the catalogue."""
    chance = random.Random(3)
    archive = bench / "mirror" / "toy.zip"
    archive.parent.mkdir()
    sizes = {"train": pairs, "dev": 12, "test": 12}
    with zipfile.ZipFile(archive, "w") as file:
        for split, size in sizes.items():
            rows = [_pair(chance) for _ in range(size)]
            member = zipfile.ZipInfo(f"toy/{split}.txt", date_time=(2014, 12, 8, 0, 0, 0))
            file.writestr(member, "".join(f"{row}\n" for row in rows))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    with (bench / "config/corpora.tsv").open("a", encoding="utf-8") as catalogue:
        for split, size in sizes.items():
            fields = (
                *(f"toy-{split}", "toy.zip", f"toy/{split}.txt#1", f"toy/{split}.txt#2", str(size)),
                *("raw", str(archive.stat().st_size), digest, ""),
                *("https://mirror.invalid/toy.zip", "ours"),
            )
            catalogue.write("\t".join(fields) + "\n")


def _pair(chance: random.Random) -> str:
    numbers = chance.choices(range(10), k=chance.randint(2, 6))
    sides = (" ".join(language[number] for number in numbers) for language in (ENGLISH, FRENCH))
    return "\t".join(f"{side} ." for side in sides)


def tiny_settings(bench: Workbench) -> dict[str, Any]:
    """The paper's configuration with every size cut down; of its systems, two models and a pair."""
    config = yaml.safe_load((bench / "config/config.yaml").read_text(encoding="utf-8"))
    models = config.pop("models")
    tiny = _fewer_models(config)
    tiny["models"] = {name: models[name] for name in ("forward-1", "reversed-1")}
    tiny["experiment"] = "tiny"
    tiny["shards"] |= {"text": 2, "score": 2}
    tiny["data"] |= {
        "description": "NOT THE PAPER'S DATA: numbers in words.",
        "mirror": "mirror",
        "selection": "all",
        "train_pairs": None,
        **{split: [f"toy-{split}"] for split in ("train", "dev", "test")},
    }
    tiny["vocabulary"] |= {"source_words": 20, "target_words": 20}
    tiny["model"] |= {"layers": 2, "hidden_size": 8, "embedding_size": 8, "initial_range": 0.5}
    tiny["train"] |= {"epochs": 1.0, "batch_size": 10, "halve_from_epoch": 0.5, "precision": "fp32"}
    tiny["baseline"] |= dict.fromkeys(("tune_rounds", "tune_starts"), 1)
    tiny["baseline"] |= {"training_pairs": None, "alignment_iterations": 2, "lm_order": 2}
    tiny["baseline"] |= {"stack_size": 5, "pop_limit": 10, "nbest_size": 5}
    tiny["baseline"] |= {"tune_sentences": 4, "tune_nbest_size": 5}
    tiny["precision_check"]["epochs"] = 0.5
    tiny["ablation"]["models"] = ["forward-1", "reversed-1"]
    for plot in ("length_plot", "rarity_plot"):
        tiny[plot]["bucket_size"] = 4
    return tiny


def _fewer_models(value: Any) -> Any:
    if isinstance(value, list):
        return [_fewer_models(item) for item in value]
    if not isinstance(value, dict):
        return value
    smaller = {key: _fewer_models(item) for key, item in value.items()}
    if len(value.get("models", ())) > 1:
        smaller["models"] = ["forward-1", "reversed-1"]
    if "beam" in value:
        smaller["beam"] = 2
    if "seeds" in value and "networks" not in value:  # the ladder's are numbers
        smaller["seeds"] = ["forward-1"]
    return smaller
