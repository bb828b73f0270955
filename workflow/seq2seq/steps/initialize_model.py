"""Segment 0 of a training: a network with random weights, from its seed."""

import argparse

import torch

from seq2seq.configuration import from_json
from seq2seq.files import read_lines
from seq2seq.nn.checkpoint import Checkpoint, Identity, build_network, write_checkpoint
from seq2seq.program import run, say
from seq2seq.settings import ModelSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="ModelSettings as JSON")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--source-order", choices=["forward", "reversed"], required=True)
    parser.add_argument("--source-vocabulary", required=True)
    parser.add_argument("--target-vocabulary", required=True)
    parser.add_argument("--output", required=True, help="the checkpoint")
    arguments = parser.parse_args()
    identity = Identity(
        model=from_json(ModelSettings, arguments.settings),
        source_words=sum(1 for _ in read_lines(arguments.source_vocabulary)) - 1,
        target_words=sum(1 for _ in read_lines(arguments.target_vocabulary)) - 1,
        source_order=arguments.source_order,
        seed=arguments.seed,
    )
    network = build_network(identity)
    network.initialize(
        initial_range=identity.model.initial_range,
        generator=torch.Generator().manual_seed(arguments.seed),
    )
    write_checkpoint(arguments.output, Checkpoint(identity, 0, 0, network.state_dict(), {}))
    say(f"{network.count_parameters().total:,} parameters in {arguments.output}")


if __name__ == "__main__":
    run(main)
