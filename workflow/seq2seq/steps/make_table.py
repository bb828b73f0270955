"""Sets the paper's numbers beside ours: one table as TSV, Markdown, LaTeX and HTML."""

import argparse
import json
from typing import Any

from seq2seq.errors import UserError
from seq2seq.evaluation.seeds import over_seeds
from seq2seq.io.files import read_json, write_lines
from seq2seq.report.table import (
    OwnScore,
    Row,
    Table,
    html_lines,
    latex_lines,
    markdown_lines,
    tsv_lines,
)
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    rows = [_row(row) for row in arguments.rows]
    table = Table(title=arguments.title, note=arguments.note, rows=rows)
    write_lines(arguments.tsv, tsv_lines(table))
    write_lines(arguments.md, markdown_lines(table))
    write_lines(arguments.tex, latex_lines(table))
    write_lines(arguments.html, html_lines(table))
    own = sum(row.own is not None for row in rows)
    say(f"{arguments.md}: {len(rows)} systems, {own} of them with a run of our own")


def _row(row: dict[str, Any]) -> Row:
    if row["score"] is None:
        return Row(row["system"], row["paper_bleu"], None)
    own = _score(row["score"])
    seeds = [_score(path).bleu for path in row.get("seeds", [])]
    return Row(row["system"], row["paper_bleu"], own, _spread(seeds) if seeds else "")


def _score(path: str) -> OwnScore:
    score = read_json(path)
    try:
        return OwnScore(score["bleu"], score["bleu_low"], score["bleu_high"], score["signature"])
    except KeyError as error:
        name = error.args[0]
        raise UserError(f"{path}: the score file has no `{name}`. Make it anew.") from error


def _spread(bleus: list[float]) -> str:
    found = over_seeds(bleus)
    return (
        f"trained with {found.seeds} seeds, mean BLEU {found.mean:.2f}, 95 % interval of the mean "
        f"{found.low:.2f}–{found.high:.2f}, standard deviation {found.deviation:.2f}."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows",
        required=True,
        type=json.loads,
        help='[{"system": NAME, "paper_bleu": NUMBER or null, "score": FILE or null, "seeds": FILES}]',
    )
    parser.add_argument("--title", default="BLEU on the test set", help="names the table")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "md", "tex", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
