"""Start a program as several processes that train one model, with torchrun, and srun across nodes.

    python -m seq2seq.runtime.launch --processes 8 -- python -m seq2seq.steps.train ...

The first process that fails stops all others.  The log has the standard error of each.
"""

import argparse
import os
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence

from seq2seq.errors import UserError
from seq2seq.runtime.gpus import lease_gpus
from seq2seq.runtime.logging import log, run

# Snakemake runs the job in a one-node step of its own; srun must not take that step for the job.
OF_THE_STEP = frozenset(
    f"SLURM_{name}"
    for name in (
        *("NNODES", "NODELIST", "NTASKS", "NPROCS", "TASKS_PER_NODE"),
        *("JOB_NUM_NODES", "JOB_NODELIST", "STEP_NODELIST", "STEP_NUM_NODES"),
    )
)
# One torchrun per node, in a step with all of the job's resources.  `--cpus-per-task` would bind it.
_SRUN = ("srun", "--overlap", "--mem=0", "--cpu-bind=none", "--kill-on-bad-exit=1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=1, help="of the SLURM job (default: 1)")
    parser.add_argument("--processes", type=int, required=True, help="on all nodes together")
    parser.add_argument("--gpus", action="store_true", help="one for each process, where there are")
    parser.add_argument("program", nargs=argparse.REMAINDER, help="and its flags, after --")
    arguments = parser.parse_args()
    nodes, processes = arguments.nodes, arguments.processes
    program = arguments.program[arguments.program[:1] == ["--"] :]
    if nodes == 1 and arguments.gpus:
        lease_gpus(processes)  # torchrun, which this process becomes, keeps them
    command = launch_command(program, processes=processes, nodes=nodes, environment=os.environ)
    cores = int(os.environ.get("OMP_NUM_THREADS", "1"))  # Snakemake sets it to the rule's threads
    threads = max(cores * nodes // processes, 1)
    log.info(f"launch, {threads} threads each: {shlex.join(command)}")
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_STEP}
    os.execvpe(command[0], command, kept | {"OMP_NUM_THREADS": str(threads)})


def launch_command(
    program: Sequence[str], *, processes: int, nodes: int, environment: Mapping[str, str]
) -> list[str]:
    """The command that starts ``processes`` of the program, evenly over the nodes."""
    if processes < nodes or processes % nodes:
        raise UserError(
            f"{processes} processes cannot be divided evenly among {nodes} nodes. In the profile, "
            "set `gpu` (or `tasks`, without GPUs) to a multiple of `nodes`."
        )
    torchrun = [sys.executable, "-m", "seq2seq.training.distributed", "--no-python"]
    torchrun += [f"--nproc-per-node={processes // nodes}"]
    if nodes == 1:
        return [*torchrun, "--standalone", *program]
    if "SLURM_JOB_ID" not in environment:
        raise UserError(f"{nodes} nodes were requested outside a SLURM job. Use the slurm profile.")
    job = int(environment["SLURM_JOB_ID"])
    endpoint = f"{socket.gethostname()}:{20000 + job % 10000}"  # the job runs on its first node
    torchrun += [f"--nnodes={nodes}", f"--rdzv-id={job}"]
    torchrun += ["--rdzv-backend=c10d", f"--rdzv-endpoint={endpoint}"]
    srun = [*_SRUN, f"--nodes={nodes}", f"--ntasks={nodes}", "--ntasks-per-node=1"]
    return [*srun, *torchrun, *program]


if __name__ == "__main__":
    run(main)
