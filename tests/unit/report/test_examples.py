"""Table 3, and the step that writes it."""

from pathlib import Path

from run_step import run_step
from seq2seq.io.files import write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.report.examples import Example, Run, SystemOutput, examples_table
from seq2seq.report.table import render

RUNS = (Run("<b> l'", True), Run("UNK &", False), Run(".", True))
FIRST = SystemOutput("one & two", RUNS, 12.345)
EXAMPLES = [
    Example(7, "He said <hello> & left.", 7, "il a dit <b> .", (FIRST,)),
    Example(8, "Second.", 2, "deuxième .", (SystemOutput("one & two", (), 0.0),)),
]


def test_examples_stand_as_in_the_paper_and_say_what_was_not_found() -> None:
    page = examples_table(EXAMPLES[:1], missing=["Audi"], note="made up")
    assert [row[0] for row in page.rows] == ["Source 8", "one & two", "Truth"]
    text = "\n".join(render("table.md.j2", table=page))
    assert "“Audi”" in text and "longest" in text
    assert "\\<b> l' UNK & . | 12.3 |" in text
    assert "longest" not in " ".join(examples_table(EXAMPLES, missing=[], note="").remarks)


def test_the_step_writes_the_found_sentence_alone(tmp_path: Path) -> None:
    write_lines(tmp_path / "text", ["A b.", "A cat, it sat."])
    write_lines(tmp_path / "tokens", ["A b .", "A cat , it sat ."])
    write_lines(tmp_path / "reference", ["un b .", "un chat ."])
    rows = [Hypothesis(0, 1, (0.0,), "un b ."), Hypothesis(1, 1, (0.0,), "un chien .")]
    write_hypotheses(tmp_path / "h.tsv", ("x",), rows)
    run_step(
        *("report", "show-translations", "--source-text", f"{tmp_path}/text"),
        *("--source-tokens", f"{tmp_path}/tokens"),
        *("--reference-tokens", f"{tmp_path}/reference", "--sentences", '["a cat"]'),
        *("--systems", f"LSTM={tmp_path}/h.tsv"),
        *("--output", f"{tmp_path}/t.md", f"{tmp_path}/t.html"),
    )
    table = (tmp_path / "t.md").read_text(encoding="utf-8")
    assert "| Source 2 | A cat, it sat. |" in table and "A b." not in table
