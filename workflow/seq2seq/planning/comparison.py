"""What a run was to take beside what it took, rule by rule."""

from collections.abc import Sequence

from seq2seq.planning.benchmarks import Recorded
from seq2seq.planning.costs import Costs
from seq2seq.planning.devices import CORE, Device

HEADER = ("stage", "rule", "jobs", "forecast_seconds", "seconds", "ratio",
          "forecast_megabytes", "megabytes")  # fmt: skip
PRINTED = ("Stage", "Rule", "Jobs", "Forecast, s", "Measured, s", "Forecast / measured",
           "Forecast, MB", "Measured, MB")  # fmt: skip


def cost_rows(jobs: Sequence[Recorded], costs: Costs, device: Device) -> list[tuple[str, ...]]:
    """A row for each rule and one for all: sums of seconds, the highest memory.

    Networks are forecast for ``device``, all else for the reference core.
    """
    by_rule: dict[tuple[str, str], list[Recorded]] = {}
    for job in jobs:
        by_rule.setdefault((job.stage, job.rule), []).append(job)
    rows = [_row(stage, rule, own, costs, device) for (stage, rule), own in by_rule.items()]
    return [*rows, _row("all", "", jobs, costs, device)]


def _row(
    stage: str, rule: str, jobs: Sequence[Recorded], costs: Costs, device: Device
) -> tuple[str, ...]:
    forecast = sum(_seconds(job, costs, device) for job in jobs)
    measured = sum(job.seconds for job in jobs)
    expected = max((costs.megabytes(job.rule, job.wildcards) for job in jobs), default=0.0)
    highest = max((job.megabytes for job in jobs), default=0.0)
    ratio = f"{forecast / measured:.2f}" if measured else ""
    return (stage, rule, str(len(jobs)), f"{forecast:.1f}", f"{measured:.1f}", ratio,
            f"{expected:.0f}", f"{highest:.0f}")  # fmt: skip


def _seconds(job: Recorded, costs: Costs, device: Device) -> float:
    rate = costs.rate(job.rule)
    work = costs.work(job.rule, job.wildcards)
    return (device if rate.gpus else CORE).seconds(work, threads=rate.threads)
