"""One small run of everything, shared by the tests that look at it, in however many processes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli_runner import Workbench, add_toy_corpus, make_workbench, tiny_settings


@contextmanager
def single_process(path: Path) -> Iterator[None]:
    """While this lasts, no other process of the tests has the same."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test session, the same one for all its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def checkout(shared_folder: Path) -> Workbench:
    """A copy of the checkout without any data; nothing is to be made in it."""
    folder = shared_folder / "checkout"
    with single_process(shared_folder / "checkout.lock"):
        return Workbench(folder) if folder.exists() else make_workbench(folder)


@pytest.fixture(scope="session")
def tiny_run(shared_folder: Path) -> Workbench:
    """The whole workflow, run once with ``tiny.yaml``; copy it before you change it."""
    folder, report = shared_folder / "it's a $tiny é", shared_folder / "tiny.failed"
    with single_process(shared_folder / "tiny.lock"):
        if not folder.exists():
            bench = make_workbench(folder)
            add_toy_corpus(bench)
            bench.write("tiny.yaml", tiny_settings(bench))
            ended = bench.snakemake("--configfile", "tiny.yaml")
            if ended.code != 0:
                report.write_text(ended.errors[-6000:])
    if report.exists():
        pytest.fail(f"the small run failed:\n{report.read_text()}")
    return Workbench(folder)
