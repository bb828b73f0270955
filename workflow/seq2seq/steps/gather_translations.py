"""One file of translations from those of several jobs, in the order of the sentences."""

import argparse
import heapq

from seq2seq.io.nbest import read_hypotheses, write_hypotheses
from seq2seq.runtime.logging import run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", required=True, help="translations, columnar")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    parts = [read_hypotheses(path) for path in arguments.parts]
    rows = heapq.merge(*(part.rows for part in parts), key=lambda row: (row.sentence, row.rank))
    write_hypotheses(arguments.output, parts[0].score_names, rows)


if __name__ == "__main__":
    run(main)
