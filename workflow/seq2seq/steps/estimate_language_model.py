"""Estimate the baseline's language model from the target side of the training text."""

import argparse
from pathlib import Path

from seq2seq.io.files import read_lines
from seq2seq.runtime.logging import log, run
from seq2seq.smt.arpa import write_arpa
from seq2seq.smt.kneser_ney import estimate
from seq2seq.smt.sentences import split


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, required=True, help="training text, target side")
    parser.add_argument("--output", type=Path, required=True, help="model as an ARPA file")
    parser.add_argument("--order", type=int, required=True, help="words of the longest n-grams")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    orders = estimate(map(split, read_lines(args.target)), order=args.order)
    written = write_arpa(args.output, orders)
    log.info(f"estimate_language_model: {written:,} n-grams of up to {len(orders)} words")


if __name__ == "__main__":
    run(main)
