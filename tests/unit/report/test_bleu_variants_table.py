"""From the BLEU of 2014 to today's: the table and the step that makes it."""

import csv
from pathlib import Path

from run_step import run_step
from seq2seq.evaluation.bleu_variants import VariantScore
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.report.bleu_variants import COLUMNS, bleu_variants_table
from seq2seq.report.table import render

SCORES = [
    VariantScore("as in 2014", "BLEU", 30.594, "tok:none"),
    VariantScore("as text", "BLEU", 29.1, "tok:13a"),
    VariantScore("without unknown", "BLEU", 31.0, "tok:none"),
    VariantScore("chrF", "chrF", 55.0, "nc:6"),
]


def test_differences_are_of_printed_numbers_and_from_the_first_way() -> None:
    table = bleu_variants_table({"one": SCORES}, note="")
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in table.data]
    assert [row["score"] for row in rows] == ["30.59", "29.10", "31.00", "55.00"]
    assert [row["difference"] for row in rows] == ["+0.00", "-1.49", "+0.41", ""]


def test_people_see_a_row_for_each_way_and_all_signatures() -> None:
    table = bleu_variants_table({"one": SCORES, "two": SCORES}, note="a note")
    text = "\n".join(render("table.md.j2", table=table))
    assert "| as text | 29.10 (−1.49) | 29.10 (−1.49) |" in text
    assert "| chrF | 55.00 | 55.00 |" in text
    assert "`tok:13a`" in text and "`nc:6`" in text


def test_the_step_scores_and_writes(tmp_path: Path) -> None:
    tokens = ["l' homme arrive demain matin .", "il mange une pomme verte ."]
    write_lines(tmp_path / "tokens", tokens)
    write_lines(tmp_path / "text", ["l'homme arrive demain matin.", "il mange une pomme verte."])
    rows = [Hypothesis(k, 1, (0.0,), line.replace("verte", "UNK")) for k, line in enumerate(tokens)]
    write_hypotheses(tmp_path / "h.tsv", ("x",), rows)
    run_step(
        *("evaluate", "score-bleu-variants"),
        *("--systems", f"LSTM={tmp_path}/h.tsv", "--note", "a note"),
        *("--language", "fr", "--tokenizer", "moses"),
        *("--reference-tokens", f"{tmp_path}/tokens", "--reference-text", f"{tmp_path}/text"),
        *("--output", *(f"{tmp_path}/b.{kind}" for kind in ("tsv", "md", "html"))),
    )
    found = list(csv.DictReader(read_lines(tmp_path / "b.tsv"), delimiter="\t"))
    assert [row["metric"] for row in found] == [*6 * ["BLEU"], "chrF"]
    assert found[0]["score"] == found[1]["score"] != found[5]["score"]
