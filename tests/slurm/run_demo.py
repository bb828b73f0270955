"""The demo through the slurm profile: every job by sbatch, and the same bytes as on one machine.

By default a small one; the whole demo with SEQ2SEQ_SLURM_DEMO=config/demo.yaml.
"""

import re
from pathlib import Path

from cli_runner import Workbench, make_workbench

TIMED = {"speed", "costs"}  # tables that tell how long a run took
SECONDS = 1500


def tables(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.glob("*.tsv"))
        if path.stem not in TIMED
    }


def test_a_run_on_a_cluster_makes_the_same_tables(
    tmp_path_factory, overlays, results, local, through_slurm
):
    bench = make_workbench(tmp_path_factory.mktemp("cluster") / "bench")
    ended = through_slurm(bench.folder, *overlays, seconds=SECONDS)
    assert ended.returncode == 0, ended.stderr[-6000:]
    made, expected = (tables(one / results / "tables") for one in (bench, local))
    assert len(expected) >= 8
    assert made == expected
    assert sent(bench) == to_be_sent(local, overlays)


def sent(bench: Workbench) -> set[str]:
    """The rules and groups of which a job was sent, by the logs that are kept of them."""
    folder = bench / ".snakemake/slurm_logs"
    names = [path.name.partition("_") for path in folder.iterdir()]
    return {rest.partition("_")[0] if kind == "group" else rest for kind, _, rest in names}


def to_be_sent(bench: Workbench, arguments: list[str]) -> set[str]:
    """What is not for the head node: the rules of the plan, or the groups that they are in."""
    planned = bench.snakemake("-n", "--forceall", *arguments)
    assert planned.code == 0, planned.errors
    texts = [path.read_text("utf-8") for path in (bench / "workflow/rules").glob("*.smk")]
    found = re.findall(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", "".join(texts), re.M | re.S)
    rules = dict(found)
    remote = {rule for rule in planned.jobs if "localrule: True" not in rules.get(rule, "")}
    groups = {rule: re.search(r'group:\s+"(\w+)"', rules.get(rule, "")) for rule in remote}
    return {group[1] if group else rule for rule, group in groups.items()}
