"""GPUs are leased: no two jobs on one, and a killed job frees its own. The GPUs are pretended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

JOB = """
import os, sys, time
from pathlib import Path
from seq2seq.runtime.gpus import lease_gpus
lease_gpus(int(sys.argv[1]), folder=Path(sys.argv[2]))
print(os.environ.get("CUDA_VISIBLE_DEVICES"), flush=True)
time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def machine(tmp_path: Path):
    """Start jobs on a machine whose `nvidia-smi` lists four GPUs."""
    script = tmp_path / "bin" / "nvidia-smi"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nfor n in 0 1 2 3; do echo $n, GPU-$n; done\n")
    script.chmod(0o755)
    started = []

    def job(count: int, seconds: float = 30, **environment: str) -> subprocess.Popen[str]:
        kept = {
            k: v for k, v in os.environ.items() if k not in ("CUDA_VISIBLE_DEVICES", "SEQ2SEQ_CPU")
        }
        kept["PATH"] = f"{script.parent}:{kept['PATH']}"
        process = subprocess.Popen(
            [sys.executable, "-c", JOB, str(count), str(tmp_path / "locks"), str(seconds)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=kept | environment,
        )  # fmt: skip
        started.append(process)
        return process

    yield job
    for process in started:
        process.kill()
        process.communicate()


def gpus(process: subprocess.Popen[str]) -> set[str]:
    assert process.stdout is not None
    return set(process.stdout.readline().strip().split(","))


def test_jobs_beside_each_other_have_gpus_of_their_own(machine) -> None:
    jobs = [machine(2), machine(1), machine(1)]
    held = [gpus(job) for job in jobs]
    assert [len(one) for one in held] == [2, 1, 1]
    assert set.union(*held) == {"GPU-0", "GPU-1", "GPU-2", "GPU-3"}


def test_a_killed_job_s_gpus_are_free(machine) -> None:
    first = machine(3)
    held = gpus(first)
    waiting = machine(2)
    time.sleep(1)
    assert waiting.poll() is None
    first.send_signal(signal.SIGKILL)
    assert len(gpus(waiting)) == 2
    assert len(held) == 3


def test_a_job_that_waits_holds_nothing(machine) -> None:
    """Otherwise two jobs that hold half of what they need would wait forever."""
    assert len(gpus(machine(3))) == 3
    machine(2)
    time.sleep(1.5)
    assert len(gpus(machine(1))) == 1


def test_a_scheduler_s_grant_stays(machine) -> None:
    granted = {"SLURM_JOB_ID": "7", "CUDA_VISIBLE_DEVICES": "2"}
    assert gpus(machine(1, **granted)) == {"2"}
    assert gpus(machine(1, **granted)) == {"2"}


def test_a_user_s_choice_is_leased_from(machine) -> None:
    chosen = {"CUDA_VISIBLE_DEVICES": "1,3"}
    assert gpus(machine(1, **chosen)) | gpus(machine(1, **chosen)) == {"GPU-1", "GPU-3"}
    assert gpus(machine(1, CUDA_VISIBLE_DEVICES="")) == {""}
    assert gpus(machine(1, SEQ2SEQ_CPU="1")) == {"None"}


def test_more_gpus_than_there_are_is_a_sentence(machine) -> None:
    _, errors = machine(5).communicate()
    assert "needs 5 GPUs, but 4 are visible here" in errors
