"""Extract and score the phrase pairs that the texts to translate can ask for."""

import argparse
import json
from pathlib import Path

from seq2seq.files import read_lines
from seq2seq.program import run, say
from seq2seq.smt.aligned import AlignedCorpus
from seq2seq.smt.phrase_table import write_phrase_table
from seq2seq.smt.phrases import PhraseSettings, build_phrase_table
from seq2seq.smt.sentences import ngrams, split


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="training text, source side")
    parser.add_argument("--target", type=Path, required=True, help="training text, target side")
    parser.add_argument("--alignment", type=Path, required=True, help="made by align_words")
    parser.add_argument("--to-translate", type=Path, nargs="+", required=True, metavar="SOURCE")
    parser.add_argument("--output", type=Path, required=True, help="phrase table")
    parser.add_argument("--settings", type=json.loads, required=True, metavar="JSON")
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    corpus = AlignedCorpus(
        args.source, args.target, args.alignment, args.settings["training_pairs"]
    )
    settings = PhraseSettings(args.settings["max_phrase_length"], args.settings["table_options"])
    lines = (line for path in args.to_translate for line in read_lines(path))
    asked = {phrase for line in lines for phrase in ngrams(split(line), settings.longest)}
    pairs = build_phrase_table(corpus, asked, settings, processes=args.processes)
    written = write_phrase_table(args.output, pairs)
    say(f"extract_phrases: {written:,} phrase pairs for {len(asked):,} source phrases asked for")


if __name__ == "__main__":
    run(main)
