"""Turn the tokens of one side into word numbers."""

import argparse
from pathlib import Path

from seq2seq.corpus.pairs import count_lines
from seq2seq.corpus.tokens import split
from seq2seq.corpus.vocabulary import read_vocabulary
from seq2seq.files import read_lines
from seq2seq.ids import write_sentences
from seq2seq.program import run, say, watched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", required=True, type=Path)
    parser.add_argument("--vocabulary", required=True, type=Path)
    parser.add_argument("--words", required=True, type=Path, help="array of all word numbers")
    parser.add_argument("--offsets", required=True, type=Path, help="array of sentence beginnings")
    arguments = parser.parse_args()

    vocabulary = read_vocabulary(arguments.vocabulary)
    lines = read_lines(arguments.tokens)
    total = count_lines(arguments.tokens)
    sentences = (
        vocabulary.encode(split(line))
        for line in watched(lines, "encoding", total=total, unit="lines")
    )
    write_sentences(arguments.words, arguments.offsets, sentences)
    say(f"{arguments.tokens} as numbers of {len(vocabulary):,} words in {arguments.words}")


if __name__ == "__main__":
    run(main)
