"""A rehearsal: the paper's whole run through the slurm profile, planned and not sent."""

import json
from dataclasses import dataclass
from itertools import pairwise

import pytest
import yaml

DAY = 24 * 60


@dataclass(frozen=True)
class Asked:
    """What a job asks its queue for at its first attempt."""

    rule: str
    threads: int
    megabytes: int
    minutes: int
    gpus: int


@pytest.fixture(scope="module")
def profile(checkout):
    return yaml.safe_load((checkout / "workflow/profiles/slurm/config.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def partitions(checkout, profile):
    """The cluster that the profile's example tells of."""
    return yaml.safe_load((checkout / profile["slurm-partition-config"]).read_text("utf-8"))[
        "partitions"
    ]


@pytest.fixture(scope="module")
def jobs(checkout):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(checkout / "workflow"))
        ended = checkout.snakemake("-n", "--profile", "workflow/profiles/slurm", "--logger", "jobs")
    assert ended.code == 0, ended.errors
    lines = [line for line in ended.output.split("\n") if line.startswith('{"job": ')]
    found = [json.loads(line)["job"] for line in lines]
    return [
        Asked(
            job["rule"],
            job["threads"],
            job["resources"]["mem_mb"],
            job["resources"]["runtime"],
            job["resources"].get("gpu", 0),
        )
        for job in found
        if job["program"]
    ]


def fits(job, limits, *, attempt):
    days, _, _ = str(limits["max_runtime"]).partition("-")
    return (
        job.threads <= limits["max_threads"]
        and attempt * job.megabytes <= limits["max_mem_mb"]
        and attempt * job.minutes <= int(days) * DAY
        and job.gpus <= limits.get("max_gpu", 0)
    )


def test_every_job_of_the_paper_fits_a_partition_at_every_attempt(jobs, profile, partitions):
    assert len(jobs) > 250
    attempts = range(1, profile["retries"] + 2)
    misfits = {
        (job.rule, attempt)
        for job in jobs
        for attempt in attempts
        if not any(fits(job, limits, attempt=attempt) for limits in partitions.values())
    }
    assert misfits == set()


def test_networks_alone_ask_for_a_gpu(jobs):
    assert {job.rule for job in jobs if job.gpus} == {
        *("train_segment", "train_last_segment", "validate_segment"),
        *("translate_test", "score_nbest", "score_perplexity"),
    }


def test_every_job_has_room_for_snakemake_itself(jobs):
    """It runs twice within each job, 140 MB each time."""
    assert min(job.megabytes for job in jobs) >= 1000
    assert min(job.minutes for job in jobs) >= 10


@pytest.mark.parametrize("name", ["local", "slurm"])
def test_every_entry_of_a_profile_has_its_reason(repository, name):
    lines = (repository / f"workflow/profiles/{name}/config.yaml").read_text("utf-8").split("\n")
    for before, line in pairwise(lines):
        if line and not line.startswith(("#", " ")):
            assert before.startswith("#"), line


def test_no_rule_names_a_site(repository):
    text = "".join(p.read_text("utf-8") for p in (repository / "workflow/rules").glob("*.smk"))
    assert "slurm_partition" not in text and "slurm_account" not in text
    assert "retries:" not in text
