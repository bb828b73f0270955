"""Plots BLEU against source length, a curve for each system (the paper's Figure 3, left)."""

import argparse

from seq2seq.evaluation.counts import corpus_counts, tokens_of
from seq2seq.evaluation.lengths import GroupScore, group_by_length, score_groups
from seq2seq.figures.labels import labelled_file
from seq2seq.figures.length_curve import Curve, Point, draw_lengths, table_lines
from seq2seq.figures.style import save
from seq2seq.files import read_parallel, write_lines
from seq2seq.nbest import best_translations
from seq2seq.program import run, say


def main() -> None:
    arguments = _arguments()
    pairs = list(read_parallel(arguments.source_tokens, arguments.reference_tokens))
    references = [reference for _, reference in pairs]
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    groups = group_by_length(lengths, group_size=arguments.group_size)
    curves = []
    for file in map(labelled_file, arguments.curve):
        counts = corpus_counts(best_translations(file.path, len(pairs)), references)
        scores = score_groups(counts, groups, seed=arguments.seed)
        curves.append(Curve(file.label, [_point(score) for score in scores]))
    figure = draw_lengths(curves, note=arguments.note)
    save(figure, arguments.svg)
    save(figure, arguments.png)
    write_lines(arguments.tsv, table_lines(curves))
    say(f"{arguments.svg}: {len(curves)} systems, {len(groups)} groups of sentences")


def _point(score: GroupScore) -> Point:
    group = score.group
    return Point(
        sentences=len(group.sentences),
        shortest=group.shortest,
        longest=group.longest,
        bleu=score.bleu,
        low=score.interval.low,
        high=score.interval.high,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source-tokens", required=True, help="of the test set")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--curve", required=True, action="append", metavar="LABEL=TRANSLATIONS")
    parser.add_argument("--group-size", required=True, type=int, help="sentences, about")
    parser.add_argument("--seed", required=True, type=int, help="draws the bands' samples")
    parser.add_argument("--note", default="", help="says what data this is")
    parser.add_argument("--svg", required=True)
    parser.add_argument("--png", required=True)
    parser.add_argument("--tsv", required=True, help="the numbers behind the figure")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
