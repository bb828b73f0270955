"""A weight for every score, the baseline's features and the models', learned on dev by MERT."""

import argparse
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from seq2seq.config.experiment import JOIN
from seq2seq.evaluation.rescoring import TOTAL, ScoredList, average, scored_lists
from seq2seq.evaluation.sweep import WEIGHTS
from seq2seq.io.files import read_lines, write_json
from seq2seq.io.nbest import read_hypotheses, read_parts
from seq2seq.runtime.logging import run, say, watched
from seq2seq.smt.bleu import Reference
from seq2seq.smt.line_search import NbestLists, Sentence
from seq2seq.smt.mert import optimize


def main() -> None:
    arguments = _arguments()
    nbest, scores = read_hypotheses(arguments.nbest), read_parts(arguments.scores)
    features = [name for name in nbest.score_names if name != TOTAL]
    models = [file.score_names[0] for file in scores]
    names = [TOTAL, *features, *models]
    references = list(islice(read_lines(arguments.reference), arguments.sentences))
    lists = watched(scored_lists(nbest, scores), "counts", total=len(references), unit="sentences")
    dev = NbestLists.of(list(_sentences(lists, references, names)))
    learned = {}
    for combination in arguments.combinations:
        own = combination.split(JOIN)
        start = _best_average(dev, names, own)
        tuned = tuple(k for k, name in enumerate(names) if name in own or name not in models)
        generator = np.random.default_rng(arguments.seed)
        found = optimize(dev, start, tuned=tuned, starts=arguments.starts, generator=generator)
        learned[combination] = {names[k]: float(found[k]) for k in tuned}
        say(
            f"{combination}: BLEU {100 * dev.bleu(start):.2f} -> {100 * dev.bleu(found):.2f} on dev"
        )
    write_json(arguments.output, {"weights": learned})


def _sentences(
    lists: Iterator[ScoredList], references: Sequence[str], names: Sequence[str]
) -> Iterator[Sentence]:
    """The scores and BLEU's counts of every hypothesis, all that tuning needs."""
    for scored in lists:
        reference = Reference(references[scored.sentence])
        features = np.stack([scored.scores[name] for name in names], axis=1)
        counts = np.array([reference.counts(tokens) for tokens in scored.tokens], float)
        yield Sentence(features, counts)


def _best_average(dev: NbestLists, names: Sequence[str], models: Sequence[str]) -> np.ndarray:
    """Where tuning begins: the average of the baseline's total and the models' that is best on dev."""
    ways = [average(models, weight) for weight in WEIGHTS]
    starts = [np.array([way.get(name, 0.0) for name in names]) for way in ways]
    return max(starts, key=dev.bleu)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--combinations", nargs="+", required=True, help=f"models, as A{JOIN}B")
    parser.add_argument("--nbest", required=True, help="the baseline's lists of dev, columnar")
    parser.add_argument("--scores", nargs="+", required=True, help="of each model, columnar")
    parser.add_argument("--reference", required=True, help="of dev, Moses tokens")
    parser.add_argument("--sentences", type=int, help="the first of dev; all if not given")
    parser.add_argument("--starts", type=int, required=True, help="random restarts")
    parser.add_argument("--seed", type=int, required=True, help="draws starts and directions")
    parser.add_argument("--output", required=True, help="JSON")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
