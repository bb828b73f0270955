"""What a run will take: jobs, hours, memory, disk, energy and money, before it begins.

Of the jobs that still have to run for the configuration, as Snakemake plans them in this folder.  Rates
are those of config/devices.tsv, or measured here in about a minute with --calibrate.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seq2seq.commands.pending import WORKFLOW, pending_jobs, planned
from seq2seq.config.loading import read_settings
from seq2seq.data.catalogue import read_catalogue
from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.planning.costs import MARGIN, Costs
from seq2seq.planning.devices import CORE, Device, find_device, read_devices
from seq2seq.planning.disk import disk_of
from seq2seq.planning.forecast import Graph, Machine, PlannedJob, Timeline, Total, totals
from seq2seq.planning.sizes import sizes_of
from seq2seq.runtime.logging import duration

CONFIG = WORKFLOW.parent / "config"
OVERHEAD = {"local": 0.5, "cluster": 20.0}  # seconds a job; a cluster's without waiting for room
HEADER = ("stage", "jobs", "gpu_hours", "core_hours", "hours", "hours_least", "hours_most",
          "memory_gb", "disk_gb", "kwh", "price")  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """A run's totals by stage; ``least`` and ``most`` are the hours of all if rates are off."""

    rows: Sequence[Total]
    least: Sequence[Total]
    most: Sequence[Total]
    memory: float


def main() -> None:
    arguments = _parser().parse_args()
    overlays = [str(file) for file in arguments.configfile]
    settings = read_settings([str(CONFIG / "config.yaml"), *overlays])
    catalogue = read_catalogue(CONFIG / "corpora.tsv")
    sizes = sizes_of(settings, {name: one.pairs for name, one in catalogue.corpora.items()})
    costs = Costs(settings, sizes)
    machine = _machine(arguments, costs)
    jobs = pending_jobs(_snakemake(arguments, overlays))
    forecast = _forecast(jobs, costs, machine)
    files = {file for split in ("train", "dev", "test")
             for name in settings.data.corpora(split)
             for file in catalogue.corpus(name).files}  # fmt: skip
    disk = disk_of(settings, sizes, archives=sum(file.size or 0.0 for file in files))
    rows = _cells(forecast, disk)
    print("\n".join(_aligned([HEADER, *rows])))
    print("\n".join(["", *_sources(machine, forecast, costs)]))
    if arguments.time_limit:
        print("\n".join(_beyond(jobs, costs, machine, arguments.time_limit)))
    if arguments.tsv:
        write_lines(arguments.tsv, ("\t".join(row) for row in [HEADER, *rows]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="seq2seq plan", description=__doc__)
    add = parser.add_argument
    add("--configfile", nargs="*", default=[], help="overlays; without one, the paper's")
    add("--all", action="store_true", help="all jobs, as if nothing were done yet")
    add("--cores", type=int, default=os.cpu_count(), help="all the run has, on all nodes")
    add("--gpus", type=int, default=0, help="0: the networks are computed on the cores")
    add("--device", default="H100", help="of config/devices.tsv; the GPU")
    add("--place", choices=OVERHEAD, default="local", help="what each job takes beside its work")
    add("--calibrate", action="store_true", help="measure this machine, for about a minute")
    add("--time-limit", type=int, metavar="MINUTES", help="of a partition: what does not fit?")
    add("--tsv", help="write the table here too")
    return parser


def _snakemake(arguments: argparse.Namespace, overlays: Sequence[str]) -> list[str]:
    given = ["--cores", str(arguments.cores), *(["--forceall"] if arguments.all else [])]
    return [*given, *(["--configfile", *overlays] if overlays else [])]


def _machine(arguments: argparse.Namespace, costs: Costs) -> Machine:
    """What the run has, its core measured where that is asked for; networks on GPUs, if any."""
    devices = read_devices(CONFIG / "devices.tsv")
    core = find_device(devices, CORE.name)
    device = find_device(devices, arguments.device) if arguments.gpus else core
    if device.kind == "cpu" and arguments.gpus:
        raise UserError(f"{device.name} is no GPU: leave --gpus out, or name another --device.")
    if arguments.calibrate:
        from seq2seq.commands.calibration import calibrate

        measured = calibrate(costs, core, processes=arguments.cores)
        device = replace(measured, kind=device.kind, watts=device.watts, price=device.price)
        core = replace(core, core=measured.core, factor=measured.factor, source=measured.source)
    return Machine(arguments.cores, arguments.gpus, core, device, OVERHEAD[arguments.place])


def _forecast(jobs: Sequence[Mapping[str, Any]], costs: Costs, machine: Machine) -> Forecast:
    timelines = [_timeline(jobs, costs, machine, power) for power in (0, 1, -1)]
    rows, least, most = (totals(timeline, machine) for timeline in timelines)
    return Forecast(rows, least, most, timelines[0].megabytes)


def _timeline(
    jobs: Sequence[Mapping[str, Any]], costs: Costs, machine: Machine, power: int
) -> Timeline:
    """The run, if devices are faster by their factor to this power."""
    core, device = (_faster(one, one.factor**power) for one in (machine.core, machine.device))
    return Graph(planned(jobs, costs, core=core, device=device)).timeline(machine)


def _faster(device: Device, factor: float) -> Device:
    return replace(device, fp32=device.fp32 * factor, bf16=device.bf16 * factor,
                   cell=device.cell / factor, core=device.core * factor)  # fmt: skip


def _cells(forecast: Forecast, disk: Mapping[str, float]) -> list[tuple[str, ...]]:
    least = {row.stage: row.hours for row in forecast.least}
    most = {row.stage: row.hours for row in forecast.most}
    data = disk["data"] + disk["downloads"]
    whole = {**disk, "data": data, "all": sum(disk.values())}
    rows = []
    for row in forecast.rows:
        megabytes = forecast.memory if row.stage == "all" else row.megabytes
        hours = (row.gpu_hours, row.core_hours, row.hours, least[row.stage], most[row.stage])
        space = f"{whole[row.stage] / 1e9:.1f}" if row.stage in whole else ""
        rows.append((row.stage, str(row.jobs), *map(_number, hours), f"{megabytes / 1000:.1f}",
                     space, _number(row.kilowatt_hours), _number(row.price)))  # fmt: skip
    return rows


def _number(value: float) -> str:
    digits = 0 if value >= 100 else 1 if value >= 1 else 2
    return f"{value:,.{digits}f}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]


def _sources(machine: Machine, forecast: Forecast, costs: Costs) -> list[str]:
    """Where the figures are from and how far off they may be."""
    whole, least, most = (rows[-1].hours for rows in (forecast.rows, forecast.least, forecast.most))
    cards = f"{machine.gpus} x {machine.device.name} and " if machine.gpus else ""
    pairs = costs.sizes.pairs["train"]
    return [
        f"On {cards}{machine.cores} cores: {_span(whole)}, between {_span(least)} and {_span(most)}.",
        *(_source(device) for device in dict.fromkeys((machine.device, machine.core))),
        f"Work: {pairs:,} training pairs of {costs.sizes.source_words} and "
        f"{costs.sizes.target_words} words; counted or the paper's, so within a tenth.",
        "Hours: from a stage's first job to its last; stages run side by side. "
        "Memory: of a job, and in the last row of all that run at once; within a factor of 1.5. "
        "Disk: all that is kept, and a checkpoint in progress of each model; within a third. "
        "Energy and price: hours of busy devices alone, as sure as those.",
    ]


def _source(device: Device) -> str:
    return (
        f"{device.name}: {device.bf16:,.0f} GFLOP/s in bf16, {device.fp32:,.0f} in fp32, "
        f"{device.watts:.0f} W, {device.price:g} an hour; {device.source}; within a factor of "
        f"{device.factor:g}."
    )


def _span(hours: float) -> str:
    return duration(3600 * hours)


def _beyond(
    jobs: Sequence[Mapping[str, Any]], costs: Costs, machine: Machine, limit: int
) -> list[str]:
    """The rules whose jobs need longer than a partition allows; what would make segments fit."""
    longest: dict[str, PlannedJob] = {}
    for job in planned(jobs, costs, core=machine.core, device=machine.device):
        if job.rule not in longest or job.seconds > longest[job.rule].seconds:
            longest[job.rule] = job
    nbest = {rule: MARGIN * job.seconds / 60 for rule, job in longest.items()}
    found = [
        f"{rule}: needs {_span(minutes / 60)}, {MARGIN:g} times the forecast; over the limit of "
        f"{_span(limit / 60)}." + _shorter(rule, minutes, limit, costs)
        for rule, minutes in nbest.items()
        if minutes > limit
    ]
    return found or [f"Every job fits in {_span(limit / 60)}, {MARGIN:g} times over."]


def _shorter(rule: str, minutes: float, limit: int, costs: Costs) -> str:
    if not rule.startswith("train_"):
        return ""
    parts = next(n for n in range(2, 10_000) if minutes / n <= limit)
    fitting = costs.settings.train.segment_epochs / parts
    return f" `segment_epochs: {fitting:.6g}` would fit, a part in {parts}."
