"""Count the words of one side of the training corpus, or of a job's part of it."""

import argparse
from pathlib import Path

from seq2seq.data.blocks import read_blocks
from seq2seq.data.word_counts import write_counts
from seq2seq.runtime.logging import run, say
from seq2seq.runtime.shards import Shard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", required=True, type=Path)
    parser.add_argument("--shard", required=True, type=Shard.parse, help="such as 3-of-16")
    parser.add_argument("--counts", required=True, type=Path)
    arguments = parser.parse_args()

    words = write_counts(arguments.counts, read_blocks(arguments.tokens, arguments.shard))
    say(f"{words:,} different words counted in {arguments.counts}")


if __name__ == "__main__":
    run(main)
