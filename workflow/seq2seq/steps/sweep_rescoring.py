"""BLEU of rescoring for every weight of the models and for shorter lists; weights tuned on dev."""

import argparse
from dataclasses import asdict
from itertools import islice

from seq2seq.config.experiment import JOIN
from seq2seq.evaluation.rescoring import chosen_counts, scored_lists
from seq2seq.evaluation.sweep import SIZES, Outcome, Sweep, best_weight
from seq2seq.io.files import read_json, read_lines, write_json
from seq2seq.io.nbest import read_hypotheses, read_parts
from seq2seq.runtime.logging import run, say, watched


def main() -> None:
    arguments = _arguments()
    combinations = tuple(tuple(names.split(JOIN)) for names in arguments.combinations)
    learned = [read_json(path)["weights"] for path in arguments.learned or []]
    learned_weights = tuple(one[names] for one in learned for names in arguments.combinations)
    sweep = Sweep(combinations, arguments.weight, learned_weights)
    test = _outcome(arguments, "test", sweep)
    dev = _outcome(arguments, "dev", sweep) if arguments.dev_nbest else None
    found = []
    for index, models in enumerate(combinations):
        own = dev.curves[index] if dev else None
        tuned = best_weight(own.by_weight, even_weight=sweep.even_weight) if own else None
        curves = {"test": asdict(test.curves[index]), "dev": asdict(own) if own else None}
        found.append({"models": models, "tuned_weight": tuned, **curves})
    oracle = [asdict(point) for point in test.oracle]
    whole = {"even_weight": sweep.even_weight, "combinations": found, "oracle": oracle}
    write_json(arguments.output, whole)
    tuning = "tuned on dev" if dev else "not tuned: there are no n-best lists of the dev set"
    say(f"{arguments.output}: {len(sweep.choices())} choices from the lists, weights {tuning}")


def _outcome(arguments: argparse.Namespace, split: str, sweep: Sweep) -> Outcome:
    named = vars(arguments)
    nbest = read_hypotheses(named[f"{split}_nbest"][0])
    scores = read_parts(named[f"{split}_scores"])
    limit = arguments.dev_sentences if split == "dev" else None
    references = list(islice(read_lines(named[f"{split}_reference"][0]), limit))
    lists = watched(scored_lists(nbest, scores), split, total=len(references), unit="sentences")
    sizes = SIZES if split == "test" else ()
    chosen = chosen_counts(lists, references, sweep.choices(), oracle_sizes=sizes)
    return sweep.outcome(chosen, seed=arguments.seed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--combinations", nargs="+", required=True, help=f"models, as A{JOIN}B")
    parser.add_argument("--weight", type=float, required=True, help="the paper's, even one")
    parser.add_argument("--learned", nargs="*", help="made by tune_rescoring, if there is dev")
    for split in ("test", "dev"):
        parser.add_argument(f"--{split}-nbest", nargs="*", help="the baseline's lists, columnar")
        parser.add_argument(f"--{split}-scores", nargs="*", help="of each model, columnar")
        parser.add_argument(f"--{split}-reference", nargs="*", help="Moses tokens")
    parser.add_argument(
        "--dev-sentences", type=int, help="of the dev set, the first; all if not given"
    )
    parser.add_argument("--seed", type=int, required=True, help="draws the intervals' samples")
    parser.add_argument("--output", required=True, help="JSON")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
