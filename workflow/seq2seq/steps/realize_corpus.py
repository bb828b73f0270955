"""Draw the demo corpus: English-French pairs from a synchronous grammar."""

import argparse
import json

from seq2seq.demo_corpus.generate import Pair, generate, split
from seq2seq.io.files import write_lines
from seq2seq.runtime.logging import Progress, log, run
from seq2seq.special_tokens import SIDES, SPLITS


def main() -> None:
    arguments = _arguments()
    settings = dict(arguments.settings)
    total = settings.pop("pairs")
    progress = Progress("demo corpus", total=total, unit="pairs")
    pairs: list[Pair] = []
    for shard in generate(seed=settings["seed"], pairs=total, processes=arguments.processes):
        pairs += shard
        progress.advance(len(shard))
    splits = split(pairs, **settings)
    for name in SPLITS:
        chosen: tuple[Pair, ...] = getattr(splits, name)
        write_lines(getattr(arguments, f"{name}_source"), (pair.english for pair in chosen))
        write_lines(getattr(arguments, f"{name}_target"), (pair.french for pair in chosen))
    progress.finish()
    sizes = ", ".join(f"{len(getattr(splits, name)):,} {name}" for name in SPLITS)
    log.info(f"demo corpus: {len(pairs):,} pairs drawn, kept {sizes}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--settings",
        type=json.loads,
        required=True,
        help="JSON: seed, pairs (drawn in all), dev_pairs, test_pairs, max_words",
    )
    parser.add_argument("--processes", type=int, default=1)
    for name in SPLITS:
        for side in SIDES:
            parser.add_argument(f"--{name}-{side}", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
