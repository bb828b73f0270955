"""Steps of the train stage: a training is a chain of segments, each from checkpoint to checkpoint."""

import json
import math
from itertools import chain
from pathlib import Path
from typing import Literal

import torch

from seq2seq.config.loading import as_json
from seq2seq.config.schema import ModelSettings, SegmentSettings, TranslateSettings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.evaluation.bleu import token_bleu
from seq2seq.inference import model_folder
from seq2seq.inference.beam_search import translate_sentences
from seq2seq.inference.scoring import TrainedModel, perplexity
from seq2seq.io.files import read_lines, remove_abandoned, write_lines
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.model.device import best_device
from seq2seq.runtime.command_line import Json, main_of, step_app
from seq2seq.runtime.logging import log
from seq2seq.special_tokens import SPECIALS
from seq2seq.training import trainer
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import (
    Checkpoint,
    build_network,
    check_fingerprint,
    fingerprint_of,
    read_checkpoint,
    write_checkpoint,
)
from seq2seq.training.distributed import training_world
from seq2seq.training.preemption import SegmentProgress, job_deadline

app = step_app("train", "Training: initialize, train a segment, validate it, export the model.")

SourceOrder = Literal["forward", "reversed"]
Ids = tuple[Path, Path]  # token ids and offsets, both .npy


def _parallel(source: Ids, target: Ids, source_order: SourceOrder) -> ParallelDataset:
    return ParallelDataset(read_token_dataset(*source), read_token_dataset(*target), source_order)


@app.command
def initialize_model(
    *,
    model: Json[ModelSettings],
    seed: int,
    source_order: SourceOrder,
    source_vocabulary: Path,
    target_vocabulary: Path,
    source: Ids,
    target: Ids,
    output: Path,
) -> None:
    """Write segment 0 of a training: a network with random weights, drawn from its seed.

    Args:
        source: token ids and offsets.
        target: token ids and offsets.
        output: checkpoint.
    """
    fingerprint = fingerprint_of(
        *(model, _parallel(source, target, source_order)),
        seed=seed,
        source_vocabulary=source_vocabulary,
        target_vocabulary=target_vocabulary,
    )
    network = build_network(fingerprint)
    generator = torch.Generator().manual_seed(seed)
    network.initialize(initial_range=model.initial_range, generator=generator)
    write_checkpoint(output, Checkpoint(fingerprint, 0, 0, network.state_dict(), {}))
    log.info(f"{fingerprint.model_size.total:,} parameters in {output}")


@app.command
def train_segment(
    *,
    settings: Json[SegmentSettings],
    model: Json[ModelSettings],
    seed: int,
    source_order: SourceOrder,
    checkpoint: Path,
    source_vocabulary: Path,
    target_vocabulary: Path,
    source: Ids,
    target: Ids,
    stop_after: float = math.inf,
    output: Path,
    metrics: Path,
) -> None:
    """Train one segment: read a checkpoint, go through its share of the epochs, write the next.

    Args:
        checkpoint: of the previous segment.
        source: token ids and offsets.
        target: token ids and offsets.
        stop_after: minutes that the job has in a queue.
        output: next checkpoint.
        metrics: training records, JSON lines.
    """
    corpus = _parallel(source, target, source_order)
    before = read_checkpoint(checkpoint)
    expected = fingerprint_of(
        *(model, corpus),
        seed=seed,
        source_vocabulary=source_vocabulary,
        target_vocabulary=target_vocabulary,
    )
    check_fingerprint(checkpoint, before.fingerprint, expected)
    progress = SegmentProgress(output, as_json(settings), checkpoint)
    resumed, records = progress.start(before)
    with training_world() as world:
        if world.is_main:
            log.info(f"segment {before.segment + 1} on {world.place}")
        after = trainer.train_segment(
            *(resumed, corpus, settings),
            world=world,
            record=records.append,
            name=checkpoint.parent.name,
            stop=job_deadline(stop_after),
        )
    if not world.is_main:
        return
    if after.segment == before.segment:
        progress.stop(after, records)
    for path in (output, metrics):
        remove_abandoned(path)
    made_by = {"device": world.place, "torch": torch.__version__}
    write_lines(metrics, (json.dumps(record | made_by) for record in records))
    write_checkpoint(output, after)
    progress.remove()
    log.info(f"{after.updates:,} updates in {output}")


@app.command
def validate_segment(
    *,
    settings: Json[TranslateSettings],
    beam: int,
    checkpoint: Path,
    epoch: float,
    source: Ids,
    target: Ids,
    target_tokens: Path,
    target_vocabulary: Path,
    ignore: list[Literal["<EOS>", "UNK"]],
    output: Path,
) -> None:
    """Add a point to the learning curve: a checkpoint's perplexity and BLEU on the dev set.

    Args:
        epoch: passes over the training data so far.
        source: token ids and offsets.
        target: token ids and offsets.
        target_tokens: references.
        ignore: special tokens left out of the perplexity.
        output: one JSON line.
    """
    trained = read_checkpoint(checkpoint)
    network = trained.make_network().to(best_device()).eval()
    model = TrainedModel(checkpoint.parent.name, network, trained.fingerprint.source_order)
    sources, targets = list(read_token_dataset(*source)), list(read_token_dataset(*target))
    vocabulary = read_vocabulary(target_vocabulary)
    translations = translate_sentences([model], sources, settings, beam=beam)
    hypotheses = [" ".join(vocabulary.decode(best[0].words)) for best in translations.values()]
    record = {
        "kind": "dev",
        "epoch": epoch,
        "updates": trained.updates,
        "perplexity": perplexity(
            *(model, sources, targets),
            batch_size=settings.batch_size,
            ignore_ids=[SPECIALS.index(word) for word in ignore],
        ),
        "bleu": token_bleu(hypotheses, list(read_lines(target_tokens))),
    }
    write_lines(output, [json.dumps(record)])
    log.info(f"dev perplexity {record['perplexity']:.2f}, BLEU {record['bleu']:.2f}")


@app.command
def export_model(
    *,
    checkpoint: Path,
    metrics: list[Path],
    source_vocabulary: Path,
    target_vocabulary: Path,
    source_language: str,
    target_language: str,
    experiment: str,
    data: str,
    output: Path,
) -> None:
    """Make a self-contained model folder from a training's last checkpoint.

    Args:
        metrics: of all segments, in order.
        data: description of the corpus, for the model card.
        output: folder to write.
    """
    lines = list(chain.from_iterable(map(read_lines, metrics)))
    last = [record for line in lines if (record := json.loads(line))["kind"] == "dev"][-1]
    model_folder.write_model(
        *(output, read_checkpoint(checkpoint)),
        languages=model_folder.Languages(source_language, target_language),
        provenance=model_folder.Provenance(experiment, data, last["perplexity"], last["bleu"]),
        source_vocabulary=source_vocabulary,
        target_vocabulary=target_vocabulary,
    )
    write_lines(output / "metrics.jsonl", lines)
    log.info(f"model in {output}")


main_of(app, __name__)
