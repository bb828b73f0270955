"""Take in a user's Moses n-best list of the test set, in place of our baseline's."""

import argparse

from seq2seq.files import read_lines
from seq2seq.moses import read_moses
from seq2seq.nbest import write_hypotheses
from seq2seq.program import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moses", required=True, help="the list, perhaps gzipped")
    parser.add_argument("--source-tokens", required=True, help="of the test set")
    parser.add_argument("--output", required=True, help="the list, columnar")
    arguments = parser.parse_args()
    sentences = sum(1 for _ in read_lines(arguments.source_tokens))
    rows = read_moses(arguments.moses, sentences=sentences)
    write_hypotheses(arguments.output, ("total",), rows)
    say(f"n-best lists in {arguments.output}")


if __name__ == "__main__":
    run(main)
