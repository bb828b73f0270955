"""Tokenize the two sides of a corpus; training pairs are cleaned and, if asked for, sampled."""

import argparse
import json
from pathlib import Path

from seq2seq.corpus.pairs import PairFiles
from seq2seq.corpus.preparation import Preparation, prepare_evaluation, prepare_training
from seq2seq.files import write_json
from seq2seq.program import run, say
from seq2seq.symbols import SPLITS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source-text", required=True, type=Path)
    parser.add_argument("--target-text", required=True, type=Path)
    parser.add_argument("--source-tokens", required=True, type=Path)
    parser.add_argument("--target-tokens", required=True, type=Path)
    parser.add_argument("--report", required=True, type=Path)
    parser.add_argument("--split", required=True, choices=SPLITS)
    parser.add_argument("--settings", required=True, type=json.loads)
    parser.add_argument("--processes", required=True, type=int)
    arguments = parser.parse_args()

    settings = arguments.settings
    preparation = Preparation(
        source_language=settings["source_language"],
        target_language=settings["target_language"],
        max_tokens=settings["max_tokens"],
        max_length_ratio=settings["max_length_ratio"],
        train_pairs=settings["train_pairs"],
        seed=settings["seed"],
    )
    prepare = prepare_training if arguments.split == "train" else prepare_evaluation
    text = PairFiles(arguments.source_text, arguments.target_text)
    tokens = PairFiles(arguments.source_tokens, arguments.target_tokens)
    report = prepare(text, tokens, preparation, processes=arguments.processes)
    write_json(arguments.report, report)
    say(
        f"{report['pairs_written']:,} of {report['pairs_read']:,} pairs tokenized "
        f"in {arguments.source_tokens} and {arguments.target_tokens}"
    )


if __name__ == "__main__":
    run(main)
