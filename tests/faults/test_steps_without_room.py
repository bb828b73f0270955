"""Every step on a full disk, in a read-only folder and without memory: one sentence, no half file."""

import ast
import ctypes
import hashlib
import importlib
import multiprocessing
import os
import re
import resource
import shlex
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cli_runner import REPOSITORY, Workbench
from seq2seq.runtime.command_line import run_app

pytestmark = pytest.mark.slow

CAP_DAC_OVERRIDE = 1
SECONDS = 120  # a step that takes longer hangs
TINY = ("--configfile", "tiny.yaml")
# Steps that the small run has no job for: they need a user's list, the network, or another model.
WITHOUT_A_JOB = {"bundle", "generate-demo-corpus", "hold-out"}
WITHOUT_A_JOB |= {"import-nbest", "import-language-model", "import-alignments"}  # of a user's files
WITHOUT_A_JOB |= {"fit-ladder"}  # its trainings would take minutes


def step_names() -> list[str]:
    return sorted(
        node.name.replace("_", "-")
        for path in (REPOSITORY / "workflow/seq2seq/steps").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and any("app.command" in ast.unparse(each) for each in node.decorator_list)
    )


class Jobs:
    """The commands of all jobs of the small run, and which of them writes a file."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        ended = bench.snakemake("-n", "-p", "--forceall", *TINY)
        assert ended.code == 0, ended.errors[-2000:]
        self.of_step: dict[str, list[str]] = {}
        self.writer: dict[str, tuple[list[str], list[str]]] = {}
        for job in re.split(r"^ *(?=(?:local)?rule \w+:)", ended.output + ended.errors, flags=re.M):
            command = re.search(r"python -m (seq2seq\.steps\.\w+ .*?)(?: 2>&1 \| tee|$)", job, re.M)
            if command is None:
                continue
            words = shlex.split(command[1])
            if words[1] in ("download", "extract-corpus"):  # the default is beside the package
                words += ["--catalogue", "config/corpora.tsv"]
            self.of_step.setdefault(words[1], words)
            inputs, outputs = (self._files(job, kind) for kind in ("input", "output"))
            self.writer |= dict.fromkeys(outputs, (words, inputs))

    @staticmethod
    def _files(job: str, kind: str) -> list[str]:
        found = re.search(rf"^ +{kind}: (.+)$", job, re.M)
        return [re.sub(r" \(.*\)$", "", one) for one in found[1].split(", ")] if found else []

    def provide_inputs(self, words: list[str]) -> None:
        """Make the temporary files that a job reads and that the run has deleted."""
        for made, inputs in self.writer.values():
            if made == words:
                for file in inputs:
                    if not (self.bench / file).exists():
                        self.provide_inputs(self.writer[file][0])
                        code, said = run_step(self.bench.folder, self.writer[file][0])
                        assert code == 0, said
                return


@pytest.fixture(scope="module")
def jobs(tiny_run: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Jobs:
    return Jobs(tiny_run.copy(tmp_path_factory.mktemp("room") / "copy"))


def run_step(
    folder: Path, words: list[str], limit: Callable[[], None] | None = None
) -> tuple[int | None, str]:
    """The exit code of a step in a process of its own, and what it says."""
    import matplotlib.pyplot  # noqa: F401  # what steps import late, and could not under a limit
    import torch  # noqa: F401

    app = importlib.import_module(words[0]).app
    receive, send = os.pipe()

    def work() -> None:
        os.setsid()  # with its own processes, to be killed together
        os.chdir(folder)
        os.dup2(send, 2)
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
        if limit:
            limit()
        run_app(app, words[1:])

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    os.close(send)
    too_late = threading.Timer(SECONDS, lambda: os.killpg(process.pid or 0, signal.SIGKILL))
    too_late.start()
    with open(receive, encoding="utf-8") as pipe:  # noqa: PTH123
        said = pipe.read()
    process.join()
    too_late.cancel()
    return process.exitcode, said


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def full_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))


def obey_permissions() -> None:
    """Root may write anywhere; without this capability it may not."""
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None)
    assert libc.capget(header, data) == 0
    data[0] &= ~(1 << CAP_DAC_OVERRIDE)
    assert libc.capset(header, data) == 0


def little_memory() -> None:
    now = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (now + (1 << 20), now + (1 << 20)))


def one_sentence(said: str) -> str:
    errors = [line for line in said.split("\n") if line.startswith("error: ")]
    assert "Traceback" not in said, said[-3000:]
    assert len(errors) == 1, said[-3000:]
    assert errors[0].endswith((".", "?")), errors
    return errors[0]


def test_the_small_run_has_a_job_of_every_other_step(jobs: Jobs) -> None:
    assert set(step_names()) - set(jobs.of_step) == WITHOUT_A_JOB


@pytest.fixture
def words(request: pytest.FixtureRequest, jobs: Jobs) -> list[str]:
    found = jobs.of_step[request.param]
    jobs.provide_inputs(found)
    return found


every_step = pytest.mark.parametrize(
    "words", sorted(set(step_names()) - WITHOUT_A_JOB), indirect=True
)


@every_step
def test_a_full_disk(jobs: Jobs, words: list[str]) -> None:
    before = digests(jobs.bench / "results")
    code, said = run_step(jobs.bench.folder, words, full_disk)
    assert code == 2, said
    assert re.search("disk is full|File too large|system refuses", one_sentence(said)), said
    assert digests(jobs.bench / "results") == before


@every_step
def test_a_folder_that_cannot_be_written(jobs: Jobs, words: list[str]) -> None:
    folders = [path for path in (jobs.bench / "results").rglob("*") if path.is_dir()]
    before = digests(jobs.bench / "results")
    for folder in folders:
        folder.chmod(0o555)
    try:
        code, said = run_step(jobs.bench.folder, words, obey_permissions)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert code == 2, said
    assert "ermission" in one_sentence(said)
    assert digests(jobs.bench / "results") == before


@every_step
def test_too_little_memory(jobs: Jobs, words: list[str]) -> None:
    """A step that needs no more than it has may succeed, with the same bytes but for timings."""
    before = digests(jobs.bench / "results")
    code, said = run_step(jobs.bench.folder, words, little_memory)
    if code != 0:
        last = said.rstrip("\n").split("\n")[-1]
        assert code == 2 and last.startswith("error: "), said
        assert re.search("emory|system refuses", last), said
        assert digests(jobs.bench / "results") == before
