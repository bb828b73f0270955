"""Words a second in training, by device, beside the paper's (section 3.5)."""

import argparse
import csv
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.evaluation.throughput import speeds_of, words_of_both
from seq2seq.io.files import read_lines, write_lines
from seq2seq.report.html import Page, html_page, tsv_page
from seq2seq.runtime.logging import run, say

HEADER = ("model", "device", "words_per_second", "target_words_per_second", "hours")
PRINTED = ("Model", "Device", "Words/s, both languages", "Target words/s", "Hours")
PAPER = (
    ("paper", "one GPU", "1700", "", ""),
    ("paper", "eight GPUs, one model", "6300", "", ""),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metrics", nargs="*", default=[], help="a model's metrics.jsonl each")
    parser.add_argument("--corpus", required=True, help="its fingerprint, a table")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    arguments = parser.parse_args()
    both = _words_of_both(arguments.corpus)
    rows = list(PAPER)
    for path in arguments.metrics:
        for speed in speeds_of(path):
            rate = speed.target_words_per_second
            cells = (f"{both * rate:.0f}", f"{rate:.0f}", f"{speed.seconds / 3600:.3f}")
            rows.append((Path(path).parent.name, speed.device, *cells))
    page = Page("Speed of training", arguments.note, PRINTED, rows, frozenset({0, 1}))
    write_lines(arguments.tsv, tsv_page(HEADER, rows))
    write_lines(arguments.html, html_page(page))
    say(f"{arguments.tsv}: {len(rows) - len(PAPER)} trainings")


def _words_of_both(path: str) -> float:
    rows = csv.DictReader(read_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    train = {row["side"]: row for row in rows if (row["step"], row["split"]) == ("tokens", "train")}
    if train.keys() != {"source", "target"}:
        raise UserError(f"{path}: has no tokens of the training corpus. Make it anew.")
    source, target = (int(train[side]["tokens"]) for side in ("source", "target"))
    return words_of_both(source, target, int(train["target"]["lines"]))


if __name__ == "__main__":
    run(main)
