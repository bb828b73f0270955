"""Count, in a part of the training text, the phrase pairs that the texts to translate can ask for."""

import argparse

from seq2seq.io.files import read_lines
from seq2seq.runtime.logging import log, run
from seq2seq.smt.aligned import read_aligned
from seq2seq.smt.phrase_counts import write_counts
from seq2seq.smt.phrases import count_pairs
from seq2seq.smt.sentences import ngrams, split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aligned", required=True, help="made by align_words")
    parser.add_argument("--to-translate", nargs="+", required=True, metavar="SOURCE")
    parser.add_argument("--longest", type=int, required=True, help="words of a phrase")
    parser.add_argument("--phrases", required=True, help="counts of phrase pairs, to be written")
    parser.add_argument("--words", required=True, help="counts of linked words, to be written")
    args = parser.parse_args()
    lines = (line for path in args.to_translate for line in read_lines(path))
    asked = frozenset(phrase for line in lines for phrase in ngrams(split(line), args.longest))
    counts = count_pairs(read_aligned(args.aligned), asked, longest=args.longest)
    written = write_counts(args.phrases, counts.phrases)
    write_counts(args.words, counts.words)
    log.info(
        f"extract_phrases: {written:,} phrase pairs for {len(asked):,} source phrases asked for"
    )


if __name__ == "__main__":
    run(main)
