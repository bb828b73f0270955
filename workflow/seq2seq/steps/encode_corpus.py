"""Turn the tokens of one side into word numbers."""

import argparse
from pathlib import Path

from seq2seq.data.blocks import read_blocks
from seq2seq.data.encode import Encoder
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.io.token_ids import write_blocks
from seq2seq.runtime.logging import run, say, watched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", required=True, type=Path)
    parser.add_argument("--vocabulary", required=True, type=Path)
    parser.add_argument("--words", required=True, type=Path, help="array of all word numbers")
    parser.add_argument("--offsets", required=True, type=Path, help="array of sentence beginnings")
    arguments = parser.parse_args()

    vocabulary = read_vocabulary(arguments.vocabulary)
    blocks = watched(read_blocks(arguments.tokens), "encoding", total=0, unit="megabytes")
    encoder = Encoder(vocabulary)
    count = write_blocks(arguments.words, arguments.offsets, map(encoder.encode, blocks))
    say(f"{count:,} lines as numbers of {len(vocabulary):,} words in {arguments.words}")


if __name__ == "__main__":
    run(main)
