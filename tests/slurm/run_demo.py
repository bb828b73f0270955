"""The demo through the slurm profile: every job by sbatch, and the same bytes as on one machine.

By default a small one; the whole demo with SEQ2SEQ_SLURM_DEMO=config/demo.yaml.
"""

import os
import re
from pathlib import Path

import pytest
import yaml

from workbench import Workbench, make_workbench

SMALL = ["config/demo.yaml", "tests/slurm/small.yaml"]
REPOSITORY = Path(__file__).resolve().parents[2]
OVERLAYS = [
    REPOSITORY / name for name in os.environ.get("SEQ2SEQ_SLURM_DEMO", " ".join(SMALL)).split()
]
TIMED = {"speed", "costs"}  # tables that tell how long a run took
SECONDS = 1500


@pytest.fixture(scope="module")
def experiment() -> str:
    return yaml.safe_load(OVERLAYS[-1].read_text("utf-8"))["experiment"]


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Workbench:
    """The run on this machine."""
    bench = make_workbench(tmp_path_factory.mktemp("local") / "bench")
    ended = bench.snakemake("--configfile", *map(str, OVERLAYS), "--quiet", "rules")
    assert ended.code == 0, ended.errors[-6000:]
    return bench


def tables(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.glob("*.tsv"))
        if path.stem not in TIMED
    }


def test_a_run_on_a_cluster_makes_the_same_tables(
    tmp_path_factory, experiment, local, through_slurm
):
    bench = make_workbench(tmp_path_factory.mktemp("cluster") / "bench")
    arguments = ("--configfile", *map(str, OVERLAYS))
    ended = through_slurm(bench.folder, *arguments, seconds=SECONDS)
    assert ended.returncode == 0, ended.stderr[-6000:]
    made, expected = (tables(one / f"results/{experiment}/tables") for one in (bench, local))
    assert len(expected) >= 8
    assert made == expected
    assert sent(bench) == to_be_sent(local, arguments)


def sent(bench: Workbench) -> set[str]:
    """The rules and groups of which a job was sent, by the logs that are kept of them."""
    folder = bench / ".snakemake/slurm_logs"
    return {path.name.partition("_")[2] for path in folder.iterdir()}


def to_be_sent(bench: Workbench, arguments: tuple[str, ...]) -> set[str]:
    """What is not for the head node: the rules of the plan, or the groups that they are in."""
    planned = bench.snakemake("-n", "--forceall", *arguments)
    assert planned.code == 0, planned.errors
    texts = [path.read_text("utf-8") for path in (bench / "workflow/rules").glob("*.smk")]
    rules = dict(re.findall(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", "".join(texts), re.M | re.S))
    remote = {rule for rule in planned.jobs if "localrule: True" not in rules.get(rule, "")}
    groups = {rule: re.search(r'group:\s+"(\w+)"', rules.get(rule, "")) for rule in remote}
    return {found[1] if found else rule for rule, found in groups.items()}
