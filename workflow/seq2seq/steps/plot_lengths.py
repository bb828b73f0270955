"""Plots BLEU against source length, a curve for each system (the paper's Figure 3, left).

Beside it: whether BLEU falls with length among the shorter sentences.
"""

import argparse
from dataclasses import asdict
from typing import Any

from seq2seq.evaluation.buckets import score_groups
from seq2seq.evaluation.counts import corpus_counts, tokens_of
from seq2seq.evaluation.lengths import Slope, group_by_length, length_slope, shorter_than
from seq2seq.io.files import read_parallel, write_json, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.report.bucket_plot import LENGTH, Curve, draw_groups, table_lines
from seq2seq.report.labels import labelled_file
from seq2seq.report.style import save
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    pairs = list(read_parallel(arguments.source_tokens, arguments.reference_tokens))
    references = [reference for _, reference in pairs]
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    groups = group_by_length(lengths, group_size=arguments.group_size)
    short = shorter_than(arguments.slope_below, lengths, group_size=arguments.group_size)
    curves, slopes = [], {}
    for file in map(labelled_file, arguments.curve):
        counts = corpus_counts(best_translations(file.path, len(pairs)), references)
        curves.append(Curve(file.label, score_groups(counts, groups, seed=arguments.seed)))
        slopes[file.label] = _numbers(length_slope(counts, short, seed=arguments.seed))
    figure = draw_groups(curves, LENGTH, note=arguments.note)
    save(figure, arguments.svg)
    save(figure, arguments.png)
    write_lines(arguments.tsv, table_lines(curves, LENGTH))
    write_json(
        arguments.json,
        {
            "below": short.below,
            "groups": len(short.groups),
            "sentences": short.sentences,
            "systems": slopes,
        },
    )
    say(f"{arguments.svg}: {len(curves)} systems, {len(groups)} groups of sentences")


def _numbers(slope: Slope | None) -> dict[str, Any] | None:
    return None if slope is None else {**asdict(slope), "falls": slope.falls}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source-tokens", required=True, help="of the test set")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--curve", required=True, action="append", metavar="LABEL=TRANSLATIONS")
    parser.add_argument("--group-size", required=True, type=int, help="sentences, about")
    parser.add_argument("--slope-below", required=True, type=int, help="words, of the slope test")
    parser.add_argument("--seed", required=True, type=int, help="draws the bands' samples")
    parser.add_argument("--note", default="", help="says what data this is")
    for kind in ("svg", "png", "tsv", "json"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
