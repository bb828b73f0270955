"""Translate a text, or a job's part of it, with the baseline: an n-best list of every sentence."""

import argparse
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from seq2seq.io.files import read_lines
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.runtime.logging import log, run, with_progress
from seq2seq.runtime.shards import WHOLE, Shard
from seq2seq.smt.decoder import SearchSettings
from seq2seq.smt.features import FEATURES, read_weights
from seq2seq.smt.translator import Request, Translation, read_translator, translate_all


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="tokens, one sentence a line")
    parser.add_argument("--phrase-table", type=Path, required=True)
    parser.add_argument("--language-model", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="made by tune_baseline")
    parser.add_argument("--output", type=Path, required=True, help="n-best list")
    parser.add_argument("--settings", type=json.loads, required=True, metavar="JSON")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--sentences", type=int, help="the first of the source; all if not given")
    parser.add_argument("--shard", type=Shard.parse, default=WHOLE, help="the part, as 2-of-16")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    nbest, weights = args.settings["nbest_size"], read_weights(args.weights)
    translator = read_translator(
        args.phrase_table, args.language_model, SearchSettings.parse(args.settings)
    )
    lines = list(islice(read_lines(args.source), args.sentences))
    numbers = args.shard.of(len(lines))
    requests = [Request(lines[number], weights, nbest) for number in numbers]
    lists = translate_all(translator, requests, processes=args.processes)
    shown = with_progress(lists, "decode", total=len(requests), unit="sentences")
    write_hypotheses(args.output, (*FEATURES, "total"), _rows(zip(numbers, shown, strict=True)))
    log.info(f"decode_baseline: {len(requests):,} sentences, up to {nbest:,} translations of each")


def _rows(lists: Iterable[tuple[int, list[Translation]]]) -> Iterator[Hypothesis]:
    for sentence, translations in lists:
        for rank, one in enumerate(translations, start=1):
            yield Hypothesis(sentence, rank, (*one.features, one.total), one.tokens)


if __name__ == "__main__":
    run(main)
