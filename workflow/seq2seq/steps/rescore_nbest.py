"""Put n-best lists in the order of the average of the baseline's score and the models' (section 3.5).

Several models' log probabilities are averaged first.
"""

import argparse
from collections.abc import Iterable, Iterator

import numpy as np

from seq2seq.evaluation.rescoring import TOTAL, ScoredList, average, scored_lists
from seq2seq.io.nbest import Hypothesis, read_hypotheses, read_parts, write_hypotheses
from seq2seq.runtime.logging import run, say

COLUMNS = ("total", "log_probability", "combined")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weight", type=float, required=True, help="the models' share, 0 to 1")
    parser.add_argument("--nbest", required=True, help="the baseline's lists, columnar")
    parser.add_argument(
        "--scores", nargs="+", required=True, help="of each model, whole or in parts"
    )
    parser.add_argument("--output", required=True, help="the lists in their new order")
    arguments = parser.parse_args()
    nbest = read_hypotheses(arguments.nbest)
    scores = read_parts(arguments.scores)
    models = [file.score_names[0] for file in scores]
    rows = _rescored(scored_lists(nbest, scores), models, arguments.weight)
    write_hypotheses(arguments.output, COLUMNS, rows)
    say(f"rescored lists in {arguments.output}")


def _rescored(
    lists: Iterable[ScoredList], models: list[str], weight: float
) -> Iterator[Hypothesis]:
    for scored in lists:
        combined = scored.weighted(average(models, weight))
        columns = (scored.scores[TOTAL], scored.weighted(average(models, 1.0)), combined)
        for rank, place in enumerate(np.argsort(-combined, kind="stable").tolist(), start=1):
            scores = tuple(float(column[place]) for column in columns)
            yield Hypothesis(scored.sentence, rank, scores, scored.tokens[place])


if __name__ == "__main__":
    run(main)
