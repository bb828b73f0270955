"""A run told in advance: how long its jobs take side by side, and what that costs."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from seq2seq.planning.devices import Device

STAGES = ("data", "baseline", "train", "translate", "rescore", "evaluate", "figures", "report",
          "evidence")  # fmt: skip


@dataclass(frozen=True)
class PlannedJob:
    """A job that has to run; ``minutes`` is what it asks its queue for, ``seconds`` the forecast."""

    number: int
    rule: str
    stage: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    threads: int
    gpus: int
    megabytes: float
    seconds: float
    minutes: int = 0


@dataclass(frozen=True)
class Machine:
    """What a run has: cores, and GPUs of a kind; a device that is a core stands for no GPU at all.

    ``overhead`` is what a job takes besides its program, in seconds: its start, its turn in a queue.
    """

    cores: int
    gpus: int
    core: Device
    device: Device
    overhead: float

    def fits(self, job: PlannedJob, cores: int, gpus: int) -> bool:
        return self.threads(job) <= cores and self.cards(job) <= gpus

    def threads(self, job: PlannedJob) -> int:
        return min(job.threads, self.cores)

    def cards(self, job: PlannedJob) -> int:
        return min(job.gpus, self.gpus) if self.device.kind == "gpu" else 0


@dataclass(frozen=True)
class Placed:
    """A job in the timeline, in seconds from the beginning of the run."""

    job: PlannedJob
    begin: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """All jobs of a run, each at its time."""

    placed: Sequence[Placed]

    @property
    def seconds(self) -> float:
        return max((one.end for one in self.placed), default=0.0)

    @property
    def megabytes(self) -> float:
        """The memory of all jobs that run at once, at its highest."""
        return max((sum(o.job.megabytes for o in self.placed if o.begin <= one.begin < o.end)
                    for one in self.placed), default=0.0)  # fmt: skip


@dataclass
class _Run:
    """The jobs under way while a timeline is made."""

    cores: int
    gpus: int
    running: list[tuple[float, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Graph:
    """Jobs and what each waits for: the makers of its inputs."""

    jobs: Sequence[PlannedJob]

    @cached_property
    def before(self) -> Mapping[int, set[int]]:
        maker = {file: job.number for job in self.jobs for file in job.outputs}
        return {
            job.number: {maker[file] for file in job.inputs if file in maker} for job in self.jobs
        }

    @cached_property
    def behind(self) -> Mapping[int, float]:
        """Seconds of the longest chain that begins with a job: the longer, the sooner it starts."""
        followers: dict[int, list[PlannedJob]] = {job.number: [] for job in self.jobs}
        for job in self.jobs:
            for number in self.before[job.number]:
                followers[number].append(job)
        chains: dict[int, float] = {}
        for job in reversed(self._in_order()):
            chains[job.number] = job.seconds + max(
                (chains[other.number] for other in followers[job.number]), default=0.0
            )
        return chains

    def _in_order(self) -> list[PlannedJob]:
        """Every job after those it waits for."""
        order: list[PlannedJob] = []
        done: set[int] = set()
        waiting = list(self.jobs)
        while waiting:
            free = [job for job in waiting if self.before[job.number] <= done]
            assert free, "jobs wait for one another"
            order += free
            done |= {job.number for job in free}
            waiting = [job for job in waiting if job.number not in done]
        return order

    def timeline(self, machine: Machine) -> Timeline:
        """Jobs start as soon as their inputs and room are there, the longest chains first."""
        waiting = {job.number: job for job in self.jobs}
        free = _Run(machine.cores, machine.gpus)
        placed: dict[int, Placed] = {}
        now, done = 0.0, set[int]()
        while waiting or free.running:
            for job in sorted(waiting.values(), key=lambda job: -self.behind[job.number]):
                if self.before[job.number] <= done and machine.fits(job, free.cores, free.gpus):
                    end = now + job.seconds + machine.overhead
                    placed[job.number] = Placed(job, now, end)
                    heapq.heappush(free.running, (end, job.number))
                    free.cores -= machine.threads(job)
                    free.gpus -= machine.cards(job)
                    del waiting[job.number]
            now, number = heapq.heappop(free.running)
            done.add(number)
            free.cores += machine.threads(placed[number].job)
            free.gpus += machine.cards(placed[number].job)
        return Timeline(list(placed.values()))


@dataclass(frozen=True)
class Total:
    """What some jobs take together; ``hours`` from the first's beginning to the last's end."""

    stage: str
    jobs: int
    gpu_hours: float
    core_hours: float
    hours: float
    megabytes: float
    kilowatt_hours: float
    price: float


def total(stage: str, timeline: Timeline, machine: Machine) -> Total:
    """The sums of a stage, or of a whole run."""
    placed = timeline.placed
    gpu_hours = sum(machine.cards(one.job) * one.job.seconds for one in placed) / 3600
    core_hours = sum(machine.threads(one.job) * one.job.seconds for one in placed) / 3600
    return Total(
        stage=stage,
        jobs=len(placed),
        gpu_hours=gpu_hours,
        core_hours=core_hours,
        hours=(timeline.seconds - min((one.begin for one in placed), default=0.0)) / 3600,
        megabytes=max((one.job.megabytes for one in placed), default=0.0),
        kilowatt_hours=(gpu_hours * machine.device.watts + core_hours * machine.core.watts) / 1000,
        price=gpu_hours * machine.device.price + core_hours * machine.core.price,
    )


def totals(timeline: Timeline, machine: Machine) -> list[Total]:
    """Stage by stage in the paper's order, those that are not known here after them, then all."""
    made = dict.fromkeys(one.job.stage for one in timeline.placed)
    stages = [*(name for name in STAGES if name in made), *(n for n in made if n not in STAGES)]
    parts = {name: [one for one in timeline.placed if one.job.stage == name] for name in stages}
    rows = [total(name, Timeline(part), machine) for name, part in parts.items()]
    return [*rows, total("all", timeline, machine)]
