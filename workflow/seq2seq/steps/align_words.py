"""Align the words of the training text in both directions and make one alignment of the two."""

import argparse
import json
from itertools import islice
from pathlib import Path

from seq2seq.files import read_parallel, write_lines
from seq2seq.program import run, say
from seq2seq.smt.alignment import Alignment, AlignmentSettings, align
from seq2seq.smt.parallel import ordered_map
from seq2seq.smt.symmetrize import format_links, symmetrize

Texts = tuple[list[str], list[str]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="training text, source side")
    parser.add_argument("--target", type=Path, required=True, help="training text, target side")
    parser.add_argument("--output", type=Path, required=True, help="links, one line a pair")
    parser.add_argument("--settings", type=json.loads, required=True, metavar="JSON")
    parser.add_argument("--processes", type=int, default=1, help="up to two are used")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    pairs = list(islice(read_parallel(args.source, args.target), args.settings["training_pairs"]))
    sources, targets = [source for source, _ in pairs], [target for _, target in pairs]
    settings = AlignmentSettings(
        iterations=args.settings["alignment_iterations"],
        null_probability=args.settings["null_probability"],
        concentration=args.settings["concentration"],
    )
    directions: list[Texts] = [(sources, targets), (targets, sources)]
    processes = min(args.processes, 2)
    forward, backward = ordered_map(_align, settings, directions, processes=processes)
    links = map(symmetrize, forward.links, backward.links)
    written = write_lines(args.output, map(format_links, links))
    say(f"align_words: {written:,} pairs aligned")


def _align(settings: AlignmentSettings, texts: Texts) -> Alignment:
    return align(*texts, settings)


if __name__ == "__main__":
    run(main)
