"""Scores the same outputs in other ways, from the paper's BLEU to today's; a table with signatures."""

import argparse

from seq2seq.data.tokenizer import detokenize
from seq2seq.evaluation.bleu import Lines
from seq2seq.evaluation.bleu_variants import Output, WayScore, score_ways, without_unknown
from seq2seq.evaluation.comet import comet_score
from seq2seq.io.files import read_parallel, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.report.bleu_variants_table import COLUMNS, table_page, table_rows
from seq2seq.report.html import html_page, markdown_page, tsv_page
from seq2seq.report.labels import labelled_file
from seq2seq.runtime.logging import run, say


def main() -> None:
    arguments = _arguments()
    pairs = list(read_parallel(arguments.reference_tokens, arguments.reference_text))
    sources = [
        source for source, _ in read_parallel(arguments.source_text, arguments.reference_text)
    ]
    reference = Lines([tokens for tokens, _ in pairs], [text for _, text in pairs])
    systems: dict[str, list[WayScore]] = {}
    for file in map(labelled_file, arguments.system):
        whole = best_translations(file.path, len(pairs))
        known = [without_unknown(line) for line in whole]
        output = Output(_lines(whole, arguments.language), _lines(known, arguments.language))
        systems[file.label] = list(score_ways(output, reference))
        if arguments.comet:
            score = comet_score(sources, output.whole.text, reference.text, model=arguments.comet)
            way = WayScore("as text: COMET", 0, "COMET", score, arguments.comet)
            systems[file.label].append(way)
        say(f"{file.label}: scored in {len(systems[file.label])} ways")
    page = table_page(systems, note=arguments.note)
    write_lines(arguments.tsv, tsv_page(COLUMNS, table_rows(systems)))
    write_lines(arguments.md, markdown_page(page))
    write_lines(arguments.html, html_page(page))


def _lines(tokens: list[str], language: str) -> Lines:
    return Lines(tokens, [detokenize(line, language) for line in tokens])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--system", required=True, action="append", metavar="LABEL=TRANSLATIONS")
    parser.add_argument("--source-text", required=True, help="the test set's sources, raw")
    parser.add_argument("--comet", help="a COMET model to score with as well")
    parser.add_argument("--reference-tokens", required=True, help="Moses tokens, one line each")
    parser.add_argument("--reference-text", required=True, help="the same sentences as raw text")
    parser.add_argument("--language", required=True, help="target language, as in `fr`")
    parser.add_argument("--note", default="", help="says what data this is")
    for kind in ("tsv", "md", "html"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
