"""Holds the run against the paper: a verdict on each claim of config/claims.tsv."""

import argparse

from seq2seq.evaluation import claims_report as report
from seq2seq.evaluation.claim_definitions import read_claims
from seq2seq.evaluation.claims import Evidence, judge
from seq2seq.evaluation.counts import corpus_counts, tokens_of
from seq2seq.evaluation.lengths import shorter_than
from seq2seq.evaluation.measurements import read_number
from seq2seq.evaluation.perplexity import read_log_probabilities
from seq2seq.io.files import read_parallel, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.report.html import Page, html_page, markdown_page, tsv_page
from seq2seq.report.labels import labelled_file
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    judgements = judge(read_claims(arguments.claims), _evidence(arguments), seed=arguments.seed)
    counts = report.summary(judgements)
    page = Page(
        title=report.TITLE,
        note=arguments.note,
        header=report.HEADER,
        rows=[report.cells(judgement) for judgement in judgements],
        text_columns=report.TEXT_COLUMNS,
        remarks=[f"{len(judgements)} claims: {counts}.", report.RULES],
    )
    rows = [report.data_cells(judgement) for judgement in judgements]
    write_lines(arguments.tsv, tsv_page(report.DATA_HEADER, rows))
    write_lines(arguments.md, markdown_page(page))
    write_lines(arguments.html, html_page(page))
    say(f"{arguments.md}: {len(judgements)} claims, {counts}")


def _evidence(arguments: argparse.Namespace) -> Evidence:
    pairs = list(read_parallel(arguments.source_tokens, arguments.reference_tokens))
    references = [reference for _, reference in pairs]
    scores = map(read_log_probabilities, arguments.log_probabilities)
    measured = {
        file.label: read_number(file.path, file.label.partition("#")[2])
        for file in map(labelled_file, arguments.measurements)
    }
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    return Evidence(
        source_lengths=lengths,
        short=shorter_than(arguments.slope_below, lengths, group_size=arguments.group_size),
        counts={
            file.label: corpus_counts(best_translations(file.path, len(pairs)), references)
            for file in map(labelled_file, arguments.outputs)
        },
        log_probabilities={name: of for models in scores for name, of in models.items()},
        quoted=frozenset(arguments.quoted),
        measured={place: number for place, number in measured.items() if number is not None},
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", required=True, help="the table of claims and their tests")
    parser.add_argument("--source-tokens", required=True, help="of the test set")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--outputs", nargs="*", default=[], metavar="NAME=FILE")
    parser.add_argument("--log-probabilities", nargs="*", default=[], help="of score_perplexity")
    parser.add_argument(
        "--quoted", nargs="*", default=[], help="the paper's numbers that hold here"
    )
    parser.add_argument("--measurements", nargs="*", default=[], metavar="NAME=FILE")
    parser.add_argument("--slope-below", required=True, type=int, help="words, as in Figure 3")
    parser.add_argument("--group-size", required=True, type=int, help="sentences, as in Figure 3")
    parser.add_argument("--seed", required=True, type=int, help="draws the resampled test sets")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("tsv", "md", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
