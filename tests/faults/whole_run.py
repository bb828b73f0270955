"""`make chaos`: a whole run whose processes are killed at random ends in an undisturbed run's bytes.

`make demo` runs in a copy of the checkout with a corpus of number words.  Every few seconds SIGKILL
hits one process: make, Snakemake, a job, or a program of a job.  Whenever `make` has ended, it is
started again; nothing is cleaned up by hand.  After the last kill comes one plain `make demo`.
"""

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil

from cli_runner import REPOSITORY, Workbench, add_toy_corpus, make_workbench, tiny_settings
from compare_results import differences
from seq2seq.runtime.logging import log

RESULTS = "results/demo"


def bench_in(folder: Path) -> Workbench:
    """A checkout in which `make demo` takes a minute."""
    bench = make_workbench(folder)
    for name in ("Makefile", "requirements.lock", "requirements-torch.txt", "pyproject.toml"):
        shutil.copy2(REPOSITORY / name, folder / name)
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    add_toy_corpus(bench)
    bench.write("config/demo.yaml", tiny_settings(bench) | {"experiment": "demo"})
    return bench


def make(bench: Workbench) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": str(bench / ".cache")}
    for name in ("SEQ2SEQ_MIRROR", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        environment.pop(name, None)
    with (bench / "make.log").open("ab") as file:
        return subprocess.Popen(
            ["make", "demo", "CORES=2"], cwd=bench.folder, env=environment, stdout=file, stderr=file
        )


def alive(bench: Workbench) -> Iterator[tuple[psutil.Process, str]]:
    """The processes of the run, and what each is."""
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == bench.folder and process.status() != psutil.STATUS_ZOMBIE:
                yield process, kind(process.cmdline())
        except (psutil.Error, OSError):
            continue


def kind(command: list[str]) -> str:
    names = [Path(part).name for part in command[:4]]
    if "snakemake" in names:
        return "snakemake of a job" if "--mode" in command else "snakemake"
    step = [part for part in command[:4] if part.startswith("seq2seq.")]
    return step[0] if step and "python" in names[0] else (names or ["?"])[0]


def kill_one(bench: Workbench, chance: random.Random) -> str | None:
    """Kill a random process of the run; the kinds have equal chances, as there are many shells."""
    processes = list(alive(bench))
    kinds = sorted({name for _, name in processes})
    if not kinds:
        return None
    chosen = chance.choice(kinds)
    one = chance.choice([process for process, name in processes if name == chosen])
    try:
        one.kill()
    except psutil.NoSuchProcess:
        return None
    return chosen


def disturb(bench: Workbench, *, kills: int, seconds: float, chance: random.Random) -> Counter[str]:
    """Run `make demo` over and over until so many are killed, one after up to ``seconds``."""
    killed: Counter[str] = Counter()
    starts = finished = 0
    process: subprocess.Popen[bytes] | None = None
    while killed.total() < kills:
        if process is None or process.poll() is not None:
            if process is not None and process.returncode == 0:
                finished += 1
                shutil.rmtree(bench / RESULTS)
            process, starts = make(bench), starts + 1
        time.sleep(chance.uniform(0.5, seconds))
        if name := kill_one(bench, chance):
            killed[name] += 1
    for one, name in list(alive(bench)):  # the last plain run must not meet a living one
        if name in ("make", "snakemake"):
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
                killed[name] += 1
    assert process is not None
    process.wait()
    log.info(f"{starts} starts of make, {finished} of them to the end, before the last")
    return killed


def check(folder: Path, *, kills: int, seed: int) -> Counter[str]:
    """An assertion fails where the two runs differ or something is left behind."""
    peace, chaos = bench_in(folder / "peace"), bench_in(folder / "chaos")
    began = time.monotonic()
    assert make(peace).wait() == 0, (peace / "make.log").read_text()[-4000:]
    took = time.monotonic() - began
    log.info(f"undisturbed: {took:.0f} s")
    # So that the kills reach the last stages: each costs a start of make and the job that it hit.
    killed = disturb(chaos, kills=kills, seconds=4 * took / kills, chance=random.Random(seed))
    (chaos / "make.log").rename(chaos / "disturbed.log")
    assert make(chaos).wait() == 0, (chaos / "make.log").read_text()[-4000:]
    assert differences(peace / RESULTS, chaos / RESULTS) == []
    files, expected = files_of(chaos), files_of(peace)
    assert files == expected, sorted(files ^ expected)
    return killed


def files_of(bench: Workbench) -> set[Path]:
    """All but Snakemake's timings, of which a kill between a job's end and its record costs one."""
    files = {path.relative_to(bench / RESULTS) for path in (bench / RESULTS).rglob("*")}
    return {path for path in files if path.parts[0] != "benchmarks"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="of moments and victims")
    parser.add_argument("--folder", type=Path, help="kept; a temporary one without it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        killed = check(folder, kills=arguments.kills, seed=arguments.seed)
    each = ", ".join(f"{count} {name}" for name, count in killed.most_common())
    log.info(f"Result: {killed.total()} kills of the whole run ({each}); then one plain run: "
             "the bytes of an undisturbed one, nothing left behind")  # fmt: skip


if __name__ == "__main__":
    main()
