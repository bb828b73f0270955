"""Recorded by jobs and trainings: time, memory, losses and throughput.

Snakemake writes a benchmark file per job.  A training writes ``metrics.jsonl``, one JSON object per
line; other kinds than these two are skipped::

    {"kind": "train", "epoch", "loss_per_word" (nats), "learning_rate", "words", "seconds", "device"}
    {"kind": "dev", "epoch", "perplexity", "bleu"}
"""

import json
import math
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines

MEASURED = {"s": "seconds", "cpu_time": "cpu_seconds", "max_rss": "max_megabytes"}
TRAIN_POINTS = 200  # as many as a printed figure can show
UNKNOWN = "not recorded"
_LARGEST_LOSS = 700.0  # exp of more overflows

Record = dict[str, Any]


def measured_costs(folder: Path) -> pd.DataFrame:
    """Jobs, seconds, processor seconds and peak memory: a row per rule, then one for all.

    The files are named ``STAGE/RULE.WILDCARDS.tsv``.
    """
    jobs = pd.DataFrame([_last_attempt(path, folder) for path in sorted(folder.rglob("*.tsv"))])
    if jobs.empty:
        raise UserError(f"{folder}: no benchmark files; run the workflow first.")
    by_rule = jobs.groupby(["stage", "rule"], sort=False)
    sums = by_rule[["seconds", "cpu_seconds"]].sum()
    table = sums.assign(jobs=by_rule.size(), max_megabytes=by_rule["max_megabytes"].max())
    table = table.reset_index()
    totals = table[["jobs", "seconds", "cpu_seconds"]].sum()
    peak = table["max_megabytes"].max()
    table.loc[len(table)] = {"stage": "all", "rule": "", **totals, "max_megabytes": peak}
    return table[["stage", "rule", "jobs", *MEASURED.values()]].astype({"jobs": int})


def _last_attempt(path: Path, folder: Path) -> dict[str, object]:
    """A job too short to be sampled has no memory and no processor time."""
    stage, name = path.relative_to(folder).parts[:2]
    found = pd.read_csv(path, sep="\t", na_values="-")
    if found.empty or not MEASURED.keys() <= set(found.columns):
        raise UserError(f"{path}: not a benchmark file of Snakemake; remove it.")
    numbers = found[list(MEASURED)].rename(columns=MEASURED).fillna(0.0).iloc[-1]
    return {"stage": stage, "rule": name.partition(".")[0], **numbers}


def read_metrics(path: str | Path, **needed: Sequence[str]) -> dict[str, list[Record]]:
    """The records of each kind; ``needed`` says which numbers a record of a kind must have."""
    records: dict[str, list[Record]] = {kind: [] for kind in needed}
    for number, line in enumerate(read_lines(path), start=1):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserError(f"{location(path, number)}: not valid JSON ({error.msg}).") from error
        if not isinstance(record, dict):
            raise UserError(f"{location(path, number)}: a JSON object was expected, one per line.")
        kind = record.get("kind")
        if kind not in needed:
            continue
        if any(not isinstance(record.get(key), int | float) for key in needed[kind]):
            raise UserError(
                f"{location(path, number)}: a record of kind `{kind}` needs the numbers "
                f"{', '.join(needed[kind])}. Delete the file and rerun."
            )
        records[kind].append(record)
    return records


def training_speeds(*metrics: str | Path) -> pd.DataFrame:
    """Target words, with ``<EOS>``, and seconds of a training by device, in the order of first use."""
    records = (read_metrics(path, train=("words", "seconds"))["train"] for path in metrics)
    rows = [{"device": UNKNOWN} | record for record in chain.from_iterable(records)]
    table = pd.DataFrame(rows, columns=["device", "words", "seconds"])
    return table.groupby("device", sort=False)[["words", "seconds"]].sum().query("seconds > 0")


def training_platforms(metrics: Iterable[str | Path]) -> list[dict[str, str]]:
    """Every device and PyTorch version that some training used, each once."""
    used = dict.fromkeys(
        (record.get("device", UNKNOWN), record.get("torch", UNKNOWN))
        for path in metrics
        for record in read_metrics(path, train=("words", "seconds"))["train"]
    )
    return [{"device": device, "torch": torch} for device, torch in used]


def words_of_both(source_tokens: int, target_tokens: int, pairs: int) -> float:
    """Words of both languages, as the paper counts (section 3.5), per target word with ``<EOS>``."""
    return (source_tokens + target_tokens) / (target_tokens + pairs)


def read_learning_curve(*paths: str | Path, label: str) -> pd.DataFrame:
    """Perplexity per word and BLEU of one model, against epochs, from its files in order.

    Rows are of kind ``train``, averaged to at most 200 points, ``dev``, or ``halving`` of the rate.
    """
    needed = {"train": ("epoch", "loss_per_word", "learning_rate")}
    needed["dev"] = ("epoch", "perplexity", "bleu")
    records = [read_metrics(path, **needed) for path in paths]
    train, dev = ([one for found in records for one in found[kind]] for kind in needed)
    if not dev:
        raise UserError(f"{paths[0]}: no record of kind `dev`; train up to an evaluation.")
    count = min(len(train), TRAIN_POINTS)
    bounds = [len(train) * index // max(count, 1) for index in range(count + 1)]
    points: list[Record] = []
    for run in (train[start:stop] for start, stop in pairwise(bounds)):
        loss = math.fsum(record["loss_per_word"] for record in run) / len(run)
        perplexity = math.exp(min(loss, _LARGEST_LOSS))
        points.append({"kind": "train", "epoch": run[-1]["epoch"], "perplexity": perplexity})
    points += dev
    points += [
        {"kind": "halving", "epoch": before["epoch"]}
        for before, after in pairwise(train)
        if after["learning_rate"] <= 0.51 * before["learning_rate"]
    ]
    table = pd.DataFrame(points)[["kind", "epoch", "perplexity", "bleu"]]
    table.insert(0, "model", label)
    return table


def seeds_by_epoch(curves: pd.DataFrame) -> pd.DataFrame:
    """Mean, s.d., least and most over the seeds of a recipe (``reversed-1``, ``-2``), by epoch."""
    dev = curves[curves["kind"] == "dev"]
    dev = dev.assign(recipe=dev["model"].str.rpartition("-")[0])
    groups = dev.groupby(["recipe", "epoch"], sort=False)[["bleu", "perplexity"]]
    table = groups.agg(["mean", "std", "min", "max"])
    table.columns = pd.Index(["_".join(pair) for pair in table.columns])
    table.insert(0, "seeds", groups.size())
    return table.reset_index()
