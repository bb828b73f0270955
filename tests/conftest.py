"""Fixtures shared by all tests."""

import os
from pathlib import Path

import hypothesis
import pytest

# Networks of tests are small: threads would only wait for one another, in as many processes as run.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Tests expect the CPU, except those marked `gpu`.
os.environ["SEQ2SEQ_CPU"] = "1"

hypothesis.settings.register_profile(
    "same each time", derandomize=True, database=None, deadline=None
)
hypothesis.settings.load_profile("same each time")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real text that lies beside the checkout and is never part of it."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs real text in {folder}, which is not there")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    import torch

    if torch.cuda.is_available():
        return
    for item in items:
        if "gpu" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))
