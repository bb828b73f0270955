"""The jobs that a run still has to do, as Snakemake plans them.

Snakemake tells them one by one to the logger plugin ``jobs`` of this repository: its own interface, not
text made for people.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError
from seq2seq.planning.costs import Costs
from seq2seq.planning.devices import Device
from seq2seq.planning.forecast import PlannedJob

WORKFLOW = Path(__file__).resolve().parents[2]


def pending_jobs(arguments: Sequence[str]) -> list[Mapping[str, Any]]:
    """What a dry run with these arguments, in the current folder, would do.

    Raises:
        UserError: Snakemake cannot plan it; its own words are told.
    """
    if not Path("Snakefile").is_file():
        raise UserError("there is no Snakefile here: call this in the folder of the checkout.")
    command = [sys.executable, "-m", "snakemake", "-n", "--nolock", "--logger", "jobs", *arguments]
    path = os.pathsep.join(filter(None, (str(WORKFLOW), os.environ.get("PYTHONPATH"))))
    ended = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}
    )
    if ended.returncode != 0:
        said = [line for line in ended.stderr.split("\n") if line.strip()]
        raise UserError(f"Snakemake cannot plan this run. It says: {' '.join(said[-3:])}")
    return list(_read(ended.stdout.split("\n")))


def _read(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        if line.startswith('{"job": '):
            yield json.loads(line)["job"]


def planned(
    jobs: Iterable[Mapping[str, Any]], costs: Costs, *, core: Device, device: Device
) -> list[PlannedJob]:
    """Each job with its forecast; a rule without a program, as ``all``, is left out."""
    return [_planned(job, costs, core, device) for job in jobs if job["program"]]


def _planned(job: Mapping[str, Any], costs: Costs, core: Device, device: Device) -> PlannedJob:
    rule, wildcards = job["rule"], job["wildcards"]
    rate = costs.rate(rule)
    place = device if rate.gpus else core
    return PlannedJob(
        number=job["number"],
        rule=rule,
        stage=_stage(job["log"]),
        inputs=tuple(job["inputs"]),
        outputs=tuple(job["outputs"]),
        threads=rate.threads,
        gpus=rate.gpus,
        megabytes=costs.megabytes(rule, wildcards),
        seconds=place.seconds(costs.work(rule, wildcards), threads=rate.threads),
        minutes=costs.need(rule, wildcards).minutes,
    )


def _stage(logs: Sequence[str]) -> str:
    """The folder below that of the logs."""
    parts = Path(logs[0]).parts if logs else ()
    after = parts[parts.index("logs") + 1 :] if "logs" in parts else ()
    return after[0] if len(after) > 1 else "data"
