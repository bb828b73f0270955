"""The report's first page: the claims' verdicts and the main table, as reStructuredText.

``workflow/report/workflow.rst`` includes it, so that a reader sees the result first.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from seq2seq.report.table import DASH, render

Cells = dict[str, str]


def summary_lines(claims: Path, tables: Sequence[Path]) -> list[str]:
    """Two tables, from ``claims.tsv`` and the ``.tsv`` of the main table, if there is one."""
    verdicts = [
        (row["claim"], row["verdict"], _number(row["value"]), _uncertainty(row))
        for row in _rows(claims)
    ]
    scores = [
        (row["system"], row["paper_bleu"] or DASH, row["bleu"] or DASH, _bleu_interval(row))
        for table in tables
        for row in _rows(table)
    ]
    return render("summary.rst.j2", verdicts=verdicts, scores=scores)


def _rows(path: Path) -> Any:
    table = pd.read_csv(path, sep="\t", quoting=3, dtype=str, keep_default_na=False)
    return table.to_dict("records")


def _number(text: str) -> str:
    return f"{float(text):.2f}" if text else DASH


def _uncertainty(row: Cells) -> str:
    if row["low"] and row["high"]:
        return f"{_number(row['low'])} to {_number(row['high'])}"
    return f"p = {_number(row['p_value'])}" if row["p_value"] else DASH


def _bleu_interval(row: Cells) -> str:
    return f"{row['bleu_low']} to {row['bleu_high']}" if row["bleu"] else DASH
