"""Lists what the run does otherwise than the paper, with its effect where that was measured."""

import argparse
import json
from collections import Counter
from dataclasses import astuple

from seq2seq.evaluation.deviations import COLUMNS, Kind, list_deviations, read_remarks
from seq2seq.io.files import write_lines
from seq2seq.report.html import Page, html_page, markdown_page, tsv_page
from seq2seq.runtime.logging import run, say

KINDS: dict[Kind, str] = {
    "changed": "changed by this experiment",
    "standing": "cannot be as in the paper",
    "open": "open in the paper",
}


def main() -> None:
    arguments = _arguments()
    remarks = read_remarks(arguments.remarks)
    found = list_deviations(arguments.paper, arguments.settings, remarks)
    counts = Counter(deviation.kind for deviation in found)
    page = Page(
        title="Deviations from the paper",
        note=arguments.note,
        header=("Setting", "Kind", "The paper", "This run", "What it means", "Effect"),
        rows=[(one.key, KINDS[one.kind], *astuple(one)[2:]) for one in found],
        text_columns=frozenset(range(6)),
        remarks=[", ".join(f"{counts[kind]} {name}" for kind, name in KINDS.items()) + "."],
    )
    header = ("kind", *(name for name in COLUMNS if name != "when"))
    write_lines(arguments.tsv, tsv_page(header, [astuple(one) for one in found]))
    write_lines(arguments.md, markdown_page(page))
    write_lines(arguments.html, html_page(page))
    say(f"{arguments.md}: {len(found)} deviations, {counts['changed']} of them of this experiment")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", required=True, type=json.loads, help="its settings, as JSON")
    parser.add_argument("--settings", required=True, type=json.loads, help="the run's settings")
    parser.add_argument("--remarks", required=True, help="what is known of deviations, a table")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "md", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
