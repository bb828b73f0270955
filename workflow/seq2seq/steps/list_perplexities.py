"""Each model's perplexity on the test set in its 95 % interval, beside the paper's (section 3.3)."""

import argparse

from seq2seq.evaluation.bootstrap import interval_of, test_sets
from seq2seq.evaluation.perplexity import LogProbabilities, read_log_probabilities
from seq2seq.io.files import write_lines
from seq2seq.report.html import Page, html_page, tsv_page
from seq2seq.report.labels import labelled_file
from seq2seq.runtime.logging import run, say

HEADER = (
    *("model", "source_order", "paper_perplexity"),
    *("perplexity", "perplexity_low", "perplexity_high"),
)
PRINTED = ("Model", "Source", "Paper", "This run", "95 % from", "to")
PAPER = {"forward": "5.8", "reversed": "4.7"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log-probabilities", required=True, help="of score_perplexity")
    parser.add_argument("--orders", nargs="+", required=True, metavar="MODEL=ORDER")
    parser.add_argument("--seed", type=int, required=True, help="draws the resampled test sets")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    arguments = parser.parse_args()
    scores = read_log_probabilities(arguments.log_probabilities)
    orders = {each.label: each.path for each in map(labelled_file, arguments.orders)}
    rows = [
        (model, orders[model], PAPER[orders[model]], *_cells(found, seed=arguments.seed))
        for model, found in scores.items()
    ]
    page = Page("Test perplexity", arguments.note, PRINTED, rows, frozenset({0, 1}))
    write_lines(arguments.tsv, tsv_page(HEADER, rows))
    write_lines(arguments.html, html_page(page))
    say(f"{arguments.tsv}: {len(rows)} models")


def _cells(found: LogProbabilities, *, seed: int) -> list[str]:
    samples = test_sets(len(found.words), seed=seed)
    interval = interval_of(found.perplexity_on(samples)[1:])
    return [f"{value:.2f}" for value in (found.perplexity, interval.low, interval.high)]


if __name__ == "__main__":
    run(main)
