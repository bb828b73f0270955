"""One round of training the aligner: the links that a part of the training text leads to expect."""

import argparse

from seq2seq.io.token_ids import read_token_dataset
from seq2seq.runtime.logging import log, run
from seq2seq.runtime.shards import WHOLE, Shard
from seq2seq.smt.alignment import Part, expected_links
from seq2seq.smt.link_table import read_links, write_links


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for side in ("source", "target"):
        parser.add_argument(f"--{side}", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--tables", nargs="*", help="of the round before, FORWARD BACKWARD")
    parser.add_argument("--null-probability", type=float, required=True)
    parser.add_argument("--shard", type=Shard.parse, default=WHOLE, help="the part, as 2-of-16")
    parser.add_argument("--output", nargs=2, required=True, metavar=("FORWARD", "BACKWARD"))
    args = parser.parse_args()
    source, target = read_token_dataset(*args.source), read_token_dataset(*args.target)
    positions = args.shard.of(len(source))
    parts = (Part(source, target, positions), Part(target, source, positions))
    tables = map(read_links, args.tables) if args.tables else (None, None)
    for part, table, output in zip(parts, tables, args.output, strict=True):
        links = expected_links(part, table, null_probability=args.null_probability)
        rows = write_links(output, [links])
        log.info(f"expect_links: {len(positions):,} sentence pairs, {rows:,} pairs of words")


if __name__ == "__main__":
    run(main)
