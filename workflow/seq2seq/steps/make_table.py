"""Sets the paper's numbers beside ours: one table as TSV, Markdown and LaTeX."""

import argparse
import json
from typing import Any

from seq2seq.errors import UserError
from seq2seq.figures.tables import OwnScore, Row, Table, latex_lines, markdown_lines, tsv_lines
from seq2seq.files import read_json, write_lines
from seq2seq.program import run, say


def main() -> None:
    arguments = _arguments()
    rows = [_row(row) for row in arguments.rows]
    table = Table(title=arguments.title, note=arguments.note, rows=rows)
    write_lines(arguments.tsv, tsv_lines(table))
    write_lines(arguments.md, markdown_lines(table))
    write_lines(arguments.tex, latex_lines(table))
    own = sum(row.own is not None for row in rows)
    say(f"{arguments.md}: {len(rows)} systems, {own} of them with a run of our own")


def _row(row: dict[str, Any]) -> Row:
    if row["score"] is None:
        return Row(row["system"], row["paper_bleu"], None)
    score = read_json(row["score"])
    try:
        own = OwnScore(score["bleu"], score["bleu_low"], score["bleu_high"], score["signature"])
    except (KeyError, TypeError) as error:
        raise UserError(
            f"{row['score']}: no score file ({error} is missing). Make it anew."
        ) from error
    return Row(row["system"], row["paper_bleu"], own)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows",
        required=True,
        type=json.loads,
        help='[{"system": NAME, "paper_bleu": NUMBER or null, "score": FILE or null}, ...]',
    )
    parser.add_argument("--title", default="BLEU on the test set", help="names the table")
    parser.add_argument("--note", required=True, help="says what data this is")
    parser.add_argument("--tsv", required=True)
    parser.add_argument("--md", required=True)
    parser.add_argument("--tex", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
