"""Scores raw translations: BLEU as in 2014 (plain Moses tokens, cased) and sacreBLEU 13a.

Prints both for each file of translations; line k must translate line k of the reference.
"""

import argparse

from seq2seq.commands.streams import lines_of, stream_name
from seq2seq.data.tokenizer import tokenize
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Lines, Named, bleu_report
from seq2seq.runtime.logging import run


def main() -> None:
    arguments = _arguments()
    if [arguments.reference, *arguments.hypotheses].count("-") > 1:
        raise UserError("Standard input can be read once only: give `-` for one file at most.")
    language = arguments.language
    reference = _named(arguments.reference, language)
    systems = [_named(path, language) for path in arguments.hypotheses]
    print("\n".join(bleu_report(systems, reference, language=language)))


def _named(path: str, language: str) -> Named:
    text = list(lines_of(path))
    tokens = [tokenize(line, language) for line in text]
    return Named(stream_name(path), Lines(tokens, text))


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
