"""The first page of the report: the claims' verdicts and the main table, as reStructuredText.

``workflow/report/workflow.rst`` includes it, so that a reader meets the result before the machinery.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

import pandas as pd

from seq2seq.report.table import DASH, one_line

_MARKUP = "\\*`|_<>"


def summary_lines(claims: Path, tables: Sequence[Path]) -> Iterator[str]:
    """Two tables, from ``claims.tsv`` and the ``.tsv`` of the main table, if there is one."""
    verdicts = [
        (row["claim"], row["verdict"], _number(row["value"]), _interval(row))
        for row in _rows(claims)
    ]
    yield from _table("The paper's claims", ("Claim", "Verdict", "Value", "95 %"), verdicts)
    scores = [
        (row["system"], row["paper_bleu"] or DASH, row["bleu"] or DASH, _bleu_interval(row))
        for table in tables
        for row in _rows(table)
    ]
    if scores:
        yield from _table(
            "BLEU beside the paper's", ("System", "Paper", "This run", "95 %"), scores
        )


def _rows(path: Path) -> list[dict[str, str]]:
    table = pd.read_csv(path, sep="\t", quoting=3, dtype=str, keep_default_na=False)
    return [dict(zip(table.columns, row, strict=True)) for row in table.to_numpy().tolist()]


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f".. csv-table:: {title}"
    yield "   :header-rows: 1"
    yield "   :widths: auto"
    yield ""
    for row in (header, *rows):
        cells = StringIO()
        csv.writer(cells, quoting=csv.QUOTE_ALL, lineterminator="").writerow(map(_escaped, row))
        yield f"   {cells.getvalue()}"
    yield ""


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in _MARKUP else letter for letter in one_line(text))


def _number(text: str) -> str:
    return f"{float(text):.2f}" if text else DASH


def _interval(row: Mapping[str, str]) -> str:
    if row["low"] and row["high"]:
        return f"{_number(row['low'])} to {_number(row['high'])}"
    return f"p = {_number(row['p_value'])}" if row["p_value"] else DASH


def _bleu_interval(row: Mapping[str, str]) -> str:
    return f"{row['bleu_low']} to {row['bleu_high']}" if row["bleu"] else DASH
