"""What a run took, by rule: the benchmark files that Snakemake writes of its jobs, summed."""

from pathlib import Path

import pandas as pd

from seq2seq.errors import UserError

MEASURED = {"s": "seconds", "cpu_time": "cpu_seconds", "max_rss": "max_megabytes"}


def measured_costs(folder: Path) -> pd.DataFrame:
    """A row for each rule, then one for all: jobs, seconds, processor seconds, the highest memory.

    The files are named ``STAGE/RULE.WILDCARDS.tsv``.

    Raises:
        UserError: there are no files, or one was not written by Snakemake.
    """
    jobs = pd.DataFrame([_last_attempt(path, folder) for path in sorted(folder.rglob("*.tsv"))])
    if jobs.empty:
        raise UserError(f"{folder}: no benchmark files; run the workflow first.")
    by_rule = jobs.groupby(["stage", "rule"], sort=False)
    sums = by_rule[["seconds", "cpu_seconds"]].sum()
    table = sums.assign(jobs=by_rule.size(), max_megabytes=by_rule["max_megabytes"].max())
    table = table.reset_index()
    whole = table[["jobs", "seconds", "cpu_seconds"]].sum()
    table.loc[len(table)] = {"stage": "all", "rule": "", **whole,
                             "max_megabytes": table["max_megabytes"].max()}  # fmt: skip
    return table[["stage", "rule", "jobs", *MEASURED.values()]].astype({"jobs": int})


def _last_attempt(path: Path, folder: Path) -> dict[str, object]:
    """A job too short to be sampled has no memory and no processor time."""
    stage, name = path.relative_to(folder).parts[:2]
    found = pd.read_csv(path, sep="\t", na_values="-")
    if found.empty or not MEASURED.keys() <= set(found.columns):
        raise UserError(f"{path}: not a benchmark file of Snakemake; remove it.")
    numbers = found[list(MEASURED)].rename(columns=MEASURED).fillna(0.0).iloc[-1]
    return {"stage": stage, "rule": name.partition(".")[0], **numbers}
