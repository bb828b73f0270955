"""`make bench-open-choices`: what the paper leaves open, each choice by three seeds, as one table.

A choice changes one thing in an otherwise equal run of the paper's schedule: 7.5 epochs, with the rate
halved from 5.0 on.  The corpus is generated, the networks are small, and the optimizer is Adam: the
numbers say which choices matter at this size, not what they are worth in the paper's.
"""

import argparse
import os
import statistics
import time
from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import torch
import yaml

from benchmarks.precision import CONFIG
from seq2seq.config.decoding import TranslateSettings
from seq2seq.config.loading import load_settings
from seq2seq.config.training import ModelSettings, TrainSettings
from seq2seq.data.tokenizer import tokenize
from seq2seq.data.vocabulary import Vocabulary, most_frequent
from seq2seq.data.vocabulary import split as tokens_of
from seq2seq.demo_corpus.generate import Pair, generate, length, split
from seq2seq.evaluation.bleu import bleu_of_tokens
from seq2seq.evaluation.bootstrap import over_seeds
from seq2seq.inference.beam_search import translate_sentences
from seq2seq.inference.scoring import TrainedModel
from seq2seq.io.token_ids import TokenDataset
from seq2seq.training import trainer
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import Checkpoint, Fingerprint, build_network
from seq2seq.training.distributed import training_world

MAX_WORDS, SIZES = 17, (500, 600)


@dataclass(frozen=True)
class Choice:
    """A run: its name, and what differs from the run of config.yaml."""

    name: str
    train: TrainSettings
    model: ModelSettings
    translate: TranslateSettings
    distinct: bool = True


def choices() -> list[Choice]:
    paper = load_settings(yaml.safe_load(CONFIG.read_text(encoding="utf-8")))
    train = replace(
        paper.train, batch_size=32, optimizer="adam", learning_rate=0.004, precision="fp32"
    )
    model = replace(paper.model, layers=2, hidden_size=128, embedding_size=64, initial_range=0.15)
    base = Choice("as config.yaml", train, model, paper.translate)
    search = {"finished": "keep_width"}, {"min_words": 1}
    return [
        base,
        replace(base, name="finished: keep_width", translate=replace(base.translate, **search[0])),
        replace(base, name="min_words: 1", translate=replace(base.translate, **search[1])),
        replace(base, name="halve_from_epoch: 5.5", train=replace(train, halve_from_epoch=5.5)),
        replace(base, name="peepholes: true", model=replace(model, peepholes=True)),
        replace(base, name="drop_duplicates: false", distinct=False),
    ]


class Corpus:
    """Generated pairs; dev sentences and test sentences are in no training set."""

    def __init__(self, pairs: int, test_pairs: int) -> None:
        drawn = list(chain(*generate(seed=2014, pairs=4 * pairs + 4000, processes=1)))
        drawn = [pair for pair in drawn if length(pair.english) <= MAX_WORDS]
        np.random.default_rng(1).shuffle(drawn)  # type: ignore[arg-type]
        drawn = [Pair(*pair) for pair in drawn]
        held = split(drawn, seed=1, dev_pairs=1, test_pairs=test_pairs, max_words=MAX_WORDS)
        outside = {pair.english for pair in (*held.dev, *held.test)}
        kept = [pair for pair in drawn if pair.english not in outside]
        self.train = {True: list(dict.fromkeys(kept))[:pairs], False: kept[:pairs]}
        self.repeated = 1 - len(set(self.train[False])) / len(self.train[False])
        self.test = held.test

    def datasets(self, distinct: bool) -> tuple[list[Vocabulary], list[TokenDataset]]:
        sides, vocabularies = [], []
        for side, (language, size) in enumerate(zip(("en", "fr"), SIZES, strict=True)):
            lines = [tokens_of(tokenize(pair[side], language)) for pair in self.train[distinct]]
            counts = Counter(chain(*lines))
            vocabulary = most_frequent(counts.items(), sentences=len(lines), size=size)
            ids = [vocabulary.encode(line) for line in lines]
            offsets = np.cumsum([0, *map(len, ids)]).astype(np.int64)
            sides.append(TokenDataset(np.array(list(chain(*ids)), dtype=np.int32), offsets))
            vocabularies.append(vocabulary)
        return vocabularies, sides


def train(choice: Choice, corpus: Corpus, seed: int) -> tuple[TrainedModel, list[Vocabulary]]:
    vocabularies, sides = corpus.datasets(choice.distinct)
    fingerprint = Fingerprint(choice.model, *map(len, vocabularies), "reversed", seed)
    network = build_network(fingerprint)
    generator = torch.Generator().manual_seed(seed)
    network.initialize(initial_range=choice.model.initial_range, generator=generator)
    point = Checkpoint(fingerprint, 0, 0, network.state_dict(), {})
    dataset = ParallelDataset(*sides, "reversed")
    with training_world() as world:
        for number in range(1, choice.train.segments + 1):
            segment = choice.train.segment(number)
            point = trainer.train_segment(point, dataset, segment, world=world, record=id)
    return TrainedModel(f"seed {seed}", point.make_network().eval(), "reversed"), vocabularies


def bleu(
    model: TrainedModel, vocabularies: list[Vocabulary], corpus: Corpus, settings: TranslateSettings
) -> float:
    source, target = vocabularies
    lines = [tokens_of(tokenize(pair.english, "en")) for pair in corpus.test]
    sources = [np.array(source.encode(line), dtype=np.int32) for line in lines]
    found = translate_sentences([model], sources, settings, beam=12)
    translated = [" ".join(target.decode(several[0].words)) for several in found.values()]
    references = [tokenize(pair.french, "fr") for pair in corpus.test]
    return float(bleu_of_tokens(translated, references).score)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--test-pairs", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    corpus = Corpus(arguments.pairs, arguments.test_pairs)
    print(f"{arguments.pairs:,} pairs, {corpus.repeated:.0%} repeated where duplicates are kept\n")
    print("| Choice | Seeds | BLEU | Difference | 95 % interval |\n|:---|---:|---:|---:|---:|")
    trained: dict[tuple[Any, ...], Any] = {}
    base: list[float] = []
    for choice in choices():
        scores = []
        for seed in range(1, arguments.seeds + 1):
            key = (choice.train, choice.model, choice.distinct, seed)
            if key not in trained:
                begin = time.process_time()
                trained[key] = train(choice, corpus, seed)
                seconds = time.process_time() - begin
                print(f"{choice.name}: seed {seed} in {seconds:.0f} s", file=os.sys.stderr)
            scores.append(bleu(*trained[key], corpus, choice.translate))
        base = base or scores
        cells = f"| {choice.name} | {len(scores)} | {statistics.fmean(scores):.2f} |"
        change = over_seeds([one - other for one, other in zip(scores, base, strict=True)])
        ends = f"{change.low:+.2f} to {change.high:+.2f}"
        shown = "– | – |" if choice.name == "as config.yaml" else f"{change.mean:+.2f} | {ends} |"
        print(cells, shown, flush=True)


if __name__ == "__main__":
    main()
