"""Write the two sides of one or more corpora as plain text, one after the other."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from seq2seq.data.archives import read_pairs
from seq2seq.data.catalogue import CATALOGUE, read_catalogue
from seq2seq.data.pairs import PairFiles
from seq2seq.runtime.logging import run, say, watched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", default=CATALOGUE, type=Path)
    parser.add_argument("--corpora", required=True, nargs="+", help="their names in the catalogue")
    parser.add_argument("--downloads", required=True, type=Path, help="folder of fetched files")
    parser.add_argument("--source-text", required=True, type=Path)
    parser.add_argument("--target-text", required=True, type=Path)
    arguments = parser.parse_args()

    catalogue = read_catalogue(arguments.catalogue)
    catalogue.form_of(arguments.corpora)
    corpora = [catalogue.corpus(name) for name in arguments.corpora]

    def pairs() -> Iterator[tuple[str, str]]:
        for corpus in corpora:
            found = read_pairs(corpus, arguments.downloads)
            yield from watched(found, corpus.name, total=corpus.pairs or 0, unit="pairs")

    count = PairFiles(arguments.source_text, arguments.target_text).write(pairs())
    names = " ".join(arguments.corpora)
    say(f"{count:,} pairs of {names} in {arguments.source_text} and {arguments.target_text}")


if __name__ == "__main__":
    run(main)
