"""A throw-away SLURM cluster on this machine, for the tests: real daemons, pretend nodes and GPUs.

Three nodes of eight CPUs, one with two GPUs, which are scheduled and given out with no device behind
them; partitions `cpu`, `gpu` and `preempt`, whose jobs make room for others and are requeued.  It
listens on the loopback address and lives in one folder.  Needs Debian and root; what is missing is
installed.

    cd tests && python -m slurm.cluster start | stop
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slurm import accounting

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge", *accounting.PACKAGES)
NODES = ("cpu1", "cpu2", "gpu1")
CPUS, MEGABYTES, GPUS = 8, 16000, 2
CONTROLLER_PORT, FIRST_NODE_PORT = 26817, 27001
SYSTEM_FOLDER = Path("/etc/slurm")
CGROUPS = Path("/sys/fs/cgroup")


def found() -> bool:
    """Whether there is a cluster that answers, ours or another."""
    if shutil.which("sinfo") is None:
        return False
    try:
        return subprocess.run(["sinfo"], capture_output=True, timeout=20).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def possible() -> bool:
    """Whether one can be brought up here."""
    return os.geteuid() == 0 and Path("/etc/debian_version").is_file()


@dataclass(frozen=True)
class Cluster:
    """The daemons of one folder."""

    folder: Path = Path("/var/lib/seq2seq-test-slurm")

    @property
    def configuration(self) -> Path:
        return self.folder / "etc" / "slurm.conf"

    def start(self) -> None:
        """Bring it up from nothing; jobs and logs of one that ran before are lost."""
        _install()
        self.stop()
        for name in ("etc", "run", "log", "state", "spool", "devices"):
            (self.folder / name).mkdir(parents=True)
        self._write_configuration()
        self._munge()
        self._accounting()
        self.start_controller()
        for node in NODES:
            (self.folder / "spool" / node).mkdir()
            self._daemon("slurmd", "-N", node)
        _wait("the nodes", lambda: _answers("sinfo", "-h", "-N", "-t", "idle", "-o", "%N") >= 3)

    def stop(self) -> None:
        """Stop what runs, jobs first, and remove the folder."""
        if not self.folder.exists():
            return
        if self._process("slurmctld"):
            subprocess.run(["scancel", "--signal=KILL", "--full", "--user=root"], timeout=20)
            subprocess.run(["scancel", "--user=root"], timeout=20)
            time.sleep(1)
        for name in [
            *(f"slurmd.{node}" for node in NODES),
            "slurmctld",
            *accounting.DAEMONS,
            "munged",
        ]:
            self._end(name)
        link = SYSTEM_FOLDER / "slurm.conf"
        if link.is_symlink() and link.resolve() == self.configuration:
            link.unlink()
        shutil.rmtree(self.folder)

    def start_controller(self) -> None:
        self._daemon("slurmctld")
        _wait("the controller", lambda: "UP" in _output("scontrol", "ping"))

    def stop_controller(self) -> None:
        """As a crash or an update would; running jobs go on."""
        self._end("slurmctld")

    def _write_configuration(self) -> None:
        tracked = _cgroups_can_be_written()
        etc = self.folder / "etc"
        accounting.write_configuration(self.folder, _host())
        self.configuration.write_text(_slurm_conf(self.folder, tracked=tracked))
        (etc / "cgroup.conf").write_text(
            f"CgroupPlugin=cgroup/v1\nCgroupMountpoint={CGROUPS}\nConstrainRAMSpace=yes\n"
        )
        devices = self.folder / "devices"
        for number in range(GPUS):  # a device of its own for each, or jobs are told of none
            os.mknod(devices / f"gpu{number}", 0o20666, os.makedev(1, 3))
        (etc / "gres.conf").write_text(
            f"NodeName=gpu1 Name=gpu File={devices}/gpu[0-{GPUS - 1}]\nAutoDetect=off\n"
        )
        SYSTEM_FOLDER.mkdir(exist_ok=True)
        link = SYSTEM_FOLDER / "slurm.conf"  # commands find it without a variable
        assert not link.exists(), f"{link} belongs to another cluster"
        link.unlink(missing_ok=True)
        link.symlink_to(self.configuration)

    def _munge(self) -> None:
        key = self.folder / "etc" / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        run, log = self.folder / "run", self.folder / "log"
        self._daemon("munged", f"--key-file={key}", f"--socket={run}/munge.socket",
                     f"--pid-file={run}/munged.pid", f"--log-file={log}/munged.log",
                     f"--seed-file={run}/munge.seed")  # fmt: skip

    def _accounting(self) -> None:
        accounting.start_database(self.folder)
        _wait("the database", accounting.socket_of(self.folder).exists)
        self._daemon("slurmdbd")
        _wait("the accounting", accounting.listens)

    def _daemon(self, *command: str) -> None:
        """Start one, which goes to the background by itself; its jobs inherit little of ours."""
        environment = {
            "PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin",
            "HOME": os.environ.get("HOME", "/root"),
            "SLURM_CONF": str(self.configuration),
            "MYSQL_UNIX_PORT": str(accounting.socket_of(self.folder)),
        }
        subprocess.run(command, check=True, env=environment, timeout=60)

    def _process(self, name: str) -> int | None:
        """The daemon's number, while it is alive and still is that program."""
        try:
            number = int((self.folder / "run" / f"{name}.pid").read_text())
            program = Path(f"/proc/{number}/comm").read_text().strip()
        except (OSError, ValueError):
            return None
        return number if program == name.partition(".")[0] else None

    def _end(self, name: str) -> None:
        for kind in (signal.SIGTERM, signal.SIGKILL):
            for _ in range(50):
                if (number := self._process(name)) is None:
                    return
                os.kill(number, kind)
                time.sleep(0.2)


def _slurm_conf(folder: Path, *, tracked: bool) -> str:
    host = _host()
    tracking = (
        ["ProctrackType=proctrack/cgroup", "TaskPlugin=task/cgroup"]
        if tracked  # a job that outgrows its memory is killed by the kernel; else SLURM looks at it
        else [
            "ProctrackType=proctrack/pgid",
            "TaskPlugin=task/none",
            "JobAcctGatherParams=OverMemoryKill",
        ]
    )
    lines = [
        "ClusterName=test",
        f"SlurmctldHost={host}(127.0.0.1)",
        f"SlurmctldPort={CONTROLLER_PORT}",
        "SlurmUser=root",
        "SlurmdUser=root",
        "AuthType=auth/munge",
        "CredType=cred/munge",
        # A requeued job waits until its credential has expired: 120 seconds by default.
        f"AuthInfo=socket={folder}/run/munge.socket,cred_expire=15",
        "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny",
        f"StateSaveLocation={folder}/state",
        f"SlurmdSpoolDir={folder}/spool/%n",
        f"SlurmctldPidFile={folder}/run/slurmctld.pid",
        f"SlurmdPidFile={folder}/run/slurmd.%n.pid",
        f"SlurmctldLogFile={folder}/log/slurmctld.log",
        f"SlurmdLogFile={folder}/log/slurmd.%n.log",
        *tracking,
        "JobAcctGatherType=jobacct_gather/linux",
        "JobAcctGatherFrequency=task=2",
        *accounting.slurm_conf(folder),
        "MpiDefault=none",
        "MailProg=/bin/true",
        "SelectType=select/cons_tres",
        "SelectTypeParameters=CR_Core_Memory",
        "SchedulerType=sched/backfill",
        "SchedulerParameters=sched_interval=1,bf_interval=2,batch_sched_delay=0",
        "PriorityType=priority/basic",
        "PreemptType=preempt/partition_prio",
        "PreemptMode=REQUEUE",
        "JobRequeue=1",
        "KillWait=10",
        # A job that ends while the controller is away cannot report it, and must not drain its node.
        "UnkillableStepTimeout=300",
        "MinJobAge=300",
        "ReturnToService=2",
        # The nodes' CPUs and memory are taken at their word: together they are more than there is.
        "SlurmdParameters=config_overrides",
        "GresTypes=gpu",
    ]
    for number, node in enumerate(NODES):
        gpus = f" Gres=gpu:{GPUS}" if node.startswith("gpu") else ""
        lines.append(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={FIRST_NODE_PORT + number} "
            f"CPUs={CPUS} RealMemory={MEGABYTES}{gpus} State=UNKNOWN"
        )
    usual = "DefaultTime=60 DefMemPerCPU=500 State=UP"
    lines += [
        f"PartitionName=cpu Nodes=cpu1,cpu2 Default=YES MaxTime=7-0 PriorityTier=10 "
        f"PreemptMode=OFF {usual}",
        f"PartitionName=gpu Nodes=gpu1 MaxTime=1-0 PriorityTier=10 PreemptMode=OFF {usual}",
        f"PartitionName=preempt Nodes=gpu1 MaxTime=1-0 PriorityTier=1 PreemptMode=REQUEUE "
        f"GraceTime=5 {usual}",
    ]
    return "\n".join(lines) + "\n"


def _host() -> str:
    return socket.gethostname().partition(".")[0]


def _cgroups_can_be_written() -> bool:
    for kind in ("freezer", "memory"):
        probe = CGROUPS / kind / "seq2seq_probe"
        try:
            probe.mkdir()
            probe.rmdir()
        except OSError:
            return False
    return True


def _install() -> None:
    programs = (
        "slurmctld",
        "slurmd",
        "sbatch",
        "munged",
        "slurmdbd",
        "mariadbd",
        "mariadb-install-db",
    )
    if all(map(shutil.which, programs)):
        return
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        subprocess.run(
            ["apt-get", "-q", *command],
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout


def _answers(*command: str) -> int:
    return len(set(_output(*command).split()))


def _wait(what: str, ready: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"{what} did not come up in {seconds:.0f} seconds"
        time.sleep(0.3)


if __name__ == "__main__":
    {"start": Cluster().start, "stop": Cluster().stop}[sys.argv[1]]()
