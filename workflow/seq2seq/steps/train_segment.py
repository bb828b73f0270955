"""One segment of a training: read a checkpoint, train, write the next."""

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from seq2seq.configuration import from_json
from seq2seq.files import write_lines
from seq2seq.ids import read_sentences
from seq2seq.nn.batches import ParallelIds
from seq2seq.nn.checkpoint import read_checkpoint, write_checkpoint
from seq2seq.nn.device import best_device, device_name
from seq2seq.nn.trainer import train_segment
from seq2seq.program import run, say
from seq2seq.settings import SegmentSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="SegmentSettings as JSON")
    parser.add_argument("--checkpoint", required=True, help="of the segment before")
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--target", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--output", required=True, help="the next checkpoint")
    parser.add_argument("--metrics", required=True, help="measurements, JSON lines")
    arguments = parser.parse_args()
    before = read_checkpoint(arguments.checkpoint)
    corpus = ParallelIds(
        read_sentences(*arguments.source),
        read_sentences(*arguments.target),
        before.identity.source_order,
    )
    device = best_device()
    say(f"segment {before.segment + 1} on {device_name(device)}")
    records: list[dict[str, Any]] = []
    after = train_segment(
        before,
        corpus,
        from_json(SegmentSettings, arguments.settings),
        device=device,
        record=records.append,
        name=Path(arguments.checkpoint).parent.name,
    )
    place = {"device": device_name(device), "torch": torch.__version__}
    write_lines(arguments.metrics, (json.dumps(record | place) for record in records))
    write_checkpoint(arguments.output, after)
    say(f"{after.updates:,} updates in {arguments.output}")


if __name__ == "__main__":
    run(main)
