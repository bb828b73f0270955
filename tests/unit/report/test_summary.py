"""The report's first page, read back by docutils as Snakemake reads it."""

import re

from docutils.core import publish_parts

from run_step import run_step
from seq2seq.io.files import write_lines
from seq2seq.report.table import render

CLAIMS = [
    "claim\tverdict\tvalue\tlow\thigh\tp_value",
    "Reversing *helps* | always_\tsupported\t2.6432\t1.8\t3.48\t",
    "Voice\tnot tested\t\t\t\t",
    "Order\tinconclusive\t1.5\t\t\t0.28",
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
    rest = ["--experiment", "toy", "--note", "made up", "--banner", f"{tmp_path}/banner.rst"]
    output = tmp_path / "summary.rst"
    run_step("report", "write-summary", *files, "--output", str(output), *rest)
    page = publish_parts(f".. include:: {output}\n", writer="html")["html_body"]
    cells = [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", page)]
    assert cells[:4] == ["Reversing *helps* | always_", "supported", "2.64", "1.80 to 3.48"]
    assert cells[8:12] == ["Order", "inconclusive", "1.50", "p = 0.28"]
    assert cells[12:16] == ["Baseline System [29]", "33.30", "–", "–"]
    assert cells[16:20] == ["LSTM", "30.59", "19.59", "18.49 to 20.81"]
    assert "system-message" not in page
    banner = publish_parts(f".. include:: {tmp_path}/banner.rst\n", writer="html")["html_body"]
    assert "<em>toy</em>: made up" in banner


def test_the_paper_s_own_experiment_has_an_empty_banner():
    assert "".join(render("banner.rst.j2", experiment="paper", note="news")) == ""
