"""Pages of translations, and the program that writes them."""

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from run_step import run_step
from seq2seq.io.files import write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.report.examples import Example, Run, SystemOutput, browser_lines, examples_table
from seq2seq.report.table import render

RUNS = (Run("<b> l'", True), Run("UNK &", False), Run(".", True))
FIRST = SystemOutput("one & two", RUNS, 12.345)
EXAMPLES = [
    Example(
        7,
        "He said <hello> & left.",
        7,
        "il a dit <b> .",
        (SystemOutput("one & two", RUNS, 12.345),),
    ),
    Example(8, "Second.", 2, "deuxième .", (SystemOutput("one & two", (), 0.0),)),
]


class Reader(HTMLParser):
    """All text, marked text, and the attributes of articles; fails on a wrong closing tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.marked: list[str] = []
        self.articles: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "input"):
            self.open.append(tag)
        if tag == "article":
            self.articles.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if "mark" in self.open:
            self.marked.append(data)


def read(lines: list[str]) -> Reader:
    reader = Reader()
    reader.feed("\n".join(lines))
    reader.close()
    assert reader.open == []
    return reader


def test_the_browser_holds_every_sentence_and_marks_what_the_reference_lacks() -> None:
    lines = list(browser_lines(EXAMPLES, note="made up", languages=("en", "fr")))
    page = read(lines)
    assert [article["data-line"] for article in page.articles] == ["8", "9"]
    assert page.articles[0]["data-bleu"] == "12.3"
    assert page.marked == ["Marked", "UNK &"]
    text = "".join(page.text)
    assert "He said <hello> & left." in text and "made up" in text
    assert not any("\n" in line for line in lines)


def test_the_browser_asks_nothing_of_the_network() -> None:
    page = "\n".join(browser_lines(EXAMPLES, note="", languages=("en", "fr")))
    assert "http:" not in page and "https:" not in page
    assert "src=" not in page and "url(" not in page


def test_the_script_is_valid(tmp_path: Path) -> None:
    if (node := shutil.which("node")) is None:
        pytest.skip("needs node, which is not there")
    page = "\n".join(browser_lines(EXAMPLES, note="", languages=("en", "fr")))
    script = page.partition("<script>")[2].partition("</script>")[0]
    (tmp_path / "script.js").write_text(script, encoding="utf-8")
    subprocess.run([node, "--check", str(tmp_path / "script.js")], check=True)


def test_examples_stand_as_in_the_paper_and_say_what_was_not_found() -> None:
    page = examples_table(EXAMPLES[:1], missing=["Audi"], note="made up")
    assert [row[0] for row in page.rows] == ["Source 8", "one & two", "Truth"]
    text = "\n".join(render("table.md.j2", table=page))
    assert "“Audi”" in text and "longest" in text
    assert "\\<b> l' UNK & . | 12.3 |" in text
    assert "longest" not in " ".join(examples_table(EXAMPLES, missing=[], note="").remarks)


def test_the_program_writes_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "text", ["A b.", "A cat, it sat."])
    write_lines(tmp_path / "tokens", ["A b .", "A cat , it sat ."])
    write_lines(tmp_path / "reference", ["un b .", "un chat ."])
    rows = [Hypothesis(0, 1, (0.0,), "un b ."), Hypothesis(1, 1, (0.0,), "un chien .")]
    write_hypotheses(tmp_path / "h.tsv", ("x",), rows)
    run_step(
        *("report", "show-translations", "--source-text", f"{tmp_path}/text"),
        *("--source-tokens", f"{tmp_path}/tokens", "--languages", "en", "fr"),
        *("--reference-tokens", f"{tmp_path}/reference", "--sentences", '["a cat"]'),
        *("--examples", f"LSTM={tmp_path}/h.tsv", "--systems", f"LSTM={tmp_path}/h.tsv"),
        *("--table3", f"{tmp_path}/t.md", f"{tmp_path}/t.html"),
        *("--translations", f"{tmp_path}/a.html"),
    )
    table = (tmp_path / "t.md").read_text(encoding="utf-8")
    assert "| Source 2 | A cat, it sat. |" in table and "A b." not in table
    page = read((tmp_path / "a.html").read_text(encoding="utf-8").split("\n"))
    assert len(page.articles) == 2
    assert page.marked == ["Marked", "chien"]
