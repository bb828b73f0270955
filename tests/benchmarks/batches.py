"""`make bench-batches EXPERIMENT=multi30k`: what batches of similar lengths do, on real text.

The paper's batches have sentences "roughly of the same length".  Where all targets of a batch end at
one step, an update says at that step alone that sentences end.  Small networks are trained with batches
of equal, similar and any lengths, with the same seeds; all columns but the first are of the dev set.
"""

import argparse
import statistics
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from seq2seq.config.loading import read_settings
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.inference.beam_search import translate_sentences
from seq2seq.inference.scoring import TrainedModel
from seq2seq.io.files import read_lines
from seq2seq.io.token_ids import TokenDataset, read_token_dataset
from seq2seq.model.softmax import log_probability_of
from seq2seq.special_tokens import EOS_ID, PAD_ID
from seq2seq.training import trainer
from seq2seq.training.batches import ParallelDataset, sorted_batches
from seq2seq.training.checkpoint import Checkpoint, Fingerprint, build_network
from seq2seq.training.distributed import training_world

CONFIG = Path(__file__).resolve().parents[2] / "config"
BUCKETS = {1: "equal (`bucket_words: 1`)", 3: "within 3 words", 1000: "any"}
CALIBRATION_BINS = 10


@dataclass(frozen=True)
class Measured:
    """Of one training; ``ends`` is the expected number of sentence ends for each true one."""

    words_per_second: float
    perplexity: float
    ends: float
    calibration_error: float
    bleu: float
    length: float
    empty: float


def ids(folder: Path, split: str) -> list[TokenDataset]:
    names = (folder / "ids" / f"{split}.{side}" for side in ("source", "target"))
    return [read_token_dataset(f"{name}.words.npy", f"{name}.offsets.npy") for name in names]


@torch.inference_mode()
def of_ends(model: TrainedModel, corpus: ParallelDataset) -> tuple[float, float, float]:
    """Perplexity, the expected share of ends, and the calibration error of p(``<EOS>``).

    The error is |mean p - share of ends| over the bins of p, weighted by their steps, for each end.
    """
    losses, chances, ends = [], [], []
    weight = model.network.output_weight_VH
    for rows in sorted_batches(corpus.target.lengths, batch_size=64):
        batch = corpus.batch(rows)
        outputs, _ = model.network.decode(batch[1], model.network.encode(batch[0]))
        counted = batch[2] != PAD_ID
        words = batch[2][counted]
        losses.append(-log_probability_of(outputs[counted], weight, words))
        end = torch.full_like(words, EOS_ID)
        chances.append(log_probability_of(outputs[counted], weight, end).exp())
        ends.append(words == EOS_ID)
    p, true = torch.cat(chances).numpy(), torch.cat(ends).numpy()
    bins = np.minimum((p * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    errors = np.bincount(bins, weights=p) - np.bincount(bins, weights=true)
    perplexity = float(torch.cat(losses).mean().exp())
    return perplexity, p.sum() / true.sum(), np.abs(errors).sum() / true.sum()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="such as results/multi30k")
    parser.add_argument("--epochs", type=int, default=4, help="the rate is halved before the last")
    parser.add_argument("--hidden-size", type=int, default=128)
    parser.add_argument("--pairs", type=int, help="a random subset")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    given = parser.parse_args()
    torch.set_num_threads(1)
    settings = read_settings([str(CONFIG / f"{n}.yaml") for n in ("config", given.results.name)])
    schedule = {"epochs": given.epochs, "segment_epochs": 1, "halve_every_epochs": 1}
    train = replace(settings.train, **schedule, halve_from_epoch=given.epochs - 1)
    sizes = {"hidden_size": given.hidden_size, "embedding_size": given.hidden_size}
    shape = replace(settings.model, **sizes)
    data = given.results / "data"
    files = [data / "vocabulary" / f"{side}.tsv" for side in ("source", "target")]
    vocabularies = [read_vocabulary(file) for file in files]
    corpus = ParallelDataset(*ids(data, "train"), "reversed")
    corpus = corpus.random_subset(given.pairs) if given.pairs else corpus
    dev = ParallelDataset(*ids(data, "dev"), "reversed")
    references = list(read_lines(data / "tokens" / "dev.target.txt"))

    def measured(bucket_words: int, seed: int) -> Measured:
        fingerprint = Fingerprint(shape, *map(len, vocabularies), "reversed", seed)
        network = build_network(fingerprint)
        generator = torch.Generator().manual_seed(seed)
        network.initialize(initial_range=shape.initial_range, generator=generator)
        point = Checkpoint(fingerprint, 0, 0, network.state_dict(), {})
        begin = time.process_time()
        with training_world() as world:
            for number in range(1, train.segments + 1):
                segment = replace(train.segment(number), bucket_words=bucket_words)
                point = trainer.train_segment(point, corpus, segment, world=world, record=id)
        words = corpus.target.lengths.sum() + corpus.source.lengths.sum()
        rate = given.epochs * float(words) / (time.process_time() - begin)
        model = TrainedModel("model", point.make_network().eval(), "reversed")
        search = replace(settings.translate, min_words=0)
        found = translate_sentences([model], list(dev.source), search, beam=12)
        lines = [" ".join(vocabularies[1].decode(best[0].words)) for best in found.values()]
        lengths = [sum(len(line.split()) for line in side) for side in (lines, references)]
        empty = sum(not line for line in lines) / len(lines)
        bleu = bleu_of_tokens(lines, references).score
        return Measured(rate, *of_ends(model, dev), bleu, lengths[0] / lengths[1], empty)

    print(f"{len(corpus):,} pairs, {given.epochs} epochs, {shape.layers} x {shape.hidden_size}\n")
    names = ("Lengths in a batch", "words/s", "perplexity", "expected ends", "calibration error")
    print("|", " | ".join((*names, "BLEU", "length", "empty")), "|")
    print("|:---" + "|---:" * len(Measured.__annotations__) + "|")
    for bucket_words, name in BUCKETS.items():
        runs = [measured(bucket_words, seed) for seed in given.seeds]
        cells = []
        for field, digits in zip(Measured.__annotations__, (0, 2, 3, 3, 2, 3, 3), strict=True):
            values = [getattr(run, field) for run in runs]
            spread = statistics.stdev(values) if len(values) > 1 else 0
            cells.append(f"{statistics.fmean(values):,.{digits}f} ± {spread:.{digits}f}")
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
