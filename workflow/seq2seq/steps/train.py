"""Steps of the train stage: a training is a chain of segments, each from checkpoint to checkpoint."""

import json
import math
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

import torch
from cyclopts import Parameter

from seq2seq.config.decoding import TranslateSettings
from seq2seq.config.ladder import PerplexityBound
from seq2seq.config.loading import as_json
from seq2seq.config.training import ModelSettings, SegmentSettings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.inference import model_folder
from seq2seq.inference.beam_search import translate_sentences
from seq2seq.inference.scoring import TrainedModel, perplexity
from seq2seq.io.files import read_lines, write_lines
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.model.device import best_device, use_deterministic_algorithms
from seq2seq.runtime.command_line import Json, main_of, step_app
from seq2seq.runtime.logging import log
from seq2seq.special_tokens import SPECIALS
from seq2seq.steps.flags import Ids, Ignored
from seq2seq.training import checkpoint as checkpoints
from seq2seq.training import trainer
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from seq2seq.training.distributed import training_world
from seq2seq.training.preemption import SegmentProgress, job_deadline

app = step_app("train", "Training: initialize, train a segment, validate it, export the model.")


@dataclass(frozen=True, kw_only=True)
class TrainingRun:
    """What identifies a training: network, seed, order, vocabularies and corpus.

    ``pairs``: of a random subset.
    """

    model: Json[ModelSettings]
    seed: int
    source_order: Literal["forward", "reversed", "none"]
    pairs: int | None = None
    source_vocabulary: Path
    target_vocabulary: Path
    source: Ids
    target: Ids

    def corpus(self) -> ParallelDataset:
        sides = (read_token_dataset(*self.source), read_token_dataset(*self.target))
        corpus = ParallelDataset(*sides, self.source_order)
        return corpus.random_subset(self.pairs) if self.pairs else corpus

    def fingerprint(self) -> checkpoints.Fingerprint:
        vocabularies = self.source_vocabulary, self.target_vocabulary
        return checkpoints.fingerprint_of(self.model, self.corpus(), self.seed, *vocabularies)


Run = Annotated[TrainingRun, Parameter(name="*")]  # its fields are flags


@app.command
def initialize_model(*, run: Run, output: Path) -> None:
    """Write segment 0 of a training: a network with random weights, drawn from its seed."""
    fingerprint = run.fingerprint()
    network = checkpoints.build_network(fingerprint)
    generator = torch.Generator().manual_seed(run.seed)
    network.initialize(initial_range=run.model.initial_range, generator=generator)
    write_checkpoint(output, Checkpoint(fingerprint, 0, 0, network.state_dict(), {}))
    log.info(f"{fingerprint.model_size.total:,} parameters in {output}")


@app.command
def train_segment(
    *,
    run: Run,
    settings: Json[SegmentSettings],
    checkpoint: Path,
    stop_after: float = math.inf,
    output: Path,
    metrics: Path,
) -> None:
    """Train one segment: read a checkpoint, go through its share of the epochs, write the next.

    Args:
        stop_after: minutes that the job has in a queue.
        metrics: training records, JSON lines.
    """
    before = read_checkpoint(checkpoint)
    found = replace(before.fingerprint, precision=None)
    checkpoints.check_fingerprint(checkpoint, found, run.fingerprint())
    progress = SegmentProgress(output, as_json(settings), checkpoint)
    resumed, records = progress.start(before)
    if settings.deterministic:
        use_deterministic_algorithms()
    with training_world() as world:
        if world.is_main:
            log.info(f"segment {before.segment + 1} on {world.place}")
        after = trainer.train_segment(
            *(resumed, run.corpus(), settings),
            world=world,
            record=records.append,
            name=checkpoint.parent.name,
            stop=job_deadline(stop_after),
        )
    if not world.is_main:
        return
    if after.segment == before.segment:
        progress.stop(after, records)
    place = f"{world.place}, {after.fingerprint.precision}"
    made_by = {"device": place, "torch": torch.__version__}
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
    ignore: Ignored,
    bound: Json[PerplexityBound] | None = None,
    stop_outside: bool = False,
    output: Path,
) -> None:
    """Add a point to the learning curve: a checkpoint's perplexity and BLEU on the dev set.

    Args:
        bound: of the perplexity, from the ladder.
        stop_outside: fail where it is outside, which stops the run; else warn.
    """
    trained = read_checkpoint(checkpoint)
    network = trained.make_network().to(best_device()).eval()
    model = TrainedModel(checkpoint.parent.name, network, trained.fingerprint.source_order)
    sources, targets = list(read_token_dataset(*source)), list(read_token_dataset(*target))
    vocabulary = read_vocabulary(target_vocabulary)
    translations = translate_sentences([model], sources, settings, beam=beam)
    hypotheses = [" ".join(vocabulary.decode(best[0].words)) for best in translations.values()]
    batching = settings.batch_size, [SPECIALS.index(word) for word in ignore]
    found = perplexity(model, sources, targets, *batching)
    if bound:
        _check_bound(model.name, bound, found, stop=stop_outside)
    bleu = bleu_of_tokens(hypotheses, list(read_lines(target_tokens))).score
    record = {"kind": "dev", "epoch": epoch, "updates": trained.updates}
    write_lines(output, [json.dumps(record | {"perplexity": found, "bleu": bleu})])
    log.info(f"dev perplexity {found:.2f}, BLEU {bleu:.2f}")


def _check_bound(name: str, bound: PerplexityBound, found: float, *, stop: bool) -> None:
    if bound.low <= found <= bound.high:
        log.info(f"{name}: dev perplexity {found:.2f} is in {bound.low:.2f} to {bound.high:.2f}")
        return
    cause = (
        "Look for sentences of the dev set in the training pairs"
        if found < bound.low
        else "Look at the learning curve, the gradient norms and the first training batches"
    )
    problem = (
        f"{name}: dev perplexity {found:.2f} after {bound.epoch:g} epochs is outside the bounds "
        f"{bound.low:.2f} to {bound.high:.2f} of `ladder.bounds`. {cause}"
    )
    if stop:
        raise UserError(f"{problem}. To go on all the same, set `ladder.stop_outside: false`.")
    log.warning(f"{problem}.")


@app.command
def export_model(
    *,
    checkpoint: Path,
    metrics: list[Path],
    source_vocabulary: Path,
    target_vocabulary: Path,
    source_language: str,
    target_language: str,
    tokenizer: str,
    experiment: str,
    data: str,
    output: Path,
) -> None:
    """Make a self-contained model folder from a training's last checkpoint."""
    lines = list(chain.from_iterable(map(read_lines, metrics)))
    last = [record for line in lines if (record := json.loads(line))["kind"] == "dev"][-1]
    model_folder.write_model(
        *(output, read_checkpoint(checkpoint)),
        languages=model_folder.Languages(source_language, target_language, tokenizer),
        provenance=model_folder.Provenance(experiment, data, last["perplexity"], last["bleu"]),
        source_vocabulary=source_vocabulary,
        target_vocabulary=target_vocabulary,
    )
    write_lines(output / "metrics.jsonl", lines)
    log.info(f"model in {output}")


main_of(app, __name__)
