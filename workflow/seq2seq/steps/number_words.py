"""The baseline's text in numbers, from 1 for the first word, for the aligner."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from seq2seq.io.files import read_parallel
from seq2seq.io.token_ids import write_token_dataset
from seq2seq.runtime.logging import log, run
from seq2seq.smt.sentences import split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="training text, source side")
    parser.add_argument("--target", type=Path, required=True, help="training text, target side")
    for side in ("source", "target"):
        names = ("WORDS", "OFFSETS")
        parser.add_argument(f"--{side}-output", nargs=2, required=True, metavar=names)
    args = parser.parse_args()
    for column, (words, offsets) in enumerate((args.source_output, args.target_output)):
        pairs = read_parallel(args.source, args.target)
        lines = (pair[column] for pair in pairs)
        numbers: dict[str, int] = {}
        write_token_dataset(words, offsets, _numbered(lines, numbers))
        log.info(f"number_words: {len(numbers):,} different words in {words}")


def _numbered(lines: Iterable[str], numbers: dict[str, int]) -> Iterator[list[int]]:
    for line in lines:
        yield [numbers.setdefault(word, len(numbers) + 1) for word in split(line)]


if __name__ == "__main__":
    run(main)
