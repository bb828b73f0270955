"""Puts a Moses n-best list in the order of the average of its totals and the models' scores.

Reads `0 ||| text ||| features ||| total`, writes the same lines, those of a sentence best first:
among the features stand `LSTM_<model>=`, the log probability of each model, and `SMT=`, the total as
it was; the new total is (1 - weight) * SMT + weight * the mean of LSTM.  Texts that stand there
twice still do.  Words are taken as they are, only entities such as `&apos;` are resolved.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np

from seq2seq.commands.models import Ensemble, load_ensemble, word_numbers
from seq2seq.commands.streams import lines_of, print_lines, stream_name
from seq2seq.data.tokenizer import split, tokenize
from seq2seq.data.vocabulary import Vocabulary
from seq2seq.errors import UserError
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.scoring import TokenIds
from seq2seq.io.moses_nbest import MosesLine, parse_lists, unescape
from seq2seq.io.nbest import in_blocks
from seq2seq.runtime.logging import Progress, log, run
from seq2seq.special_tokens import UNK_ID


def main() -> None:
    arguments = _arguments()
    if not 0 <= arguments.weight <= 1:
        raise UserError(f"--weight {arguments.weight} is no share between 0 and 1.")
    if arguments.batch_size < 1:
        raise UserError("--batch-size must be 1 or more.")
    if arguments.source == arguments.nbest == "-":
        raise UserError("Standard input can be read once only: give `-` for one file.")
    ensemble = load_ensemble(arguments.model)
    tokens = _source_tokens(list(lines_of(arguments.source)), ensemble, arguments.source)
    sources = [word_numbers(line, ensemble.source) for line in tokens]
    lists = parse_lists(
        lines_of(arguments.nbest), stream_name(arguments.nbest), sentences=len(sources)
    )
    progress = Progress("rescoring", total=0, unit="hypotheses")
    for block in in_blocks(lists, arguments.batch_size):
        scores = _scores(ensemble, sources, block, batch_size=arguments.batch_size)
        print_lines(map(str, _rescored(block, scores, ensemble.names, arguments.weight)))
        progress.advance(len(block))
    progress.finish()


def _source_tokens(lines: Sequence[str], ensemble: Ensemble, path: str) -> list[str]:
    """The source as tokens: it may be raw text, which a model would know far fewer words of."""
    as_they_are = [" ".join(word for word in split(unescape(line)) if word) for line in lines]
    tokenized = [tokenize(line, ensemble.languages.source) for line in as_they_are]
    if _unknown(tokenized, ensemble.source) >= _unknown(as_they_are, ensemble.source):
        return as_they_are
    log.info(f"{stream_name(path)}: raw text, tokenized")
    return tokenized


def _unknown(lines: Sequence[str], vocabulary: Vocabulary) -> int:
    return sum(vocabulary.encode(split(line)).count(UNK_ID) for line in lines)


def _scores(
    ensemble: Ensemble, sources: Sequence[TokenIds], block: Sequence[MosesLine], *, batch_size: int
) -> np.ndarray:
    """Every model's log probability of every line, [models, lines]."""
    words = [word_numbers(line.tokens, ensemble.target) for line in block]
    needed, source_index = np.unique([line.sentence for line in block], return_inverse=True)
    return np.stack(
        [
            trie_log_probabilities(
                model, [sources[k] for k in needed], words, source_index, batch_size=batch_size
            )
            for model in ensemble.models
        ]
    )


def _rescored(
    block: Sequence[MosesLine], scores: np.ndarray, models: Sequence[str], weight: float
) -> Iterator[MosesLine]:
    lines = []
    for line, own in zip(block, scores.T.tolist(), strict=True):
        added = [f"LSTM_{model}= {score:.6f}" for model, score in zip(models, own, strict=True)]
        features = " ".join([*filter(None, [line.features]), f"SMT= {line.total:.9g}", *added])
        total = (1 - weight) * line.total + weight * sum(own) / len(own)
        lines.append(replace(line, features=features, total=total))
    for _, group in groupby(lines, key=lambda line: line.sentence):
        yield from sorted(group, key=lambda line: -line.total)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--model", type=Path, action="append", required=True, metavar="DIR",
        help="a folder such as results/demo/models/reversed-1; repeat it for several")  # fmt: skip
    add("--source", required=True, metavar="SOURCE",
        help="the sentences that the list numbers from 0, one a line, raw or as tokens")  # fmt: skip
    add("--nbest", required=True, metavar="LIST",
        help="the list, perhaps gzipped; `-` is standard input")  # fmt: skip
    add("--weight", type=float, default=0.5, help="the models' share, 0 to 1; 0.5, as in the paper")
    add("--batch-size", type=int, default=4096, metavar="N",
        help="hypotheses scored at once; changes no score; 4096")  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
