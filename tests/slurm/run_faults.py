"""What happens to jobs on a cluster, one of each kind in one run, which ends right by itself.

A job that fails once, one that is killed for its memory, one at its time limit, `scontrol requeue`,
`scancel` by somebody else, preemption; and the controller is down for half a minute meanwhile.
"""

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

SNAKEFILE = Path(__file__).with_name("faults.smk")
STARTS = {
    "fails_once": 2,
    "outgrows_memory": 2,
    "outlasts_its_time": 2,
    "is_requeued": 2,
    "is_cancelled": 2,
    "is_preempted": 2,
}
OUTAGE_SECONDS = 30


class Mischief(threading.Thread):
    """Does to the jobs what users and administrators do, as soon as each has begun."""

    def __init__(self, folder: Path, cluster) -> None:
        super().__init__(daemon=True)
        self._folder, self._cluster = folder, cluster
        self.done: list[str] = []

    def run(self) -> None:
        self._preempt()
        self._to("is_requeued", "scontrol", "requeue")
        self._to("is_cancelled", "scancel")
        self._cluster.stop_controller()
        time.sleep(OUTAGE_SECONDS)
        self._cluster.start_controller()
        self.done.append("controller")

    def _to(self, rule: str, *command: str) -> None:
        subprocess.run([*command, self._begun(rule)], check=True, timeout=60)
        self.done.append(rule)

    def _preempt(self) -> None:
        """A job of a partition that goes before, which needs the whole node."""
        self._begun("is_preempted")
        command = ["sbatch", "-p", "gpu", "-c", "8", "--mem=100", "-t", "2"]
        subprocess.run([*command, "-o", "/dev/null", "--wrap", "sleep 10"], check=True, timeout=60)
        self.done.append("is_preempted")

    def _begun(self, rule: str) -> str:
        """The number of the job of that rule, once its program has started."""
        deadline = time.monotonic() + 120
        while not (self._folder / "starts" / rule).exists():
            assert time.monotonic() < deadline, f"{rule} did not begin"
            time.sleep(0.5)
        jobs = _output("squeue", "-h", "-t", "running", "-o", "%i %k").split("\n")
        return next(line.split()[0] for line in jobs if rule in line)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout


def test_whatever_happens_to_its_jobs_a_run_ends_right(tmp_path, cluster, through_slurm):
    if cluster is None:
        pytest.skip("needs a cluster of its own, to be mischievous on")
    (tmp_path / "starts").mkdir()
    mischief = Mischief(tmp_path, cluster)
    mischief.start()
    ended = through_slurm(tmp_path, "--snakefile", str(SNAKEFILE), seconds=540)
    if "SEQ2SEQ_SHOW" in os.environ:
        print(ended.stderr)
    assert ended.returncode == 0, ended.stderr[-6000:]
    assert mischief.done == ["is_preempted", "is_requeued", "is_cancelled", "controller"]
    made = {path.stem: path.read_text() for path in (tmp_path / "made").iterdir()}
    assert made == dict.fromkeys(STARTS, "right\n")
    started = {path.name: len(path.read_text().split()) for path in (tmp_path / "starts").iterdir()}
    assert started == STARTS
