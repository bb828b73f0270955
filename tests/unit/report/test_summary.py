"""The report's first page, read back by docutils as Snakemake reads it."""

import re

from docutils.core import publish_parts

from run_step import run_step
from seq2seq.io.files import write_lines

CLAIMS = [
    "claim\tverdict\tvalue\tlow\thigh\tp_value",
    "Reversing *helps* | always_\treproduced\t2.6432\t1.8\t3.48\t",
    "Voice\tnot tested here\t\t\t\t",
    "Order\tdirection only\t1.5\t\t\t0.28",
]
TABLE = [
    "system\tpaper_bleu\tbleu\tbleu_low\tbleu_high\tsignature",
    "Baseline System [29]\t33.30\t\t\t\t",
    "LSTM\t30.59\t19.59\t18.49\t20.81\tx",
]


def test_verdicts_and_the_main_table_open_the_report(tmp_path, monkeypatch):
    write_lines(tmp_path / "claims.tsv", CLAIMS)
    write_lines(tmp_path / "table1.tsv", TABLE)
    files = ["--claims", f"{tmp_path}/claims.tsv", "--table", f"{tmp_path}/table1.tsv"]
    output = tmp_path / "summary.rst"
    run_step("report", "write-summary", *files, "--output", str(output))
    page = publish_parts(f".. include:: {output}\n", writer="html")["html_body"]
    cells = [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", page)]
    assert cells[:4] == ["Reversing *helps* | always_", "reproduced", "2.64", "1.80 to 3.48"]
    assert cells[8:12] == ["Order", "direction only", "1.50", "p = 0.28"]
    assert cells[12:16] == ["Baseline System [29]", "33.30", "–", "–"]
    assert cells[16:20] == ["LSTM", "30.59", "19.59", "18.49 to 20.81"]
    assert "system-message" not in page
