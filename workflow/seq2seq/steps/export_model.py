"""Make a model folder of a training's last checkpoint, with the training's measurements."""

import argparse
import json
from itertools import chain
from pathlib import Path

from seq2seq.inference.model_folder import Languages, Provenance, write_model
from seq2seq.io.files import read_lines, write_lines
from seq2seq.runtime.logging import run, say
from seq2seq.training.checkpoint import read_checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True, help="of the last segment")
    parser.add_argument("--metrics", nargs="+", required=True, help="of all segments, in order")
    parser.add_argument("--source-vocabulary", required=True)
    parser.add_argument("--target-vocabulary", required=True)
    parser.add_argument("--source-language", required=True)
    parser.add_argument("--target-language", required=True)
    parser.add_argument("--experiment", required=True)
    parser.add_argument("--data", required=True, help="what the corpus is, for the card")
    parser.add_argument("--output", required=True, help="the model's folder")
    arguments = parser.parse_args()
    metrics = list(chain.from_iterable(read_lines(path) for path in arguments.metrics))
    last = [record for line in metrics if (record := json.loads(line))["kind"] == "dev"][-1]
    write_model(
        arguments.output,
        read_checkpoint(arguments.checkpoint),
        languages=Languages(arguments.source_language, arguments.target_language),
        provenance=Provenance(
            arguments.experiment, arguments.data, last["perplexity"], last["bleu"]
        ),
        source_vocabulary=arguments.source_vocabulary,
        target_vocabulary=arguments.target_vocabulary,
    )
    write_lines(Path(arguments.output) / "metrics.jsonl", metrics)
    say(f"model in {arguments.output}")


if __name__ == "__main__":
    run(main)
