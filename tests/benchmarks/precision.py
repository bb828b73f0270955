"""`make bench-precision EXPERIMENT=demo`: what bf16 and int8 change in the translations of a test set.

Of a trained model: BLEU as in the paper's tables, the share of sentences that are translated as in
fp32, and sentences per second of processor time.
"""

import argparse
import time
from pathlib import Path

import torch
import yaml

from seq2seq.config.loading import load_settings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.inference.beam_search import translate_sentences
from seq2seq.inference.model_folder import VOCABULARIES, read_model
from seq2seq.inference.quantization import at_precision
from seq2seq.io.files import read_lines
from seq2seq.io.token_ids import read_token_dataset

CONFIG = Path(__file__).resolve().parents[2] / "config" / "config.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="such as results/demo")
    parser.add_argument("--model", default="reversed-1")
    parser.add_argument("--beam", type=int, default=12)
    arguments = parser.parse_args()
    settings = load_settings(yaml.safe_load(CONFIG.read_text(encoding="utf-8"))).translate
    folder = arguments.results / "models" / arguments.model
    vocabulary = read_vocabulary(folder / VOCABULARIES["target"])
    ids = arguments.results / "data" / "ids" / "test.source"
    sources = list(read_token_dataset(f"{ids}.words.npy", f"{ids}.offsets.npy"))
    references = list(read_lines(arguments.results / "data" / "tokens" / "test.target.txt"))
    torch.set_num_threads(1)
    exact: list[str] = []
    print("| precision | BLEU | as in fp32 | sentences/s |\n| --- | ---: | ---: | ---: |")
    for precision in ("fp32", "bf16", "int8"):
        model = at_precision(read_model(folder, torch.device("cpu")), precision)
        begin = time.process_time()
        found = translate_sentences([model], sources, settings, beam=arguments.beam)
        rate = len(sources) / (time.process_time() - begin)
        lines = [" ".join(vocabulary.decode(several[0].words)) for several in found.values()]
        exact = exact or lines
        same = sum(a == b for a, b in zip(exact, lines, strict=True)) / len(lines)
        print(
            f"| {precision} | {bleu_of_tokens(lines, references).score:.2f} | {same:.1%} | {rate:.1f} |"
        )


if __name__ == "__main__":
    main()
