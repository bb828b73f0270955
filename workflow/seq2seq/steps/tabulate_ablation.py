"""What order, depth and cell are worth: a table of the models, and one of each change."""

import argparse
from pathlib import Path

from seq2seq.evaluation.ablation import Design, Measured, compare_designs
from seq2seq.evaluation.ablation_report import Printed, designs_table, effects_table
from seq2seq.evaluation.counts import corpus_counts, tokens_of
from seq2seq.evaluation.perplexity import read_log_probabilities
from seq2seq.io.files import read_json, read_parallel, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.report.html import Page, html_page, markdown_page, tsv_page
from seq2seq.report.latex import latex_page
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    pairs = list(read_parallel(arguments.source_tokens, arguments.reference_tokens))
    references = [reference for _, reference in pairs]
    scores = read_log_probabilities(arguments.log_probabilities)
    measured = []
    for path, hypotheses in zip(arguments.models, arguments.hypotheses, strict=True):
        name, model = Path(path).parent.name, read_json(path)
        measured.append(
            Measured(
                name=name,
                design=Design.of(model["identity"]),
                parameters=model["parameters"]["total"],
                dev_perplexity=model["provenance"]["dev_perplexity"],
                dev_bleu=model["provenance"]["dev_bleu"],
                counts=corpus_counts(best_translations(hypotheses, len(pairs)), references),
                log_probabilities=scores[name],
            )
        )
    lengths = [len(tokens_of(source)) for source, _ in pairs]
    found = compare_designs(measured, lengths, groups=arguments.length_groups, seed=arguments.seed)
    _write(arguments.designs, designs_table(found), arguments.note)
    _write(arguments.effects, effects_table(found), arguments.note)
    say(f"{arguments.designs[1]}: {len(measured)} models; {arguments.effects[1]}: what differs")


def _write(paths: list[str], table: Printed, note: str) -> None:
    tsv, md, tex, html = paths
    page = Page(
        title=table.title,
        note=note,
        header=table.header,
        rows=table.rows,
        text_columns=frozenset({0, 1}),
        remarks=table.remarks,
        codes=table.codes,
    )
    write_lines(tsv, tsv_page(table.columns, table.data))
    write_lines(md, markdown_page(page))
    write_lines(tex, latex_page(page))
    write_lines(html, html_page(page))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", required=True, help="their descriptions, model.json")
    parser.add_argument("--hypotheses", nargs="+", required=True, help="of each, of the test set")
    parser.add_argument("--log-probabilities", required=True, help="of score_perplexity")
    parser.add_argument("--source-tokens", required=True, help="of the test set")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--length-groups", required=True, type=int, help="parts of the test set")
    parser.add_argument("--seed", required=True, type=int, help="draws the resampled test sets")
    parser.add_argument("--note", required=True, help="says what data this is")
    for kind in ("designs", "effects"):
        files = ("TSV", "MD", "TEX", "HTML")
        parser.add_argument(f"--{kind}", nargs=4, required=True, metavar=files, help="to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
