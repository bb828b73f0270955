"""Make the table of what the corpus is after each step: counts, unknown words, checksums."""

import argparse
from pathlib import Path

from seq2seq.data.corpus_stats import Described, describe, places, write_descriptions
from seq2seq.runtime.logging import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="folder of text, tokens and ids")
    parser.add_argument("--table", required=True, type=Path)
    arguments = parser.parse_args()

    rows = [Described(place, describe(arguments.data, place)) for place in places()]
    write_descriptions(arguments.table, rows)
    say(f"{len(rows)} files described in {arguments.table}")


if __name__ == "__main__":
    run(main)
