"""Several runs at once: in one folder, after a killed one, and with one cache of downloads."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.test_bad_input import catalogue_of, row

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a run that was killed: Snakemake's lock is left."""
    (tmp_path / "Snakefile").write_text("rule all:\n    input: []\n")
    (tmp_path / ".snakemake/locks").mkdir(parents=True)
    (tmp_path / ".snakemake/locks/0.output.lock").write_text("x\n")
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start a process that calls itself by this name, with the folder as its working directory."""
    started = []

    def sleep(name: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(["bash", "-c", f"exec -a '{name}' sleep 60"], cwd=folder))
        while name not in Path(f"/proc/{started[-1].pid}/cmdline").read_text():
            time.sleep(0.01)
        return started[-1]

    yield sleep
    for process in started:
        process.kill()
        process.wait()


def unlock(folder: Path) -> subprocess.CompletedProcess[str]:
    """As `make` does before it calls Snakemake."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [sys.executable, "-m", "seq2seq.runtime.unlock"]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def refusal(folder: Path) -> str:
    ended = unlock(folder)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert (folder / ".snakemake/locks/0.output.lock").exists()
    return ended.stderr


def test_a_second_run_in_a_folder_is_refused_in_a_sentence(folder: Path, start: Start) -> None:
    running = start("snakemake")
    assert f"Snakemake runs here already (process {running.pid})." in refusal(folder)
    assert running.poll() is None


def test_the_lock_of_a_killed_run_goes_and_its_jobs_with_it(folder: Path, start: Start) -> None:
    job, other = start("python -m seq2seq.steps.train"), start("an editor")
    ended = unlock(folder)
    assert ended.returncode == 0, ended.stderr
    assert "The last run was killed" in ended.stderr
    assert not list((folder / ".snakemake/locks").glob("*"))
    assert job.wait(10) != 0
    assert other.poll() is None


def test_a_lock_of_another_machine_is_left(folder: Path) -> None:
    (folder / ".snakemake/seq2seq_host").write_text("another.machine\n")
    assert "locked by a run on another.machine. If it is no longer alive, call" in refusal(folder)


def test_without_a_lock_nothing_is_said(folder: Path, start: Start) -> None:
    (folder / ".snakemake/locks/0.output.lock").unlink()
    running = start("snakemake")
    ended = unlock(folder)
    assert (ended.returncode, ended.stderr, running.poll()) == (0, "", None)


def test_several_runs_share_one_cache_of_downloads(tmp_path: Path) -> None:
    content = b"one\n" * 2_000_000
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/c.en").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    rows = row("c.en", ".", "-", sha256=digest), row("c.fr", "-", ".")
    command = [
        *(sys.executable, "-m", "seq2seq.steps.data", "download", "--file", "c.en"),
        *("--catalogue", str(catalogue_of(tmp_path, *rows)), "--mirror", str(tmp_path / "mirror")),
        *("--output", str(tmp_path / "cache/c.en")),
        *("--checksum", str(tmp_path / "cache/checksums/c.en.sha256")),
    ]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4, said
    assert (tmp_path / "cache/c.en").read_bytes() == content
    assert (tmp_path / "cache/checksums/c.en.sha256").read_text() == f"{digest}  c.en\n"
    left = {path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    assert left == {"c.en", "c.en.sha256", "c.en.lock"}
