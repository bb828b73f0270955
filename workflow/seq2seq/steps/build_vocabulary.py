"""Count the words of a tokenized training text and keep the most frequent (paper, section 3.1)."""

import argparse
from pathlib import Path

from seq2seq.corpus.pairs import count_lines
from seq2seq.corpus.vocabulary import build_vocabulary, write_vocabulary
from seq2seq.files import read_lines
from seq2seq.program import run, say, watched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", required=True, type=Path)
    parser.add_argument("--size", required=True, type=int, help="words, UNK and <EOS> among them")
    parser.add_argument("--vocabulary", required=True, type=Path)
    arguments = parser.parse_args()

    lines = read_lines(arguments.tokens)
    total = count_lines(arguments.tokens)
    vocabulary = build_vocabulary(
        watched(lines, "counting words", total=total, unit="lines"), arguments.size
    )
    write_vocabulary(arguments.vocabulary, vocabulary)
    fewer = (
        "" if len(vocabulary) == arguments.size else f" (of {arguments.size:,}: no more in text)"
    )
    say(
        f"{len(vocabulary):,} words{fewer} cover {vocabulary.coverage:.2%} of the training text, "
        f"in {arguments.vocabulary}"
    )


if __name__ == "__main__":
    run(main)
