"""Tables as TSV, Markdown and LaTeX."""

import csv
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from run_step import run_step
from seq2seq.errors import UserError
from seq2seq.io.files import write_json
from seq2seq.report.bleu_table import System, bleu_table, gains
from seq2seq.report.table import Table, latex, render

SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:none|smooth:none|version:2.6.0"


def score(bleu: float, low: float, high: float) -> dict[str, object]:
    return {"bleu": bleu, "bleu_low": low, "bleu_high": high, "signature": SIGNATURE}


TABLE = bleu_table(
    title="Direct translation",
    note="demo: 100 % made up,\nnot the paper's data",
    systems=[
        System("Baseline System [29]", 33.3, None),
        System("Ensemble_of 5 & 50% | LSTMs", 34.81, score(34.5, 33.9, 35.125)),
        System("better", 30.0, score(31.234, 30.0, 32.0)),
        System("ours alone", None, score(7.0, 0.0, 9.0)),
    ],
    comparable=True,
)


def lines_of(table: Table, kind: str) -> list[str]:
    return render(f"table.{kind}.j2", table=table)


def test_the_tsv_holds_every_number_and_nothing_where_there_is_none(tmp_path: Path) -> None:
    TABLE.write([tmp_path / "t.tsv"])
    lines = (tmp_path / "t.tsv").read_text(encoding="utf-8").split("\n")[:-1]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    columns = ["system", "paper_bleu", "bleu", "bleu_low", "bleu_high", "signature"]
    assert list(rows[0]) == columns
    assert list(rows[0].values()) == ["Baseline System [29]", "33.30", "", "", "", ""]
    assert [rows[1][column] for column in columns[1:]] == [
        *("34.81", "34.50", "33.90", "35.12"),
        SIGNATURE,
    ]
    assert rows[3]["paper_bleu"] == ""


def test_the_note_is_the_first_line_of_the_files_for_people() -> None:
    note = "demo: 100 % made up, not the paper's data"
    assert lines_of(TABLE, "md")[0] == note
    lines = lines_of(TABLE, "tex")
    assert lines[0] == f"% {note}"
    assert r"\caption{Direct translation. demo: 100 \% made up, not the paper's data}" in lines[4]


def test_markdown_parses_back_into_cells() -> None:
    lines = [line for line in lines_of(TABLE, "md") if line.startswith("|")]
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line
    ]
    assert {len(row) for row in cells} == {5}
    assert cells[2] == ["Baseline System [29]", "33.30", "–", "–", "–"]
    assert cells[3][1:] == ["34.81", "34.50", "33.90–35.12", "−0.31"]
    assert cells[3][0] == r"Ensemble\_of 5 & 50% \| LSTMs"
    assert cells[4][4] == "+1.23"
    assert cells[5][1:] == ["–", "7.00", "0.00–9.00", "–"]


def test_on_other_data_gains_over_the_baseline_are_printed_and_no_difference() -> None:
    systems = [
        System("quoted", 28.45),
        System("baseline", 33.3, score(57.0, 55.0, 58.0)),
        System("LSTM", 30.59, score(19.4, 18.0, 20.0)),
        System("ours alone", None, score(60.0, 59.0, 61.0)),
    ]
    table = bleu_table(systems, title="t", note="captions", comparable=False)
    assert list(table.header)[4:] == ["Paper's gain", "Our gain"]
    assert [list(row[4:]) for row in table.rows] == [
        *(["−4.85", "–"], ["+0.00", "+0.00"], ["−2.71", "−37.60"], ["–", "+3.00"])
    ]
    assert table.remarks == ["Gain: BLEU above baseline. The data is not the paper's."]


def test_gains_are_over_the_baseline_also_before_it_is_there() -> None:
    systems = [System("baseline", 33.3, pending=True), System("LSTM", 30.59, score(19.4, 18, 20))]
    reference, found = gains(systems)
    assert reference == "baseline"
    assert [pair[1] for pair in found] == [None, None]
    assert found[1][0] == pytest.approx(-2.71)
    assert gains([System("quoted", 28.45)]) == ("", [(None, None)])


def test_latex_parses_back_into_cells() -> None:
    text = "\n".join(lines_of(TABLE, "tex"))
    body = text[text.index(r"\midrule") : text.index(r"\bottomrule")]
    rows = [line.removesuffix(r" \\").strip() for line in body.split("\n") if line.endswith(r"\\")]
    cells = [re.split(r"(?<!\\) & ", row) for row in rows]
    assert {len(row) for row in cells} == {5}
    assert cells[0] == ["Baseline System {[}29{]}", "33.30", "--", "--", "--"]
    assert cells[1][0] == r"Ensemble\_of 5 \& 50\% \textbar{} LSTMs"
    assert cells[1][1:] == ["34.81", "34.50", "33.90--35.12", "$-$0.31"]


class Cells(HTMLParser):
    """The text of each row's cells."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1].append(text)


def test_html_parses_back_into_cells() -> None:
    page = Cells()
    page.feed("\n".join(lines_of(TABLE, "html")))
    assert page.open == []
    assert page.rows[1] == ["Baseline System [29]", "33.30", "–", "–", "–"]
    assert page.rows[2] == ["Ensemble_of 5 & 50% | LSTMs", "34.81", "34.50", "33.90–35.12", "−0.31"]


def test_the_signature_stands_below_once() -> None:
    for kind in ("md", "tex", "html"):
        lines = lines_of(TABLE, kind)
        assert sum(SIGNATURE in line for line in lines) == 1


def test_nothing_in_a_label_is_taken_for_a_command() -> None:
    assert latex("a_b 5% $x$ #1 {y} ~ ^ \\z & <EOS>") == (
        r"a\_b 5\% \$x\$ \#1 \{y\} \textasciitilde{} \textasciicircum{} \textbackslash{}z \& "
        r"\textless{}EOS\textgreater{}"
    )
    table = Table("t", "", header=["x"], rows=[["<EOS> *a* `b` c|d"]], columns=["x"])
    assert lines_of(table, "md")[-1] == r"| \<EOS> \*a\* \`b\` c\|d |"


def test_the_program_writes_all_files(tmp_path: Path) -> None:
    score = {"bleu": 20.5, "bleu_low": 20.0, "bleu_high": 21.0, "signature": SIGNATURE}
    write_json(tmp_path / "score.json", score)
    run_make_table(tmp_path)
    lines = (tmp_path / "t.tsv").read_text(encoding="utf-8").split("\n")
    assert lines[1:] == ["quoted\t45.00\t\t\t\t", f"ours\t\t20.50\t20.00\t21.00\t{SIGNATURE}", ""]
    assert (tmp_path / "t.md").read_text(encoding="utf-8").startswith("a note\n")
    assert (tmp_path / "t.tex").read_text(encoding="utf-8").startswith("% a note\n")


def test_a_file_that_holds_no_score_is_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "score.json", {"chrf": 1})
    with pytest.raises(UserError, match=r"score\.json: .* has no `bleu`"):
        run_make_table(tmp_path)


def test_a_system_trained_with_several_seeds_has_its_spread_below_the_table(tmp_path: Path) -> None:
    paths = []
    for bleu in (20.5, 21.5):
        paths.append(str(tmp_path / f"{bleu}.json"))
        score = {"bleu": bleu, "bleu_low": 20.0, "bleu_high": 21.0, "signature": SIGNATURE}
        write_json(paths[-1], score)
    write_json(tmp_path / "score.json", score)
    run_make_table(tmp_path, seeds=paths)
    for kind in ("md", "tex", "html"):
        text = (tmp_path / f"t.{kind}").read_text(encoding="utf-8")
        assert "ours: trained with 2 seeds, mean BLEU 21.00, 95 % interval" in text


def run_make_table(folder: Path, *, seeds: Sequence[str] = ()) -> None:
    rows = [
        {"system": "quoted", "paper_bleu": 45, "score": None},
        {"system": "ours", "paper_bleu": None, "score": str(folder / "score.json"), "seeds": seeds},
    ]
    files = ["--output", *(f"{folder}/t.{kind}" for kind in ("tsv", "md", "tex", "html"))]
    given = ["--rows", json.dumps(rows), "--title", "Table 1", "--note", "a note"]
    run_step("report", "make-table", *given, *files)


PLAIN = Table(
    title="50 % of it",
    note="not the\npaper's data",
    header=("Model", "Kind", "BLEU"),
    rows=[("a_1", "[x]", "−0.5 & more"), ("b", "y", "1")],
    columns=(),
    text_columns=frozenset({0, 1}),
    remarks=["mind this"],
    codes=[("BLEU", "tok:none")],
)


def test_text_stands_left_numbers_right_and_the_note_first():
    lines = lines_of(PLAIN, "tex")
    assert lines[0] == "% not the paper's data"
    assert r"  \caption{50 \% of it. not the paper's data}" in lines
    assert r"  \begin{tabular}{llr}" in lines
    assert lines[-2:] == ["% mind this", "% BLEU: tok:none"]


def test_every_row_has_all_its_cells_and_nothing_that_latex_would_take_for_a_command():
    lines = lines_of(PLAIN, "tex")
    inside = lines[lines.index(r"    \midrule") + 1 : lines.index(r"    \bottomrule")]
    assert inside == [r"    a\_1 & {[}x{]} & $-$0.5 \& more \\", r"    b & y & 1 \\"]
