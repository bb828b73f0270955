"""Tune the baseline's weights for BLEU on the development set."""

import argparse
import json
from itertools import islice
from pathlib import Path

from seq2seq.io.files import read_parallel
from seq2seq.runtime.logging import log, run, with_progress
from seq2seq.smt.decoder import SearchSettings
from seq2seq.smt.features import write_weights
from seq2seq.smt.translator import Request, Translation, read_translator, translate_all
from seq2seq.smt.tuning import TuningSettings, best_round, tune


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="development set, source side")
    parser.add_argument("--target", type=Path, required=True, help="development set, references")
    parser.add_argument("--phrase-table", type=Path, required=True)
    parser.add_argument("--language-model", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="weights as JSON")
    parser.add_argument("--settings", type=json.loads, required=True, metavar="JSON")
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    nbest = args.settings["tune_nbest_size"]
    pairs = list(islice(read_parallel(args.source, args.target), args.settings["tune_sentences"]))
    translator = read_translator(
        args.phrase_table, args.language_model, SearchSettings.parse(args.settings)
    )

    def decode(weights: tuple[float, ...]) -> list[list[Translation]]:
        requests = [Request(source, weights, nbest) for source, _ in pairs]
        lists = translate_all(translator, requests, processes=args.processes)
        return list(with_progress(lists, "decode", total=len(pairs), unit="sentences"))

    tuning = TuningSettings(
        args.settings["tune_rounds"], args.settings["tune_starts"], args.settings["seed"]
    )
    rounds = tune(decode, [target for _, target in pairs], tuning)
    best = best_round(rounds)
    write_weights(args.output, best.weights, rounds)
    log.info(f"tune_baseline: BLEU {100 * rounds[0].bleu:.2f} -> {100 * best.bleu:.2f} on dev")


if __name__ == "__main__":
    run(main)
