"""Add up the phrase pairs of all parts and keep the most frequent of each source phrase."""

import argparse

from seq2seq.runtime.logging import log, run
from seq2seq.smt.phrase_counts import read_sums, write_sorted
from seq2seq.smt.phrases import PAIR_FIELDS, most_frequent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrases", nargs="+", required=True, help="made by extract_phrases")
    parser.add_argument("--options", type=int, required=True, help="kept of a source phrase")
    parser.add_argument("--output", required=True, help="the kept pairs with their counts")
    args = parser.parse_args()
    kept = most_frequent(read_sums(args.phrases, fields=PAIR_FIELDS), options=args.options)
    written = write_sorted(args.output, kept)
    log.info(f"select_phrases: {written:,} phrase pairs kept")


if __name__ == "__main__":
    run(main)
