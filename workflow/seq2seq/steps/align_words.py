"""Link the words of a part of the training text, both ways, and make one alignment of the two."""

import argparse
from itertools import islice
from pathlib import Path

from seq2seq.io.files import read_parallel
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.runtime.logging import log, run
from seq2seq.runtime.shards import WHOLE, Shard
from seq2seq.smt.aligned import write_aligned
from seq2seq.smt.alignment import Part, best_links
from seq2seq.smt.link_table import read_links
from seq2seq.smt.symmetrize import symmetrize


def main() -> None:
    args = _arguments()
    source, target = read_token_dataset(*args.source_words), read_token_dataset(*args.target_words)
    positions = args.shard.of(len(source))
    parts = (Part(source, target, positions), Part(target, source, positions))
    forward, backward = (
        best_links(part, read_links(path), null_probability=args.null_probability)
        for part, path in zip(parts, args.tables, strict=True)
    )
    text = islice(read_parallel(args.source, args.target), positions.start, positions.stop)
    written = write_aligned(args.output, text, map(symmetrize, forward, backward))
    log.info(f"align_words: {written:,} pairs aligned")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for side in ("source", "target"):
        parser.add_argument(f"--{side}", type=Path, required=True, help=f"training text, {side}")
        words = ("WORDS", "OFFSETS")
        parser.add_argument(f"--{side}-words", nargs=2, required=True, metavar=words)
    parser.add_argument("--tables", nargs=2, required=True, metavar=("FORWARD", "BACKWARD"))
    parser.add_argument("--null-probability", type=float, required=True)
    parser.add_argument("--shard", type=Shard.parse, default=WHOLE, help="the part, as 2-of-16")
    parser.add_argument("--output", required=True, help="the pairs with their links")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
