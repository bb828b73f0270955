"""What a run will take, before anything is submitted: hours, disk, energy and money."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from cyclopts import Parameter

from seq2seq.commands.workload import Stage, Work, Workload
from seq2seq.config.loading import read_settings
from seq2seq.config.schema import Settings
from seq2seq.data.catalogue import read_catalogue
from seq2seq.errors import UserError, did_you_mean
from seq2seq.runtime.command_line import command_app
from seq2seq.runtime.logging import duration

CONFIG = Path(__file__).resolve().parents[3] / "config"
# Stages of one phase run side by side, and wait for all of the phase before.
PHASES = (["data"], ["baseline", "train"], ["translate", "rescore"], ["report"])
HOURS = {"hours": 0, "hours_least": 1, "hours_most": -1}  # and the power of a device's factor

Overlays = Annotated[
    list[Path] | None, Parameter(help="overlays of the paper's", consume_multiple=True)
]

app = command_app("estimate")


@dataclass(frozen=True)
class Machine:
    """Rows of the table of devices; ``device`` computes the networks: a GPU, else the cores."""

    core: Any
    device: Any
    cores: int
    gpus: int

    def seconds(self, work: Work, power: int = 0) -> tuple[float, float]:
        """Of text and of networks, with devices faster by their factor to this ``power``."""
        one = self.device
        rates = np.array([1e-9 / one.fp32_gflops, 1e-9 / one.bf16_gflops, one.step_seconds])
        return work[0] / self.core.factor**power, float(work[1:] @ rates) / one.factor**power

    def wall(self, stages: Sequence[Stage], power: int = 0) -> float:
        """The longest chain, or the work shared evenly by all devices, whichever takes longer."""
        chain = max(sum(self.seconds(stage.chain, power)) for stage in stages)
        text, networks = map(sum, zip(*(self.seconds(s.work, power) for s in stages), strict=True))
        return max(chain, networks / (self.gpus or self.cores), (text + networks) / self.cores)

    def row(self, stage: Stage) -> dict[str, float]:
        text, networks = (seconds / 3600 for seconds in self.seconds(stage.work))
        gpu, core = (networks if self.gpus else 0.0), text + networks  # a GPU's job holds a core
        return {
            "petaflop": stage.work[1:3].sum() / 1e15,
            "gpu_hours": gpu,
            "core_hours": core,
            "chain_hours": sum(self.seconds(stage.chain)) / 3600,
            **{name: self.wall([stage], power) / 3600 for name, power in HOURS.items()},
            "disk_gb": stage.disk / 1e9,
            "kwh": (gpu * self.device.watts + core * self.core.watts) / 1000,
            "price": gpu * self.device.hour_price + core * self.core.hour_price,
        }


@app.default
def estimate(
    *,
    configfile: Overlays = None,
    gpus: Annotated[int, Parameter(help="0: networks are computed on the cores")] = 0,
    cores: Annotated[int, Parameter(help="on all nodes together")] = os.cpu_count() or 1,
    device: Annotated[str | None, Parameter(help="the kind of GPU, of config/devices.tsv")] = None,
) -> None:
    """Hours, disk, energy and money of a whole run, stage by stage."""
    machine = find_machine(read_devices(CONFIG / "devices.tsv"), device, gpus, cores)
    workload = Workload(overlaid(configfile), read_catalogue(CONFIG / "corpora.tsv"))
    table = estimate_table(workload.stages(), machine)
    print(table.round(2).to_string(), "", *_conclusions(table, machine, workload), sep="\n")


def overlaid(configfile: list[Path] | None) -> Settings:
    return read_settings(map(str, [CONFIG / "config.yaml", *(configfile or [])]))


def read_devices(path: Path) -> dict[str, Any]:
    """Raises UserError: a column is missing, or the table holds text where a number belongs."""
    numbers = ["fp32_gflops", "bf16_gflops", "step_seconds", "factor", "watts", "hour_price"]
    columns = ["device", *numbers, "source"]
    try:
        table = pd.read_csv(path, sep="\t", dtype=dict.fromkeys(numbers, float))[columns]
    except (ValueError, KeyError) as error:
        problem = " ".join(str(error).split()).rstrip(".")
        raise UserError(f"{path}: {problem}. Its columns are {' '.join(columns)}.") from error
    found = {str(row.device): row for row in table.itertuples(index=False)}
    if "core" not in found or not np.isfinite(table[numbers]).all(axis=None):
        raise UserError(f"{path}: needs a row `core`, and a number in each column of each row.")
    return found


def find_machine(devices: dict[str, Any], name: str | None, gpus: int, cores: int) -> Machine:
    """Raises UserError: a GPU without a number, a number without a GPU, or an unknown device."""
    known = [name for name in devices if name != "core"]
    if gpus < 0 or cores < 1:
        raise UserError(f"--gpus must be >= 0 and --cores >= 1, got {gpus} and {cores}.")
    if name is not None and name not in known:
        hint = f"{did_you_mean(name, known)}; config/devices.tsv has {', '.join(known)}"
        raise UserError(f"--device {name}: unknown GPU{hint}.")
    if (name is None) != (gpus == 0):
        wrong = "--gpus needs a --device" if gpus else f"--device {name} needs --gpus"
        raise UserError(f"{wrong}, such as `--gpus 8 --device {name or known[-1]}`.")
    return Machine(devices["core"], devices[name or "core"], cores, gpus)


def estimate_table(stages: Sequence[Stage], machine: Machine) -> pd.DataFrame:
    """A row for each stage, then their total; its hours are those of the phases in sequence."""
    table = pd.DataFrame({stage.name: machine.row(stage) for stage in stages}).T
    total = table.sum()
    phases = [[stage for stage in stages if stage.name in names] for names in PHASES]
    for name, power in HOURS.items():
        total[name] = sum(machine.wall(phase, power) for phase in phases) / 3600
    total["chain_hours"] = sum(table["chain_hours"][names].max() for names in PHASES)
    table.loc["total"] = total
    return table


def _conclusions(table: pd.DataFrame, machine: Machine, workload: Workload) -> list[str]:
    total, device, model = table.loc["total"].to_dict(), machine.device, next(iter(workload.models))
    hours, least, most = (duration(3600 * total[name]) for name in HOURS)
    cheap, dear = (total["price"] * device.factor**power for power in (-1, 1))
    chains = 3600 * table["chain_hours"]
    path = [f"{chains[names].idxmax()} {duration(chains[names].max())}" for names in PHASES]
    segment = workload.training(model, epochs=workload.settings.train.segment_epochs)
    gpus = f"{machine.gpus} x {device.device} and " if machine.gpus else ""
    return [
        f"On {gpus}{machine.cores} cores: {hours}, between {least} and {most}; "
        f"price of the busy hours {total['price']:,.2f}, between {cheap:,.2f} and {dear:,.2f}.",
        f"Critical path: {', '.join(path)}.",
        f"A training segment: {duration(sum(machine.seconds(segment)))}, "
        f"{workload.training_bytes(model) / 1e9:.1f} GB of memory.",
    ] + [
        f"{one.device}: {one.source}; within a factor of {one.factor:g}."
        for one in dict.fromkeys((device, machine.core))
    ]
