"""Before `make` runs Snakemake in this folder: clear up after a Snakemake that was killed.

A killed Snakemake leaves its lock, and its jobs go on without it.  We stop those jobs and remove the
lock, but only if no Snakemake of this folder is alive, on this machine and by what we can see.
"""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil

from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, write_lines
from seq2seq.runtime.logging import log, run

_STATE = Path(".snakemake")
_HOST = _STATE / "seq2seq_host"  # where `make` last ran in this folder
_SECONDS = 5.0  # for a job to end before it is killed


def main() -> None:
    locks = [path for path in _STATE.glob("locks/*") if path.is_file()]
    if locks:
        _check_owner(locks[0])
        processes = dict(_processes(Path.cwd()))
        running = [one.pid for one, command in processes.items() if _is_main(command)]
        if running:
            raise UserError(
                f"{Path.cwd()}: Snakemake runs here already (process {running[0]}). Wait until it "
                "ends, or stop it."
            )
        _stop(list(processes))
        command = ("snakemake", "--unlock", "--quiet", "all")
        ended = subprocess.run(command, capture_output=True, text=True)
        if ended.returncode:
            said = " ".join(ended.stderr.split())[-300:]
            raise UserError(f"{Path.cwd()}: cannot be unlocked. Snakemake says: {said}.")
        log.info("The last run was killed: removed its lock; unfinished jobs are run again")
    write_lines(_HOST, [socket.gethostname()])


def _check_owner(lock: Path) -> None:
    """Refuse where the run may be alive unseen: on another machine, or another user's."""
    host = next(read_lines(_HOST), "") if _HOST.is_file() else socket.gethostname()
    mine = lock.stat().st_uid == os.getuid()
    if not mine or host != socket.gethostname():
        owner = f"a run on {host}" if mine else "another user's run"
        raise UserError(
            f"{Path.cwd()}: locked by {owner}. If it is no longer alive, call `snakemake --unlock`."
        )


def _processes(folder: Path) -> Iterator[tuple[psutil.Process, list[str]]]:
    """Snakemake and its jobs with this working directory, and their command lines."""
    me = psutil.Process()
    mine = {me.pid, *(parent.pid for parent in me.parents())}  # the shell names snakemake, too
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
            ours = any("snakemake" in part or "seq2seq.steps" in part for part in command)
            if ours and process.pid not in mine and Path(process.cwd()) == folder:
                yield process, command
        except (psutil.Error, OSError):
            continue  # it has ended, or is another user's


def _is_main(command: list[str]) -> bool:
    """Snakemake's own process for a job has a mode and ends with the job."""
    program = any(Path(part).name == "snakemake" for part in command[:3])
    return program and "--mode" not in command


def _stop(processes: list[psutil.Process]) -> None:
    for process in processes:
        process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=_SECONDS)


if __name__ == "__main__":
    run(main)
