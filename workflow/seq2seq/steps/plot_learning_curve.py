"""Plots how the models learned: perplexity against epochs, all models in one figure."""

import argparse

from seq2seq.io.files import write_lines
from seq2seq.report.labels import labelled_file
from seq2seq.report.learning_curve import draw_learning_curve, table_lines
from seq2seq.report.metrics import read_curve
from seq2seq.report.style import save
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    files = [labelled_file(text) for text in arguments.curve]
    curves = [read_curve(file.path, label=file.label) for file in files]
    figure = draw_learning_curve(curves, note=arguments.note)
    save(figure, arguments.svg)
    save(figure, arguments.png)
    write_lines(arguments.tsv, table_lines(curves))
    say(f"{arguments.svg}: {len(curves)} models")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--curve", required=True, action="append", metavar="LABEL=METRICS")
    parser.add_argument("--note", default="", help="says what data this is")
    parser.add_argument("--svg", required=True)
    parser.add_argument("--png", required=True)
    parser.add_argument("--tsv", required=True, help="the numbers behind the figure")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
