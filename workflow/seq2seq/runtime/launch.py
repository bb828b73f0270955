"""Start a program as several processes that train one model: by torchrun, over nodes by srun as well.

    python -m seq2seq.runtime.launch --processes 8 -- python -m seq2seq.steps.train_segment ...

The first process that fails ends all others; what each wrote to standard error is in the log.
"""

import argparse
import os
import shlex
import socket
import sys
from collections.abc import Mapping, Sequence

from seq2seq.errors import UserError
from seq2seq.runtime.logging import log, run

# Of Snakemake's own step in the job, which has one node: srun would take the step's for the job's.
OF_THE_STEP = frozenset(
    f"SLURM_{name}"
    for name in (
        *("NNODES", "NODELIST", "NTASKS", "NPROCS", "TASKS_PER_NODE"),
        *("JOB_NUM_NODES", "JOB_NODELIST", "STEP_NODELIST", "STEP_NUM_NODES"),
    )
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=1, help="of the SLURM job (default: 1)")
    parser.add_argument("--processes", type=int, required=True, help="on all nodes together")
    parser.add_argument("program", nargs=argparse.REMAINDER, help="and its flags, after --")
    arguments = parser.parse_args()
    nodes, processes = arguments.nodes, arguments.processes
    program = arguments.program[arguments.program[:1] == ["--"] :]
    command = launch_command(program, processes=processes, nodes=nodes, environment=os.environ)
    threads = max(_threads(os.environ) * nodes // processes, 1)
    log.info(f"launch, {threads} threads each: {shlex.join(command)}")
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_STEP}
    os.execvpe(command[0], command, kept | {"OMP_NUM_THREADS": str(threads)})


def launch_command(
    program: Sequence[str], *, processes: int, nodes: int, environment: Mapping[str, str]
) -> list[str]:
    """What starts ``processes`` of the program, as many on each of the nodes.

    Raises:
        UserError: the nodes cannot have equally many; several nodes outside a SLURM job.
    """
    if processes < nodes or processes % nodes:
        raise UserError(
            f"{processes} processes cannot be shared evenly by {nodes} nodes. In the profile, set "
            "`gpu` (or `tasks`, without GPUs) to a multiple of `nodes`."
        )
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--no-python"]
    torchrun += [f"--nproc-per-node={processes // nodes}"]
    if nodes == 1:
        return [*torchrun, "--standalone", *program]
    if "SLURM_JOB_ID" not in environment:
        raise UserError(f"{nodes} nodes were asked for outside a SLURM job. Use the slurm profile.")
    job = int(environment["SLURM_JOB_ID"])
    meeting = (
        f"{socket.gethostname()}:{20000 + job % 10000}"  # a job's script runs on its first node
    )
    torchrun += [f"--nnodes={nodes}", f"--rdzv-id={job}"]
    torchrun += ["--rdzv-backend=c10d", f"--rdzv-endpoint={meeting}"]
    return [*_srun(nodes), *torchrun, *program]


def _srun(nodes: int) -> list[str]:
    """One torchrun a node, in a step that has all that the job has there.

    No ``--cpus-per-task``: it would keep the step to the processors that it names.
    """
    return [
        "srun",
        "--overlap",
        "--mem=0",
        "--cpu-bind=none",
        "--kill-on-bad-exit=1",
        f"--nodes={nodes}",
        f"--ntasks={nodes}",
        "--ntasks-per-node=1",
    ]


def _threads(environment: Mapping[str, str]) -> int:
    """The rule's threads, on each node; Snakemake sets the variable for every job."""
    return int(environment.get("OMP_NUM_THREADS", "1"))


if __name__ == "__main__":
    run(main)
