"""A point of the learning curve: a checkpoint's perplexity and BLEU on the dev set."""

import argparse
import json
from pathlib import Path

from seq2seq.config.loading import from_json
from seq2seq.config.schema import TranslateSettings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.evaluation.bleu import token_bleu
from seq2seq.inference.scoring import TrainedModel, perplexity
from seq2seq.inference.translate import translate_sentences
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.token_ids import read_sentences
from seq2seq.model.device import best_device
from seq2seq.runtime.logging import run, say
from seq2seq.special_tokens import SPECIALS
from seq2seq.training.checkpoint import read_checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="TranslateSettings as JSON")
    parser.add_argument("--beam", type=int, required=True, help="of the search")
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--epoch", type=float, required=True, help="passes over the data so far")
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--target", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--target-tokens", required=True, help="the references")
    parser.add_argument("--target-vocabulary", required=True)
    parser.add_argument("--without", nargs="*", choices=SPECIALS, help="not in the perplexity")
    parser.add_argument("--output", required=True, help="one JSON line")
    arguments = parser.parse_args()
    settings = from_json(TranslateSettings, arguments.settings)
    checkpoint = read_checkpoint(arguments.checkpoint)
    network = checkpoint.make_network().to(best_device()).eval()
    name = Path(arguments.checkpoint).parent.name
    model = TrainedModel(name, network, checkpoint.identity.source_order)
    sources = list(read_sentences(*arguments.source))
    targets = list(read_sentences(*arguments.target))
    vocabulary = read_vocabulary(arguments.target_vocabulary)
    translations = translate_sentences([model], sources, settings, beam=arguments.beam)
    left_out = [SPECIALS.index(word) for word in arguments.without or ()]
    hypotheses = [" ".join(vocabulary.decode(best[0].words)) for best in translations]
    record = {
        "kind": "dev",
        "epoch": arguments.epoch,
        "updates": checkpoint.updates,
        "perplexity": perplexity(
            model, sources, targets, batch_size=settings.batch_size, left_out=left_out
        ),
        "bleu": token_bleu(hypotheses, list(read_lines(arguments.target_tokens))),
    }
    write_lines(arguments.output, [json.dumps(record)])
    say(f"dev perplexity {record['perplexity']:.2f}, BLEU {record['bleu']:.2f}")


if __name__ == "__main__":
    run(main)
