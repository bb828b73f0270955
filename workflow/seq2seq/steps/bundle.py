"""Put an experiment's published files into one folder, which serves elsewhere as `data.mirror`."""

import argparse
from pathlib import Path

from seq2seq.data.catalogue import CATALOGUE, read_catalogue
from seq2seq.data.offline_bundle import CHECKSUMS, write_bundle
from seq2seq.runtime.logging import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", default=CATALOGUE, type=Path)
    parser.add_argument("--files", required=True, nargs="*", type=Path, help="as fetched")
    parser.add_argument("--bundle", required=True, type=Path, help="folder to write")
    arguments = parser.parse_args()

    catalogue = read_catalogue(arguments.catalogue)
    write_bundle({path: catalogue.file(path.name) for path in arguments.files}, arguments.bundle)
    say(
        f"{arguments.bundle}: {len(arguments.files)} files. Copy it, check it there with "
        f"`sha256sum --check {CHECKSUMS}`, and name it as SEQ2SEQ_MIRROR."
    )


if __name__ == "__main__":
    run(main)
