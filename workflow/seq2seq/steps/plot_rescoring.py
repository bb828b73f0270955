"""Plots what rescoring is worth by its weight and by the length of the lists; the table beside it."""

import argparse

from seq2seq.config.loading import build
from seq2seq.io.files import read_json, write_lines
from seq2seq.report.html import markdown_page
from seq2seq.report.rescoring_plot import draw_rescoring
from seq2seq.report.rescoring_table import Rescoring, figure_lines, table_lines, table_page
from seq2seq.report.style import save
from seq2seq.runtime.logging import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweep", required=True, help="made by sweep_rescoring")
    parser.add_argument("--note", required=True, help="says what data this is")
    parser.add_argument("--table", required=True, help="the main numbers, TSV")
    parser.add_argument("--md", required=True, help="the same for people")
    parser.add_argument("--svg", required=True)
    parser.add_argument("--png", required=True)
    parser.add_argument("--tsv", required=True, help="every point")
    arguments = parser.parse_args()
    rescoring = build(Rescoring, read_json(arguments.sweep))
    figure = draw_rescoring(rescoring, note=arguments.note)
    save(figure, arguments.svg)
    save(figure, arguments.png)
    write_lines(arguments.tsv, figure_lines(rescoring))
    write_lines(arguments.table, table_lines(rescoring))
    write_lines(arguments.md, markdown_page(table_page(rescoring, note=arguments.note)))
    say(f"{arguments.svg}: rescoring by {len(rescoring.combinations)} combinations of models")


if __name__ == "__main__":
    run(main)
