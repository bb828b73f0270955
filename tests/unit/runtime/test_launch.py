import socket
import sys

import pytest

from seq2seq.errors import UserError
from seq2seq.runtime.launch import launch_command

PROGRAM = ["python", "-m", "seq2seq.steps.train", "train-segment", "--seed", "1"]
TORCHRUN = [sys.executable, "-m", "seq2seq.training.distributed", "--no-python"]
JOB = {"SLURM_JOB_ID": "123456", "OMP_NUM_THREADS": "8"}


def test_one_node_needs_torchrun_alone():
    command = launch_command(PROGRAM, processes=8, nodes=1, environment={})
    assert command == [*TORCHRUN, "--nproc-per-node=8", "--standalone", *PROGRAM]


def test_over_nodes_srun_starts_one_torchrun_each_and_they_meet_on_the_first():
    command = launch_command(PROGRAM, processes=8, nodes=2, environment=JOB)
    begin = command.index(sys.executable)
    assert command[0] == "srun"
    assert {"--overlap", "--nodes=2", "--ntasks=2", "--ntasks-per-node=1"} <= set(command[:begin])
    assert command[begin:] == [
        *TORCHRUN,
        *("--nproc-per-node=4", "--nnodes=2", "--rdzv-id=123456", "--rdzv-backend=c10d"),
        f"--rdzv-endpoint={socket.gethostname()}:23456",
        *PROGRAM,
    ]


@pytest.mark.parametrize("processes", [1, 3])
def test_nodes_without_equally_many_processes_are_refused(processes):
    with pytest.raises(UserError, match=r"cannot be divided evenly among 2 nodes.*`gpu`"):
        launch_command(PROGRAM, processes=processes, nodes=2, environment=JOB)


def test_several_nodes_need_slurm():
    with pytest.raises(UserError, match="outside a SLURM job"):
        launch_command(PROGRAM, processes=2, nodes=2, environment={})
