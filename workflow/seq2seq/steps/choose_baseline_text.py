"""The sentence pairs that the baseline is trained on: so many of the training text, evenly spaced."""

import argparse
from pathlib import Path

from seq2seq.io.files import read_parallel, write_lines
from seq2seq.runtime.logging import log, run
from seq2seq.smt.sentences import evenly


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="training text, source side")
    parser.add_argument("--target", type=Path, required=True, help="training text, target side")
    parser.add_argument("--pairs", type=int, help="that are wanted; without it, all")
    parser.add_argument("--output", type=Path, nargs=2, required=True, metavar=("SOURCE", "TARGET"))
    args = parser.parse_args()
    total = sum(1 for _ in read_parallel(args.source, args.target))
    nbest = total if args.pairs is None else min(args.pairs, total)
    for column, output in enumerate(args.output):
        pairs = evenly(read_parallel(args.source, args.target), total=total, wanted=nbest)
        write_lines(output, (pair[column] for pair in pairs))
    log.info(f"choose_baseline_text: {nbest:,} of {total:,} pairs")


if __name__ == "__main__":
    run(main)
