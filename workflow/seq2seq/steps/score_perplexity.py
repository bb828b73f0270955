"""The perplexity of each model on the test set, beside the paper's (section 3.3)."""

import argparse
from pathlib import Path

import numpy as np

from seq2seq.evaluation.perplexity import LogProbabilities, write_log_probabilities
from seq2seq.files import write_lines
from seq2seq.ids import read_sentences
from seq2seq.nn.device import best_device
from seq2seq.nn.model_folder import read_model
from seq2seq.nn.scoring import log_probabilities
from seq2seq.program import run, say

PAPER = {"forward": "5.8", "reversed": "4.7"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", type=Path, required=True, help="model folders")
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--target", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--output", required=True, help="a table")
    parser.add_argument("--log-probabilities", help="of every sentence by every model, a table")
    arguments = parser.parse_args()
    sources = list(read_sentences(*arguments.source))
    targets = list(read_sentences(*arguments.target))
    words = np.array([len(target) + 1 for target in targets])  # with <EOS>; UNK is a word
    owners = np.arange(len(targets))
    scores: dict[str, LogProbabilities] = {}
    lines = ["model\tsource_order\tpaper_perplexity\tperplexity"]
    for folder in arguments.models:
        model = read_model(folder, best_device())
        own = log_probabilities(model, sources, targets, owners, batch_size=arguments.batch_size)
        scores[model.name] = LogProbabilities(words, own)
        value, order = scores[model.name].perplexity, model.source_order
        lines.append(f"{model.name}\t{order}\t{PAPER[order]}\t{value:.2f}")
        say(f"{model.name}: test perplexity {value:.2f}")
    write_lines(arguments.output, lines)
    if arguments.log_probabilities:
        write_log_probabilities(arguments.log_probabilities, scores)


if __name__ == "__main__":
    run(main)
