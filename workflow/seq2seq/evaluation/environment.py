"""What a result was made with: the code's commit, versions of packages, the machine."""

import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PACKAGES = (
    *("snakemake", "torch", "numpy", "sacrebleu", "sacremoses", "safetensors"),
    *("sentencepiece", "matplotlib"),
)


@dataclass(frozen=True)
class Code:
    """The commit that the code is at; ``modified`` if files differ from it, ``None`` if unknown."""

    commit: str | None
    modified: bool | None


@dataclass(frozen=True)
class Machine:
    """``memory_gib`` and ``cores`` are the whole machine's."""

    platform: str
    processor: str
    cores: int
    memory_gib: float


def code_at(folder: str | Path) -> Code:
    """The commit of a checkout; without git, or outside of a checkout, nothing is known."""
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain")
    return Code(commit, None if commit is None or changes is None else changes != "")


def _git(folder: str | Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def package_versions(names: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Of those packages that are installed in this environment."""
    versions = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"python": platform.python_version(), **versions}


def this_machine() -> Machine:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        platform=f"{platform.system()} {platform.machine()}",
        processor=_processor(Path("/proc/cpuinfo")),
        cores=os.cpu_count() or 1,
        memory_gib=round(memory / 2**30, 1),
    )


def _processor(description: Path) -> str:
    """Its name as Linux has it, else what Python knows."""
    if description.is_file():
        for line in description.read_text(encoding="utf-8").split("\n"):
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor()
