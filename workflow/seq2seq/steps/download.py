"""Fetch one published file of the catalogue, check it, and note its checksum."""

import argparse
import os
from pathlib import Path

from seq2seq.data.catalogue import CATALOGUE, read_catalogue
from seq2seq.data.download import download
from seq2seq.io.files import sha256, write_lines
from seq2seq.runtime.logging import run, say


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
    parser.add_argument("--checksum", required=True, type=Path, help="as sha256sum writes it")
    arguments = parser.parse_args()

    file = read_catalogue(arguments.catalogue).file(arguments.file)
    place = download(file, arguments.output, mirror=arguments.mirror)
    found = sha256(arguments.output)
    write_lines(arguments.checksum, [f"{found}  {file.name}"])
    size = arguments.output.stat().st_size
    say(f"{file.name}: {size:,} bytes from {place}, sha256 {found}")
    if not file.is_checkable:
        say(
            f"warning: nobody knows the checksum of {file.name}: it is whole, but whether it is the "
            f"published one cannot be told. Write {found} into {arguments.catalogue} to have every "
            "later download compared with this one."
        )


if __name__ == "__main__":
    run(main)
