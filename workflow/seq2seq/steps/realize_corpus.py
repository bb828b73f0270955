"""Make the embedded corpus: English and French said from the same abstract sentences."""

import argparse
import json

from seq2seq.corpus import embedded
from seq2seq.io.files import write_lines
from seq2seq.runtime.logging import Progress, log, run
from seq2seq.special_tokens import SIDES, SPLITS


def main() -> None:
    arguments = _arguments()
    settings = arguments.settings
    progress = Progress("realize", total=settings["pairs"], unit="pairs")
    pairs: list[embedded.Pair] = []
    for shard in embedded.generate(
        seed=settings["seed"],
        pairs=settings["pairs"],
        lexicon=settings["lexicon"],
        processes=arguments.processes,
    ):
        pairs += shard
        progress.advance(len(shard))
    splits = embedded.split(
        pairs,
        seed=settings["seed"],
        dev_pairs=settings["dev_pairs"],
        test_pairs=settings["test_pairs"],
        max_words=settings["max_words"],
    )
    for name in SPLITS:
        chosen: tuple[embedded.Pair, ...] = getattr(splits, name)
        write_lines(getattr(arguments, f"{name}_source"), (pair.english for pair in chosen))
        write_lines(getattr(arguments, f"{name}_target"), (pair.french for pair in chosen))
    progress.finish()
    sizes = ", ".join(f"{len(getattr(splits, name)):,} {name}" for name in SPLITS)
    log.info(f"embedded corpus ({settings['lexicon']}): {len(pairs):,} pairs drawn, kept {sizes}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--settings",
        type=json.loads,
        required=True,
        help="JSON: seed, pairs (drawn in all), dev_pairs, test_pairs, max_words, lexicon",
    )
    parser.add_argument("--processes", type=int, default=1)
    for name in SPLITS:
        for side in SIDES:
            parser.add_argument(f"--{name}-{side}", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
