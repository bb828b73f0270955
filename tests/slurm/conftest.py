"""The cluster that the tests run on: the one that is there, else one of their own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from cli_runner import Workbench, make_workbench
from slurm.cluster import Cluster, found, possible

REPOSITORY = Path(__file__).resolve().parents[2]
PARTITIONS = "SEQ2SEQ_SLURM_PARTITIONS"  # of a cluster that has others than the profile's example
SMALL = "config/demo.yaml tests/slurm/small.yaml"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def overlays() -> list[str]:
    """The configuration to run; the whole demo if asked for."""
    names = os.environ.get("SEQ2SEQ_SLURM_DEMO", SMALL).split()
    return ["--configfile", *(str(REPOSITORY / name) for name in names)]


@pytest.fixture(scope="session")
def results(overlays: list[str]) -> str:
    """Where that configuration's results are."""
    name = yaml.safe_load(Path(overlays[-1]).read_text("utf-8"))["experiment"]
    return f"results/{name}"


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory, overlays: list[str]) -> Workbench:
    """The run on this machine, all files kept."""
    bench = make_workbench(tmp_path_factory.mktemp("local") / "bench")
    ended = bench.snakemake(*overlays, "--quiet", "rules", "--notemp")
    assert ended.code == 0, ended.errors[-6000:]
    return bench


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
