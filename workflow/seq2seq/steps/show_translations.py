"""Shows translations: long sentences as in the paper's Table 3, and the whole test set to browse."""

import argparse

from seq2seq.evaluation.counts import tokens_of
from seq2seq.evaluation.examples import TestSet, choose_sentences, show_sentences
from seq2seq.io.files import read_lines, read_parallel, write_lines
from seq2seq.io.nbest import best_translations
from seq2seq.report.examples import browser_lines, examples_page
from seq2seq.report.html import html_page, markdown_page
from seq2seq.report.labels import labelled_file
from seq2seq.runtime.logging import run, say, watched


def main() -> None:
    arguments = _arguments()
    pairs = list(read_parallel(arguments.source_text, arguments.reference_tokens))
    test_set = TestSet(
        sources=[source for source, _ in pairs],
        source_lengths=[len(tokens_of(line)) for line in read_lines(arguments.source_tokens)],
        references=[reference for _, reference in pairs],
    )
    choice = choose_sentences(test_set, arguments.sentence)
    shown = list(show_sentences(test_set, choice.lines, _read(arguments.example, len(pairs))))
    page = examples_page(shown, missing=choice.missing, note=arguments.note)
    write_lines(arguments.table3_md, markdown_page(page))
    write_lines(arguments.table3_html, html_page(page))
    lines = watched(range(len(pairs)), "sentences", total=len(pairs), unit="sentences")
    everything = list(show_sentences(test_set, lines, _read(arguments.system, len(pairs))))
    browser = browser_lines(everything, note=arguments.note, languages=arguments.languages)
    write_lines(arguments.translations, browser)
    say(f"{arguments.translations}: {len(everything):,} sentences")


def _read(labelled: list[str], sentences: int) -> dict[str, list[str]]:
    files = map(labelled_file, labelled)
    return {file.label: best_translations(file.path, sentences) for file in files}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source-text", required=True, help="of the test set")
    parser.add_argument("--source-tokens", required=True, help="of the test set")
    parser.add_argument("--reference-tokens", required=True, help="of the test set")
    parser.add_argument("--languages", nargs=2, required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--sentence", required=True, action="append", help="words to look for")
    for kind, use in (("example", "for Table 3"), ("system", "for the page to browse")):
        parser.add_argument(
            f"--{kind}", default=[], action="append", metavar="LABEL=TRANSLATIONS", help=use
        )
    parser.add_argument("--note", default="", help="says what data this is")
    for kind in ("table3-md", "table3-html", "translations"):
        parser.add_argument(f"--{kind}", required=True, help="a file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
