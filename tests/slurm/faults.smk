"""A job for each thing that can happen to one on a cluster; tests/slurm/run_faults.py makes it happen.

Each start of a job leaves a line in starts/, so that the test knows how often it began.
"""

JOBS = [
    "fails_once",
    "outgrows_memory",
    "outlasts_its_time",
    "is_requeued",
    "is_cancelled",
    "is_preempted",
]


def attempt_number(wildcards, attempt):
    return attempt


def memory_of_attempt(wildcards, attempt):
    return 500 + 1000 * (attempt - 1)


def minutes_of_attempt(wildcards, attempt):
    return attempt


shell.prefix("set -euo pipefail; ")


rule all:
    input:
        expand("made/{job}.txt", job=JOBS),


rule fails_once:
    output:
        "made/fails_once.txt",
    resources:
        tries=attempt_number,
    shell:
        "echo $$ >> starts/fails_once; echo begun > {output}; test {resources.tries} -gt 1; echo right > {output}"


rule outgrows_memory:
    output:
        "made/outgrows_memory.txt",
    resources:
        mem_mb=memory_of_attempt,
    shell:
        "echo $$ >> starts/outgrows_memory; echo begun > {output};"
        " python3 -c 'import time; block = bytearray(700_000_000); time.sleep(5)'; echo right > {output}"


rule outlasts_its_time:
    output:
        "made/outlasts_its_time.txt",
    resources:
        mem_mb=700,
        runtime=minutes_of_attempt,
    shell:
        "echo $$ >> starts/outlasts_its_time; echo begun > {output}; sleep 95; echo right > {output}"


rule is_requeued:
    output:
        "made/is_requeued.txt",
    shell:
        "echo $$ >> starts/is_requeued; echo begun > {output}; sleep 25; echo right > {output}"


rule is_cancelled:
    output:
        "made/is_cancelled.txt",
    shell:
        "echo $$ >> starts/is_cancelled; echo begun > {output}; sleep 25; echo right > {output}"


rule is_preempted:
    output:
        "made/is_preempted.txt",
    resources:
        slurm_partition="preempt",
    shell:
        "echo $$ >> starts/is_preempted; echo begun > {output}; sleep 60; echo right > {output}"
