"""Plots BLEU against the rarity of the source words, by system (the paper's Figure 3, right)."""

import argparse

from seq2seq.evaluation.buckets import group_by, score_groups
from seq2seq.evaluation.counts import corpus_counts
from seq2seq.evaluation.rarity import average_ranks
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.io.token_ids import read_sentences
from seq2seq.report.bucket_plot import RARITY, Curve, draw_groups, table_lines
from seq2seq.report.labels import labelled_file
from seq2seq.report.style import save
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    sources = read_sentences(*arguments.source)
    references = list(read_lines(arguments.reference_tokens))
    words = sum(1 for _ in read_lines(arguments.vocabulary)) - 1  # the header
    ranks = average_ranks(sources, vocabulary_size=words)
    groups = group_by(ranks, group_size=arguments.group_size)
    curves = []
    for file in map(labelled_file, arguments.curve):
        counts = corpus_counts(best_translations(file.path, len(sources)), references)
        curves.append(Curve(file.label, score_groups(counts, groups, seed=arguments.seed)))
    figure = draw_groups(curves, RARITY, note=arguments.note)
    save(figure, arguments.svg)
    save(figure, arguments.png)
    write_lines(arguments.tsv, table_lines(curves, RARITY))
    say(f"{arguments.svg}: {len(curves)} systems, {len(groups)} groups of sentences")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--vocabulary", required=True, help="of the source language")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--curve", required=True, action="append", metavar="LABEL=TRANSLATIONS")
    parser.add_argument("--group-size", required=True, type=int, help="sentences, about")
    parser.add_argument("--seed", required=True, type=int, help="draws the bands' samples")
    parser.add_argument("--note", default="", help="says what data this is")
    for kind in ("svg", "png", "tsv"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
