"""Count, in a part of the training text, how often the kept target phrases occur at all."""

import argparse

from seq2seq.runtime.logging import log, run
from seq2seq.smt.aligned import read_aligned
from seq2seq.smt.phrase_counts import read_sums, write_counts
from seq2seq.smt.phrases import KEPT_FIELDS, count_targets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aligned", required=True, help="made by align_words")
    parser.add_argument("--kept", required=True, help="made by select_phrases")
    parser.add_argument("--longest", type=int, required=True, help="words of a phrase")
    parser.add_argument("--output", required=True, help="counts of target phrases")
    args = parser.parse_args()
    asked = frozenset(key[1] for key, _ in read_sums([args.kept], fields=KEPT_FIELDS))
    counts = count_targets(read_aligned(args.aligned), asked, longest=args.longest)
    written = write_counts(args.output, counts)
    log.info(f"count_targets: {written:,} of {len(asked):,} target phrases")


if __name__ == "__main__":
    run(main)
