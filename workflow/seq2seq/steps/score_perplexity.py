"""The log probability of each reference of the test set by each model: perplexity (section 3.3)."""

import argparse
from pathlib import Path

import numpy as np

from seq2seq.evaluation.perplexity import LogProbabilities, write_log_probabilities
from seq2seq.inference.model_folder import read_model
from seq2seq.inference.scoring import counted_words, log_probabilities
from seq2seq.io.token_ids import read_sentences
from seq2seq.model.device import best_device
from seq2seq.runtime.logging import run, say
from seq2seq.special_tokens import SPECIALS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", type=Path, required=True, help="model folders")
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--target", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--without", nargs="*", choices=SPECIALS, help="not in the perplexity")
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--output", required=True, help="a table of models and sentences")
    arguments = parser.parse_args()
    sources = list(read_sentences(*arguments.source))
    targets = list(read_sentences(*arguments.target))
    left_out = [SPECIALS.index(word) for word in arguments.without or ()]
    words = counted_words(targets, left_out)
    owners = np.arange(len(targets))
    scores: dict[str, LogProbabilities] = {}
    for folder in arguments.models:
        model = read_model(folder, best_device())
        own = log_probabilities(
            *(model, sources, targets, owners),
            batch_size=arguments.batch_size,
            left_out=left_out,
        )
        scores[model.name] = LogProbabilities(words, own)
        say(f"{model.name}: test perplexity {scores[model.name].perplexity:.2f}")
    write_log_probabilities(arguments.output, scores)


if __name__ == "__main__":
    run(main)
