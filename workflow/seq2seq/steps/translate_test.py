"""Translate the test set with one model or an ensemble, at one beam size."""

import argparse
from pathlib import Path

from seq2seq.configuration import from_json
from seq2seq.corpus.vocabulary import read_vocabulary
from seq2seq.ids import read_sentences
from seq2seq.nbest import Hypothesis, write_hypotheses
from seq2seq.nn.device import best_device
from seq2seq.nn.model_folder import VOCABULARIES, read_ensemble
from seq2seq.nn.translate import translate_sentences
from seq2seq.program import run, say
from seq2seq.settings import TranslateSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="TranslateSettings as JSON")
    parser.add_argument("--models", nargs="+", type=Path, required=True, help="model folders")
    parser.add_argument("--beam", type=int, required=True)
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--output", required=True, help="translations, columnar")
    arguments = parser.parse_args()
    models = read_ensemble(arguments.models, best_device())
    vocabulary = read_vocabulary(arguments.models[0] / VOCABULARIES["target"])
    translations = translate_sentences(
        models,
        list(read_sentences(*arguments.source)),
        from_json(TranslateSettings, arguments.settings),
        beam=arguments.beam,
    )
    best = [found[0] for found in translations]
    rows = (
        Hypothesis(number, 1, (one.log_probability,), " ".join(vocabulary.decode(one.words)))
        for number, one in enumerate(best)
    )
    write_hypotheses(arguments.output, ("log_probability",), rows)
    cut = sum(not one.complete for one in best)
    say(f"{len(best):,} translations in {arguments.output}, {cut} of them cut at the length limit")


if __name__ == "__main__":
    run(main)
