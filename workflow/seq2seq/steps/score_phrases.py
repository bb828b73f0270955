"""The phrase table: the kept pairs with four scores each, from the counts of all parts."""

import argparse
from collections import Counter

from seq2seq.runtime.logging import log, run
from seq2seq.smt.lexical import WordTranslations
from seq2seq.smt.phrase_counts import read_sums
from seq2seq.smt.phrase_table import write_phrase_table
from seq2seq.smt.phrases import KEPT_FIELDS, WORD_FIELDS, scored
from seq2seq.smt.sentences import split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", required=True, help="made by select_phrases")
    parser.add_argument("--targets", nargs="+", required=True, help="made by count_targets")
    parser.add_argument("--words", nargs="+", required=True, help="made by extract_phrases")
    parser.add_argument("--output", required=True, help="phrase table")
    args = parser.parse_args()
    kept = list(read_sums([args.kept], fields=KEPT_FIELDS))
    targets = Counter({key[0]: count for key, count in read_sums(args.targets, fields=1)})
    words = WordTranslations.of(
        read_sums(args.words, fields=WORD_FIELDS),
        sources={word for key, _ in kept for word in split(key[0])},
        targets={word for key, _ in kept for word in split(key[1])},
    )
    written = write_phrase_table(args.output, scored(kept, targets, words))
    log.info(f"score_phrases: {written:,} phrase pairs")


if __name__ == "__main__":
    run(main)
