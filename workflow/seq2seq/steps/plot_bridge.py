"""Draws the way from the paper's BLEU to today's as a waterfall, a panel for each system."""

import argparse

from seq2seq.report.bleu_variants_table import read_waterfalls
from seq2seq.report.style import save
from seq2seq.report.waterfall import draw_waterfalls
from seq2seq.runtime.logging import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bridge", required=True, help="the table of bridge_bleu, TSV")
    parser.add_argument("--note", default="", help="says what data this is")
    parser.add_argument("--svg", required=True)
    parser.add_argument("--png", required=True)
    arguments = parser.parse_args()
    waterfalls = read_waterfalls(arguments.bridge)
    figure = draw_waterfalls(waterfalls, note=arguments.note)
    save(figure, arguments.svg)
    save(figure, arguments.png)
    say(f"{arguments.svg}: {len(waterfalls)} systems")


if __name__ == "__main__":
    run(main)
