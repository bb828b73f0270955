"""The log probability that a model gives to every hypothesis of the n-best lists, or of a part."""

import argparse
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

import numpy as np

from seq2seq.data.tokenizer import split
from seq2seq.data.vocabulary import Vocabulary, read_vocabulary
from seq2seq.inference.model_folder import VOCABULARIES, read_model
from seq2seq.inference.prefix_trie import trie_log_probabilities
from seq2seq.inference.scoring import TrainedModel
from seq2seq.io.nbest import Hypothesis, in_blocks, read_hypotheses, write_hypotheses
from seq2seq.io.token_ids import Sentences, read_sentences
from seq2seq.model.device import best_device
from seq2seq.runtime.logging import run, say, watched
from seq2seq.runtime.shards import WHOLE, Shard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="a model folder")
    parser.add_argument("--nbest", required=True, help="columnar n-best lists")
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--sentences", type=int, help="with lists, the first; all if not given")
    parser.add_argument("--shard", type=Shard.parse, default=WHOLE, help="the part, as 2-of-16")
    parser.add_argument("--batch-size", type=int, required=True, help="hypotheses at once")
    parser.add_argument("--output", required=True, help="the lists with the model's score alone")
    arguments = parser.parse_args()
    model = read_model(arguments.model, best_device())
    vocabulary = read_vocabulary(arguments.model / VOCABULARIES["target"])
    sources = read_sentences(*arguments.source)
    limit = len(sources) if arguments.sentences is None else arguments.sentences
    wanted = arguments.shard.of(min(limit, len(sources)))
    lists = (rows for number, rows in _until(arguments.nbest, wanted.stop) if number in wanted)
    shown = watched(lists, f"scoring by {model.name}", total=len(wanted), unit="sentences")
    rows = _scored(model, vocabulary, shown, sources, arguments.batch_size)
    write_hypotheses(arguments.output, (model.name,), rows)
    say(f"scores by {model.name} in {arguments.output}")


def _until(path: str, end: int) -> Iterator[tuple[int, list[Hypothesis]]]:
    """The lists of the sentences below ``end``, as a stream."""
    return takewhile(lambda one: one[0] < end, read_hypotheses(path).by_sentence())


def _scored(
    model: TrainedModel,
    vocabulary: Vocabulary,
    lists: Iterable[list[Hypothesis]],
    sources: Sentences,
    batch_size: int,
) -> Iterator[Hypothesis]:
    for rows in in_blocks(lists, batch_size):
        words = [np.array(vocabulary.encode(split(row.tokens)), np.int32) for row in rows]
        owners, places = np.unique([row.sentence for row in rows], return_inverse=True)
        needed = [sources[owner] for owner in owners]
        scores = trie_log_probabilities(model, needed, words, places, batch_size=batch_size)
        for row, score in zip(rows, scores, strict=True):
            yield Hypothesis(row.sentence, row.rank, (float(score),), row.tokens)


if __name__ == "__main__":
    run(main)
