"""The most frequent words of the training corpus (paper, section 3.1), or pieces of words."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from seq2seq.config.data import PieceSettings
from seq2seq.config.loading import from_json
from seq2seq.data.selection import sample
from seq2seq.data.subwords import count_pieces, learn_pieces
from seq2seq.data.vocabulary import Vocabulary, most_frequent, write_vocabulary
from seq2seq.data.word_counts import read_counts
from seq2seq.io.files import read_lines
from seq2seq.runtime.logging import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="PieceSettings as JSON")
    parser.add_argument("--counts", required=True, nargs="+", help="of all parts of the corpus")
    parser.add_argument("--tokens", required=True, help="sentences to learn pieces from")
    parser.add_argument("--size", required=True, type=int, help="words, UNK and <EOS> among them")
    parser.add_argument("--vocabulary", required=True, type=Path)
    arguments = parser.parse_args()

    settings = from_json(PieceSettings, arguments.settings)
    vocabulary = _build(settings, arguments.counts, arguments.tokens, arguments.size)
    write_vocabulary(arguments.vocabulary, vocabulary)
    found = len(vocabulary)
    fewer = "" if found == arguments.size else f" (of {arguments.size:,}: no more in text)"
    say(
        f"{found:,} {settings.kind}{fewer} cover {vocabulary.coverage:.2%} of the training text, "
        f"in {arguments.vocabulary}"
    )


def _build(settings: PieceSettings, counts: Sequence[str], tokens: str, size: int) -> Vocabulary:
    sentences, counted = read_counts(counts)
    words = ((word.decode("utf-8"), count) for word, count in counted)
    if settings.kind == "words":
        return most_frequent(words, sentences=sentences, size=size)
    wanted = min(sentences, settings.sample_sentences)
    chosen = sample(read_lines(tokens), total=sentences, wanted=wanted, seed=settings.seed)
    return count_pieces(learn_pieces(chosen, settings.kind, size), words, sentences)


if __name__ == "__main__":
    run(main)
