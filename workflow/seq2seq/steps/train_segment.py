"""One segment of a training: read a checkpoint, train, write the next."""

import argparse
import json
import math
from pathlib import Path

import torch

from seq2seq.config.loading import from_json
from seq2seq.config.schema import ModelSettings, SegmentSettings
from seq2seq.io.files import remove_abandoned, write_lines
from seq2seq.io.token_ids import read_sentences
from seq2seq.runtime.logging import run, say
from seq2seq.training.batches import ParallelIds
from seq2seq.training.checkpoint import read_checkpoint, write_checkpoint
from seq2seq.training.distributed import training_team
from seq2seq.training.fingerprint import check_identity, identify
from seq2seq.training.preemption import Partial, queue_clock
from seq2seq.training.trainer import train_segment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True, help="SegmentSettings as JSON")
    parser.add_argument("--model", required=True, help="ModelSettings as JSON")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--source-order", choices=["forward", "reversed"], required=True)
    parser.add_argument("--checkpoint", required=True, help="of the segment before")
    parser.add_argument("--source-vocabulary", required=True)
    parser.add_argument("--target-vocabulary", required=True)
    parser.add_argument("--source", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--target", nargs=2, required=True, metavar=("WORDS", "OFFSETS"))
    parser.add_argument("--stop-after", type=float, default=math.inf, help="minutes, in a queue")
    parser.add_argument("--output", required=True, help="the next checkpoint")
    parser.add_argument("--metrics", required=True, help="measurements, JSON lines")
    arguments = parser.parse_args()
    sides = (read_sentences(*arguments.source), read_sentences(*arguments.target))
    corpus = ParallelIds(*sides, arguments.source_order)
    before = read_checkpoint(arguments.checkpoint)
    wanted = identify(
        from_json(ModelSettings, arguments.model),
        corpus,
        seed=arguments.seed,
        source_vocabulary=arguments.source_vocabulary,
        target_vocabulary=arguments.target_vocabulary,
    )
    check_identity(arguments.checkpoint, before.identity, wanted)
    partial = Partial(Path(arguments.output), arguments.settings, Path(arguments.checkpoint))
    started = partial.start(before)
    segment = from_json(SegmentSettings, arguments.settings)
    name = Path(arguments.checkpoint).parent.name
    with training_team() as team:
        if team.leads:
            say(f"segment {before.segment + 1} on {team.place}")
        after = train_segment(
            *(started.checkpoint, corpus, segment),
            team=team,
            record=started.records.append,
            name=name,
            stop=queue_clock(arguments.stop_after),
        )
    if not team.leads:
        return
    if after.segment == before.segment:
        partial.stop(after, started.records)
    for output in (arguments.output, arguments.metrics):
        remove_abandoned(output)
    made_by = {"device": team.place, "torch": torch.__version__}
    write_lines(arguments.metrics, (json.dumps(record | made_by) for record in started.records))
    write_checkpoint(arguments.output, after)
    partial.remove()
    say(f"{after.updates:,} updates in {arguments.output}")


if __name__ == "__main__":
    run(main)
