"""Tokenize one side of a corpus, or a job's part of it: a line of tokens for each line of text."""

import argparse
from pathlib import Path

from seq2seq.data.blocks import read_shard
from seq2seq.data.tokenizer import tokenizer
from seq2seq.io.files import write_lines
from seq2seq.runtime.logging import run, say, watched
from seq2seq.runtime.shards import Shard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", required=True, type=Path)
    parser.add_argument("--shard", required=True, type=Shard.parse, help="such as 3-of-16")
    parser.add_argument("--tokenizer", required=True, choices=["moses", "none"])
    parser.add_argument("--language", required=True, help="of the text, such as fr")
    parser.add_argument("--tokens", required=True, type=Path)
    arguments = parser.parse_args()

    tokenize = tokenizer(arguments.tokenizer, arguments.language)
    lines = watched(
        read_shard(arguments.text, arguments.shard), "tokenizing", total=0, unit="lines"
    )
    count = write_lines(arguments.tokens, map(tokenize, lines))
    say(f"{count:,} lines of {arguments.text} tokenized in {arguments.tokens}")


if __name__ == "__main__":
    run(main)
