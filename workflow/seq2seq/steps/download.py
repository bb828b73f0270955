"""Fetch one published file of the catalogue and check it."""

import argparse
import os
from pathlib import Path

from seq2seq.corpus.catalogue import CATALOGUE, read_catalogue
from seq2seq.corpus.download import download
from seq2seq.files import sha256
from seq2seq.program import run, say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", default=CATALOGUE, type=Path)
    parser.add_argument("--file", required=True, help="its name in the catalogue")
    parser.add_argument(
        "--mirror",
        default=os.environ.get("SEQ2SEQ_MIRROR"),
        help="folder or address to look in first; $SEQ2SEQ_MIRROR if not given",
    )
    parser.add_argument("--output", required=True, type=Path)
    arguments = parser.parse_args()

    file = read_catalogue(arguments.catalogue).file(arguments.file)
    place = download(file, arguments.output, mirror=arguments.mirror)
    size = arguments.output.stat().st_size
    checked = "as the catalogue says" if file.sha256 or file.md5 else "no checksum is known"
    say(f"{file.name}: {size:,} bytes from {place}, {checked}; sha256 {sha256(arguments.output)}")


if __name__ == "__main__":
    run(main)
