"""Checks a corpus: is it, after every step, what its table says?

Counts and checksums are made anew from the files.  Prints what differs, one line each, from the first
step to the last, and exits with 1 if something does.
"""

import argparse
import sys
from pathlib import Path

from seq2seq.data.corpus_stats import differences
from seq2seq.runtime.logging import log, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="seq2seq verify-data", description=__doc__)
    parser.add_argument("table", type=Path, help="such as results/demo/tables/corpus.tsv")
    parser.add_argument("--data", type=Path, help="the corpus; the folder `data` of the experiment")
    arguments = parser.parse_args()

    data = arguments.data or arguments.table.parent.parent / "data"
    first = None
    for place, difference in differences(arguments.table, data):
        first = first or place
        print(f"{place.step} of {place.split}.{place.side}: {difference}", flush=True)
    if first:
        log.info(f"{data}: the first step that differs from {arguments.table} is `{first.step}`")
        sys.exit(1)
    log.info(f"{data}: every step is as {arguments.table} says")


if __name__ == "__main__":
    run(main)
