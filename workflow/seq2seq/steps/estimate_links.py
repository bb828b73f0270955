"""One round of training the aligner: translation probabilities from the links of all parts."""

import argparse

from seq2seq.runtime.logging import log, run
from seq2seq.smt.alignment import estimate
from seq2seq.smt.link_table import read_links, write_links

DIRECTIONS = ("forward", "backward")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for direction in DIRECTIONS:
        parser.add_argument(f"--{direction}", nargs="+", required=True, metavar="PART")
    parser.add_argument("--concentration", type=float, required=True, help="of the prior; 0: none")
    parser.add_argument("--output", nargs=2, required=True, metavar=("FORWARD", "BACKWARD"))
    args = parser.parse_args()
    for direction, output in zip(DIRECTIONS, args.output, strict=True):
        parts = [read_links(path) for path in getattr(args, direction)]
        rows = write_links(output, estimate(parts, concentration=args.concentration))
        log.info(f"estimate_links: {direction}, {rows:,} pairs of words")


if __name__ == "__main__":
    run(main)
