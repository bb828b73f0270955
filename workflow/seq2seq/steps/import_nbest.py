"""Take in a user's Moses n-best list of the test set, in place of our baseline's."""

import argparse
from collections.abc import Iterator

from seq2seq.data.test_set_alignment import align, check_lengths, renumber
from seq2seq.io.files import read_lines
from seq2seq.io.moses_nbest import read_moses
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.runtime.logging import log, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moses", required=True, help="the list, perhaps gzipped")
    parser.add_argument("--source-tokens", required=True, help="of the test set")
    parser.add_argument(
        "--list-source", nargs="*", help="the text that the list numbers, if not the test set's"
    )
    parser.add_argument("--output", required=True, help="the list, columnar")
    arguments = parser.parse_args()
    ours = list(read_lines(arguments.source_tokens))
    rows = _in_our_order(arguments, ours)
    lengths = [line.count(" ") + 1 for line in ours]
    checked = check_lengths(rows, lengths, name=arguments.moses)
    write_hypotheses(arguments.output, ("total",), checked)
    log.info(f"n-best lists in {arguments.output}")


def _in_our_order(arguments: argparse.Namespace, ours: list[str]) -> Iterator[Hypothesis]:
    if not arguments.list_source:
        log.info(f"{arguments.moses}: taken to number its sentences as the test set does")
        return read_moses(arguments.moses, sentences=len(ours))
    name = arguments.list_source[0]
    theirs = list(read_lines(name))
    places = align(theirs, ours, name=name)
    rows = read_moses(arguments.moses, sentences=len(theirs))
    if places == list(range(len(ours))):
        log.info(f"{name}: the test set, in its order")
        return rows
    moved = sum(place != number for number, place in enumerate(places))
    log.info(f"{name}: {moved:,} of {len(theirs):,} sentences are renumbered as in the test set")
    return renumber(rows, places)


if __name__ == "__main__":
    run(main)
