"""Which GPUs of a machine a job computes on: no two jobs share one, whoever started them.

A scheduler such as SLURM gives each job its own GPUs.  Without one, every job of a run sees all of
them and PyTorch takes the first.  Here a job locks as many as it needs, by files in a folder of this
machine, and waits while others hold them.  The kernel frees the locks of a job that ends.
"""

import fcntl
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.runtime.logging import log

CPU_ONLY = "SEQ2SEQ_CPU"  # set to 1 to ignore GPUs
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_FOLDER = Path("/tmp/seq2seq-gpus")  # of all users: TMPDIR may differ from job to job
_SECONDS = 1.0  # between two attempts
_QUERY = ("nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader")
_leased: list[int] = []  # descriptors, kept open for as long as this process lives


def visible_gpus() -> list[str]:
    """UUIDs of the GPUs that this process may use, as `nvidia-smi` and the environment have them."""
    if os.environ.get(CPU_ONLY) == "1":
        return []
    try:
        answer = subprocess.run(_QUERY, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    names = dict(line.split(", ") for line in answer.splitlines())
    if (chosen := os.environ.get(_VISIBLE)) is None:
        return list(names.values())
    return [names.get(name, name) for name in map(str.strip, chosen.split(",")) if name]


def lease_gpus(count: int, *, folder: Path = _FOLDER) -> None:
    """Make ``count`` GPUs visible to this process and its children that no other job holds.

    Call it before PyTorch looks for GPUs.  Does nothing without GPUs, under a scheduler, or twice.
    """
    if _leased or {"SLURM_JOB_ID", "LOCAL_RANK"} & os.environ.keys():
        return
    gpus = visible_gpus()
    if not gpus:
        return
    if count > len(gpus):
        raise UserError(
            f"The job needs {count} GPUs, but {len(gpus)} are visible here. Lower `gpu` of the rule "
            f"in the profile, or check {_VISIBLE}."
        )
    folder.mkdir(mode=0o777, parents=True, exist_ok=True)
    if not (held := _try_lock(gpus, count, folder)):
        log.info(f"waiting for {count} of {len(gpus)} GPUs, which other jobs hold")
    while not held:
        time.sleep(_SECONDS)
        held = _try_lock(gpus, count, folder)
    _leased.extend(held.values())
    os.environ[_VISIBLE] = ",".join(held)


def _try_lock(gpus: Sequence[str], count: int, folder: Path) -> dict[str, int]:
    """Lock ``count`` GPUs, or none: two jobs that hold half of what they need would wait forever."""
    with (folder / "all.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        held: dict[str, int] = {}
        for gpu in gpus:
            if len(held) < count:
                # Inherited by the program that a launcher becomes.
                flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
                descriptor = os.open(folder / f"{gpu}.lock", flags, 0o666)
                os.set_inheritable(descriptor, True)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    held[gpu] = descriptor
                except BlockingIOError:
                    os.close(descriptor)
        if len(held) < count:
            for descriptor in held.values():
                os.close(descriptor)
            return {}
        return held
