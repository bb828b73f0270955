"""Segment 0 of a training: a network with random weights, from its seed."""

import argparse

import torch

from seq2seq.config.loading import from_json
from seq2seq.config.schema import ModelSettings
from seq2seq.io.token_ids import read_sentences
from seq2seq.runtime.logging import run, say
from seq2seq.training.batches import ParallelIds
from seq2seq.training.checkpoint import Checkpoint, build_network, write_checkpoint
from seq2seq.training.fingerprint import identify


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="ModelSettings as JSON")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--source-order", choices=["forward", "reversed"], required=True)
    parser.add_argument("--source-vocabulary", required=True)
    parser.add_argument("--target-vocabulary", required=True)
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--target", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--output", required=True, help="the checkpoint")
    arguments = parser.parse_args()
    sides = (read_sentences(*arguments.source), read_sentences(*arguments.target))
    identity = identify(
        from_json(ModelSettings, arguments.model),
        ParallelIds(*sides, arguments.source_order),
        seed=arguments.seed,
        source_vocabulary=arguments.source_vocabulary,
        target_vocabulary=arguments.target_vocabulary,
    )
    network = build_network(identity)
    network.initialize(
        initial_range=identity.model.initial_range,
        generator=torch.Generator().manual_seed(arguments.seed),
    )
    write_checkpoint(arguments.output, Checkpoint(identity, 0, 0, network.state_dict(), {}))
    say(f"{identity.model_size.total:,} parameters in {arguments.output}")


if __name__ == "__main__":
    run(main)
