"""Make the table of what the corpus is after each step: counts, unknown words, checksums."""

import argparse
from pathlib import Path

from seq2seq.corpus.description import Described, describe_ids, describe_text, write_descriptions
from seq2seq.program import run, say
from seq2seq.symbols import SIDES, SPLITS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="folder of text, tokens and ids")
    parser.add_argument("--table", required=True, type=Path)
    arguments = parser.parse_args()

    rows = []
    for split in SPLITS:
        for side in SIDES:
            for step in ("text", "tokens"):
                seen = describe_text(arguments.data / step / f"{split}.{side}.txt")
                rows.append(Described(step, split, side, seen))
            stem = arguments.data / "ids" / f"{split}.{side}"
            seen = describe_ids(f"{stem}.words.npy", f"{stem}.offsets.npy")
            rows.append(Described("ids", split, side, seen))
    write_descriptions(arguments.table, rows)
    say(f"{len(rows)} files described in {arguments.table}")


if __name__ == "__main__":
    run(main)
