"""Scores raw translations: BLEU as in 2014 (plain Moses tokens, cased) and sacreBLEU 13a.

Prints both for each file of translations; line k must translate line k of the reference.
"""

import argparse
import sys
from collections.abc import Iterator

from seq2seq.corpus.tokens import tokenize
from seq2seq.errors import UserError, at
from seq2seq.evaluation.bleu import Lines
from seq2seq.evaluation.report import Named, bleu_report
from seq2seq.files import read_lines
from seq2seq.program import run

_STANDARD_INPUT = "(standard input)"


def main() -> None:
    arguments = _arguments()
    if [arguments.reference, *arguments.hypotheses].count("-") > 1:
        raise UserError("Standard input can be read once only: give `-` for one file at most.")
    language = arguments.language
    reference = _named(arguments.reference, language)
    systems = [_named(path, language) for path in arguments.hypotheses]
    print("\n".join(bleu_report(systems, reference, language=language)))


def _named(path: str, language: str) -> Named:
    text = list(_standard_input() if path == "-" else read_lines(path))
    tokens = [tokenize(line, language) for line in text]
    return Named(_STANDARD_INPUT if path == "-" else path, Lines(tokens, text))


def _standard_input() -> Iterator[str]:
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        try:
            yield raw.decode("utf-8").removesuffix("\n")
        except UnicodeDecodeError as error:
            place = at(_STANDARD_INPUT, number)
            raise UserError(f"{place}: not valid UTF-8 ({error.reason}). Convert it.") from error


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="seq2seq bleu", description=__doc__)
    parser.add_argument("--reference", required=True, metavar="REF", help="raw text")
    parser.add_argument("--language", default="fr", help="of the text; fr if not given")
    parser.add_argument(
        "hypotheses", nargs="+", metavar="HYP", help="raw text; `-` is standard input"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
