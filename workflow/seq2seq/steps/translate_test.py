"""Translate the test set, or a part of it, with one model or an ensemble, at one beam size."""

import argparse
from pathlib import Path

from seq2seq.config.loading import from_json
from seq2seq.config.schema import TranslateSettings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.inference.model_folder import VOCABULARIES, read_ensemble
from seq2seq.inference.quantization import at_precision
from seq2seq.inference.translate import translate_shard
from seq2seq.io.nbest import Hypothesis, write_hypotheses
from seq2seq.io.token_ids import read_sentences
from seq2seq.model.device import best_device
from seq2seq.runtime.logging import run, say
from seq2seq.runtime.shards import WHOLE, Shard


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="TranslateSettings as JSON")
    parser.add_argument("--models", nargs="+", type=Path, required=True, help="model folders")
    parser.add_argument("--beam", type=int, required=True)
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--shard", type=Shard.parse, default=WHOLE, help="part, such as 2-of-16")
    parser.add_argument("--output", required=True, help="translations, columnar")
    arguments = parser.parse_args()
    settings = from_json(TranslateSettings, arguments.settings)
    models = [
        at_precision(model, settings.precision)
        for model in read_ensemble(arguments.models, best_device())
    ]
    vocabulary = read_vocabulary(arguments.models[0] / VOCABULARIES["target"])
    sources = list(read_sentences(*arguments.source))
    found = translate_shard(models, sources, settings, arguments.shard, beam=arguments.beam)
    best = {number: translations[0] for number, translations in sorted(found.items())}
    rows = (
        Hypothesis(
            *(number, 1, (one.log_probability, one.complete)),
            " ".join(vocabulary.decode(one.words)),
        )
        for number, one in best.items()
    )
    write_hypotheses(arguments.output, ("log_probability", "complete"), rows)
    cut = sum(not one.complete for one in best.values())
    say(f"{len(best):,} translations in {arguments.output}, {cut} of them cut at the length limit")


if __name__ == "__main__":
    run(main)
