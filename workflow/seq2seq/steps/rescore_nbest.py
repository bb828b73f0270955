"""Put n-best lists in the order of the average of the baseline's score and the models' (section 3.5).

Several models' log probabilities are averaged first.
"""

import argparse
from collections.abc import Iterable, Iterator

import numpy as np

from seq2seq.evaluation.rescoring import ScoredList, scored_lists
from seq2seq.nbest import Hypothesis, read_hypotheses, write_hypotheses
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
    models = [file.score_names[0] for file in scores]
    rows = _rescored(scored_lists(nbest, scores), models, arguments.weight)
    write_hypotheses(arguments.output, COLUMNS, rows)
    say(f"rescored lists in {arguments.output}")


def _rescored(
    lists: Iterable[ScoredList], models: list[str], weight: float
) -> Iterator[Hypothesis]:
    for scored in lists:
        own, combined = scored.mean_log_probability(models), scored.combined(models, weight)
        order = np.argsort(-combined, kind="stable")
        for rank, place in enumerate(order.tolist(), start=1):
            scores = (float(scored.total[place]), float(own[place]), float(combined[place]))
            yield Hypothesis(scored.sentence, rank, scores, scored.tokens[place])


if __name__ == "__main__":
    run(main)
