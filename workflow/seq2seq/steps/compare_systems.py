"""Is each system of a table better than the one above it, or is it the choice of test sentences?"""

import argparse
from itertools import pairwise

from seq2seq.evaluation.bootstrap import Comparison, compare
from seq2seq.evaluation.counts import corpus_counts
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.report.html import Page, html_page, tsv_page
from seq2seq.report.labels import labelled_file
from seq2seq.runtime.logging import run, say

HEADER = (
    *("system", "compared_with", "bleu_difference", "low", "high"),
    *("p_bootstrap", "p_randomization"),
)
PRINTED = (
    *("System", "Compared with", "Difference in BLEU", "95 % from", "to"),
    *("p (paired bootstrap)", "p (randomization)"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--systems", nargs="*", default=[], metavar="LABEL=FILE")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--seed", required=True, type=int, help="draws test sets and swaps")
    parser.add_argument("--title", required=True, help="names the table")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    arguments = parser.parse_args()
    references = list(read_lines(arguments.reference_tokens))
    rows, counts = [], {}
    systems = [labelled_file(system) for system in arguments.systems]
    for path in dict.fromkeys(system.path for system in systems):
        counts[path] = corpus_counts(best_translations(path, len(references)), references)
    for above, system in pairwise(systems):
        found = compare(counts[system.path], counts[above.path], seed=arguments.seed)
        rows.append((system.label, above.label, *_cells(found)))
    page = Page(arguments.title, arguments.note, PRINTED, rows, text_columns=frozenset({0, 1}))
    write_lines(arguments.tsv, tsv_page(HEADER, rows))
    write_lines(arguments.html, html_page(page))
    say(f"{arguments.tsv}: {len(rows)} pairs of systems")


def _cells(found: Comparison) -> list[str]:
    points = (found.difference, found.interval.low, found.interval.high)
    p_values = (found.bootstrap_p, found.randomization_p)
    return [*(f"{number:.2f}" for number in points), *(f"{p_value:.4f}" for p_value in p_values)]


if __name__ == "__main__":
    run(main)
