"""Reads a model's ``metrics.jsonl`` into the numbers of its learning curve.

One JSON object a line; those of kind ``train`` have ``epoch``, ``loss_per_word`` (in nats) and
``learning_rate``, those of kind ``dev`` have ``epoch``, ``perplexity`` and ``bleu``; others are passed
over.
"""

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError, location
from seq2seq.io.files import read_lines
from seq2seq.report.learning_curve import Curve

TRAIN_POINTS = 200  # as many as a printed figure can show
_LARGEST_LOSS = 700.0  # exp of more is no float


def read_curve(path: str | Path, *, label: str) -> Curve:
    """The learning curve in a file of metrics; training losses are averaged to 200 points at most.

    Raises:
        UserError: a line that is not such an object, with its number, or no record of ``dev``.
    """
    train: list[dict[str, float]] = []
    dev: list[dict[str, float]] = []
    for number, line in enumerate(read_lines(path), start=1):
        record = _object(line, path, number)
        if record.get("kind") == "train":
            train.append(
                _numbers(record, ("epoch", "loss_per_word", "learning_rate"), path, number)
            )
        elif record.get("kind") == "dev":
            dev.append(_numbers(record, ("epoch", "perplexity", "bleu"), path, number))
    if not dev:
        raise UserError(f"{path}: no record of kind `dev`: let the model train to an evaluation.")
    runs = _runs(train)
    return Curve(
        label=label,
        train_epochs=[run[-1]["epoch"] for run in runs],
        train_perplexity=[_perplexity(run) for run in runs],
        dev_epochs=[record["epoch"] for record in dev],
        dev_perplexity=[record["perplexity"] for record in dev],
        dev_bleu=[record["bleu"] for record in dev],
        halvings=_halvings(train),
    )


def _object(line: str, path: str | Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise UserError(f"{location(path, number)}: not valid JSON ({error.msg}).") from error
    if not isinstance(record, dict):
        raise UserError(f"{location(path, number)}: a JSON object was expected, one for each line.")
    return record


def _numbers(
    record: dict[str, Any], keys: Sequence[str], path: str | Path, number: int
) -> dict[str, float]:
    try:
        return {key: float(record[key]) for key in keys}
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{location(path, number)}: a record of kind `{record['kind']}` needs the numbers "
            f"{', '.join(keys)}. Write the metrics anew with this version."
        ) from error


def _runs(records: list[dict[str, float]]) -> list[list[dict[str, float]]]:
    """The records in order, cut into 200 runs at most, each at least one record long."""
    count = min(len(records), TRAIN_POINTS)
    bounds = [len(records) * index // max(count, 1) for index in range(count + 1)]
    return [records[start:stop] for start, stop in pairwise(bounds)]


def _perplexity(run: list[dict[str, float]]) -> float:
    loss = math.fsum(record["loss_per_word"] for record in run) / len(run)
    return math.exp(min(loss, _LARGEST_LOSS))


def _halvings(records: list[dict[str, float]]) -> list[float]:
    """The epochs of the last records before the learning rate fell to a half or less."""
    return [
        before["epoch"]
        for before, after in pairwise(records)
        if after["learning_rate"] <= 0.51 * before["learning_rate"]
    ]
