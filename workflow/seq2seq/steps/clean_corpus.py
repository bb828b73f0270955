"""Clean the tokenized training corpus, select the pairs to train on, and count what went."""

import argparse
from pathlib import Path

from seq2seq.config.loading import from_json
from seq2seq.data.pairs import PairFiles
from seq2seq.data.preparation import PartFiles, Preparation, prepare, write_steps
from seq2seq.runtime.logging import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="Preparation as JSON")
    parser.add_argument("--source", required=True, nargs="+", type=Path, help="parts, in order")
    parser.add_argument("--target", required=True, nargs="+", type=Path, help="parts, in order")
    parser.add_argument("--dev", required=True, nargs=2, type=Path, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--test", required=True, nargs=2, type=Path, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--source-tokens", required=True, type=Path)
    parser.add_argument("--target-tokens", required=True, type=Path)
    parser.add_argument("--table", required=True, type=Path, help="pairs after each step")
    arguments = parser.parse_args()

    steps = prepare(
        PartFiles(arguments.source, arguments.target),
        PairFiles(arguments.source_tokens, arguments.target_tokens),
        from_json(Preparation, arguments.settings),
        dev=PairFiles(*arguments.dev),
        test=PairFiles(*arguments.test),
    )
    write_steps(arguments.table, steps)
    say(f"{steps[-1].left:,} of {steps[0].left:,} pairs kept; why, says {arguments.table}")


if __name__ == "__main__":
    run(main)
