"""Put n-best lists in the order of the average of the baseline's score and the models' (section 3.5).

Several models' log probabilities are averaged first.
"""

import argparse
from collections.abc import Iterator
from statistics import fmean

from seq2seq.errors import UserError
from seq2seq.nbest import Hypotheses, Hypothesis, read_hypotheses, write_hypotheses
from seq2seq.program import run, say

COLUMNS = ("total", "log_probability", "combined")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weight", type=float, required=True, help="the models' share, 0 to 1")
    parser.add_argument("--nbest", required=True, help="the baseline's lists, columnar")
    parser.add_argument("--scores", nargs="+", required=True, help="one file of scores a model")
    parser.add_argument("--output", required=True, help="the lists in their new order")
    arguments = parser.parse_args()
    nbest = read_hypotheses(arguments.nbest)
    scores = [read_hypotheses(path) for path in arguments.scores]
    write_hypotheses(arguments.output, COLUMNS, _rescored(nbest, scores, arguments.weight))
    say(f"rescored lists in {arguments.output}")


def _rescored(nbest: Hypotheses, scores: list[Hypotheses], weight: float) -> Iterator[Hypothesis]:
    column = nbest.score_names.index("total")
    lists = (scored.by_sentence() for scored in scores)
    for (sentence, rows), *scored in zip(nbest.by_sentence(), *lists, strict=True):
        by_model = [[row.scores[0] for row in own] for _, own in scored]
        if any(len(own) != len(rows) for own in by_model):
            raise UserError(
                f"The scores of sentence {sentence} are not of these n-best lists. Remove the "
                "files of scores to make them anew."
            )
        combined = []
        for place, row in enumerate(rows):
            total, own = row.scores[column], fmean(model[place] for model in by_model)
            combined.append((total, own, (1 - weight) * total + weight * own))
        order = sorted(range(len(rows)), key=lambda place: (-combined[place][2], place))
        for rank, place in enumerate(order, start=1):
            yield Hypothesis(sentence, rank, combined[place], rows[place].tokens)


if __name__ == "__main__":
    run(main)
