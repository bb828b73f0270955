"""Join the parts of n-best lists, each made by a job of its own, to one file."""

import argparse

from seq2seq.errors import UserError
from seq2seq.io.nbest import read_parts, write_hypotheses
from seq2seq.runtime.logging import log, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", required=True, help="columnar, in their order")
    parser.add_argument("--output", required=True, help="the whole lists, columnar")
    arguments = parser.parse_args()
    lists, *others = read_parts(arguments.parts)
    if others:
        raise UserError(
            f"{arguments.parts[0]}: has other columns of scores than some part after it. Remove "
            "the parts to have them made anew."
        )
    write_hypotheses(arguments.output, lists.score_names, lists.rows)
    log.info(f"{len(arguments.parts)} parts joined in {arguments.output}")


if __name__ == "__main__":
    run(main)
