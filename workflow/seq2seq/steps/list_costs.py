"""What the run took, by rule, from the benchmark files of its jobs."""

import argparse
from pathlib import Path

from seq2seq.evaluation.costs import measured_costs
from seq2seq.io.files import write_lines
from seq2seq.report.html import Page, html_page, tsv_page
from seq2seq.runtime.logging import run, say

PRINTED = ("Stage", "Rule", "Jobs", "Seconds", "Processor seconds", "Highest memory, MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmarks", required=True, type=Path, help="a folder")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    arguments = parser.parse_args()
    table = measured_costs(arguments.benchmarks)
    formats = {"seconds": "{:.1f}", "cpu_seconds": "{:.1f}", "max_megabytes": "{:.0f}"}
    cells = table.assign(**{name: table[name].map(text.format) for name, text in formats.items()})
    rows = [tuple(map(str, row)) for row in cells.itertuples(index=False)]
    page = Page("Measured costs", arguments.note, PRINTED, rows, frozenset({0, 1}))
    write_lines(arguments.tsv, tsv_page(list(table.columns), rows))
    write_lines(arguments.html, html_page(page))
    say(f"{arguments.tsv}: {table['jobs'].iloc[-1]} jobs")


if __name__ == "__main__":
    run(main)
