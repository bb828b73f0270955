"""Writes the report's first page: what holds of the paper's claims, and the main table."""

import argparse
import csv
from collections.abc import Iterator

from seq2seq.io.files import read_lines, write_lines
from seq2seq.report.summary import opening_lines
from seq2seq.runtime.logging import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", required=True, help="the ledger, TSV")
    parser.add_argument(
        "--table", nargs="*", default=[], help="the main table, TSV, if there is one"
    )
    parser.add_argument("--output", required=True, help="reStructuredText to write")
    arguments = parser.parse_args()
    systems = [row for path in arguments.table for row in _rows(path)]
    write_lines(arguments.output, opening_lines(_rows(arguments.claims), systems))
    say(f"{arguments.output}: the report's first page")


def _rows(path: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(read_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)


if __name__ == "__main__":
    run(main)
