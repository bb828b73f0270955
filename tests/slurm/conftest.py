"""The cluster that the tests run on: the one that is there, else one of their own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slurm.cluster import Cluster, found, possible

REPOSITORY = Path(__file__).resolve().parents[2]
PARTITIONS = "SEQ2SEQ_SLURM_PARTITIONS"  # of a cluster that has others than the profile's example
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster | None]:
    """Ours, which a test may do anything to; ``None`` is somebody else's."""
    ours = Cluster()
    if found() and not ours.configuration.is_file():
        yield None
        return
    if not possible():
        pytest.skip("needs a SLURM cluster, or Debian and root to bring one up")
    ours.start()
    yield ours
    ours.stop()


@pytest.fixture
def through_slurm(cluster: Cluster | None) -> Run:
    """Snakemake in a folder, by the profile of this repository; one that hangs is killed."""

    def run(folder: Path, *arguments: str, seconds: int) -> "subprocess.CompletedProcess[str]":
        profile = REPOSITORY / "workflow/profiles/slurm"
        partitions = os.environ.get(PARTITIONS, profile / "partitions.yaml")
        command = [
            *("timeout", "-k", "10", str(seconds), sys.executable, "-m", "snakemake"),
            *("--profile", profile, "--slurm-partition-config", partitions),
            *("--slurm-init-seconds-before-status-checks", "5", "--latency-wait", "20"),
            *("--slurm-keep-successful-logs", "--quiet", "rules"),
            *arguments,
        ]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )

    return run
