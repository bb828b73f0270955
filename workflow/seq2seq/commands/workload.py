"""What an experiment has to compute and store, stage by stage, derived from its settings."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.config.data import WordShares
from seq2seq.config.experiment import Experiment
from seq2seq.config.schema import Settings
from seq2seq.config.training import count_parameters
from seq2seq.data.catalogue import Catalogue, published
from seq2seq.special_tokens import SPLITS

# Processor seconds of text, FLOPs in fp32 and in bf16, steps of recurrent layers one after the other.
Work = NDArray[np.float64]
# Moses tokens per sentence, source and target: section 3.1, the others counted.
WORDS = {"wmt": (25.2, 28.8), "multi30k": (13.0, 14.1), "generated": (10.9, 11.1)}
UNKNOWN_PAIRS = 2_000_000  # of a corpus that the catalogue has no number for
# Seconds of one thread of an AMD EPYC (Zen 4), measured on the demo.
JOB = 2.5  # to start a job
PROCESSES = 8  # that a job of the baseline shares its work among
CLEANED, TOKENIZED, KEPT, DRAWN = 1.8e-6, 1.05e-5, 4.3e-6, 2.4e-4  # per word; per generated pair
ALIGNED, COUNTED, SEARCHED = 2.9e-7, 2.4e-5, 3.2e-3  # per pair of words; per word; per source word
SCORED, LISTED = 1.3e-4, 1.1e-5  # per hypothesis; per number of a list that is read again
SEARCH = 0.45  # of training's rate: choosing among all words waits for memory
SHARED = 2.5  # hypotheses of a list share prefixes, which are computed once
WORD_BYTES, ID_BYTES, ALIGNING_BYTES, HYPOTHESIS_BYTES, FIGURES_BYTES = 6, 4, 21, 25, 30e6


class Stage(NamedTuple):
    """``chain`` is the longest chain of jobs that wait for one another; ``disk`` is in bytes."""

    name: str
    work: Work
    chain: Work
    disk: float = 0.0


def work(seconds: float = 0, flops: float = 0, steps: float = 0, precision: str = "fp32") -> Work:
    fp32 = flops if precision in ("fp32", "auto") else 0
    return np.array([seconds, fp32, flops - fp32, steps])


class Workload:
    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self.settings, self.experiment = settings, Experiment(settings)
        data, vocabulary = settings.data, settings.vocabulary
        self.corpora = {
            split: [catalogue.corpus(name) for name in published(data.corpora(split))]
            for split in SPLITS
        }
        pairs = {
            split: sum(corpus.pairs or UNKNOWN_PAIRS for corpus in corpora)
            for split, corpora in self.corpora.items()
        } | data.held_out
        if made := data.demo_corpus:
            pairs = {"train": made.pairs, "dev": made.dev_pairs, "test": made.test_pairs}
        self.read = pairs["train"]  # training pairs are selected from so many
        self.pairs = pairs | {"train": min(self.read, data.train_pairs or self.read)}
        if isinstance(shares := data.selection, WordShares):  # as if pairs had the mean length
            train = [(one.pairs or UNKNOWN_PAIRS, one.name) for one in self.corpora["train"]]
            self.pairs["train"] = round(sum(size * shares.share(name) for size, name in train))
        family = "multi30k" if "multi30k-train" in data.train else "wmt"
        self.words = WORDS["generated" if made else family]
        tuned = min(pairs["dev"], settings.rescore.tune_sentences)
        listed = pairs["test"] + (tuned if self.experiment.tuning_splits else 0)
        self.hypotheses = listed * settings.baseline.nbest_size
        names = self.experiment.trained_models
        self.models = {name: settings.models[name].network(settings.model) for name in names}
        # Of all layers, for a batch with <EOS> on both sides.
        self.steps = {name: (sum(self.words) + 2) * one.layers for name, one in self.models.items()}
        sizes = {"source_words": vocabulary.source_words, "target_words": vocabulary.target_words}
        self.sizes = {name: count_parameters(one, **sizes) for name, one in self.models.items()}

    def stages(self) -> list[Stage]:
        return [self._data(), self._baseline(), self._train(), self._translate(), self._rescore(),
                self._report()]  # fmt: skip

    def training(self, model: str, *, epochs: float) -> Work:
        train, pairs = self.settings.train, self.pairs["train"]
        steps = math.ceil(pairs / train.batch_size) * self.steps[model]
        return epochs * work(0, 3 * pairs * self._forward(model), steps, train.precision)

    def training_bytes(self, model: str) -> float:
        """Weights, gradients and moments, states of all layers and logits."""
        train, hidden = self.settings.train, self.models[model].hidden_size
        sentence = 40 * self.steps[model] * hidden + 16 * self.settings.vocabulary.target_words
        weight = 16 if train.optimizer == "sgd" else 24
        return weight * self.sizes[model].total + train.batch_size * sentence

    def _data(self) -> Stage:
        shards = self.settings.shards.text
        drawn = DRAWN * self.read if self.settings.data.demo_corpus else 0.0
        read, kept = (pairs * sum(self.words) for pairs in (self.read, self.pairs["train"]))
        tokenized, cleaned = drawn + TOKENIZED * read, CLEANED * read
        files = {file for split in self.corpora.values() for one in split for file in one.files}
        disk = WORD_BYTES * (read + kept) + ID_BYTES * kept + sum(file.size or 0 for file in files)
        seconds = tokenized + cleaned + KEPT * kept + (17 + 4 * shards) * JOB
        chain = tokenized / (2 * shards) + cleaned + KEPT / 3 * kept + 8 * JOB
        return Stage("data", work(seconds), work(chain), disk)

    def _baseline(self) -> Stage:
        baseline = self.settings.baseline
        pairs = min(self.pairs["train"], baseline.training_pairs or self.pairs["train"])
        disk = HYPOTHESIS_BYTES * self.hypotheses + 4 * WORD_BYTES * pairs * sum(self.words)
        if baseline.nbest:
            return Stage("baseline", work(JOB), work(JOB), disk)
        disk += ALIGNING_BYTES * pairs * math.prod(self.words)  # while words are aligned
        rounds = baseline.alignment_iterations + 1
        longer = 0.72 + 0.28 * baseline.nbest_size / 100  # lists take their time
        table = pairs * (ALIGNED * rounds * math.prod(self.words) + COUNTED * sum(self.words))
        decoding = SEARCHED * self.words[0] * self.hypotheses / baseline.nbest_size * longer
        tuned = min(baseline.tune_sentences, self.pairs["dev"])
        tuning = SEARCHED * self.words[0] * tuned * baseline.tune_rounds
        seconds = table + decoding + tuning + 7 * JOB
        chain = (table + decoding + tuning) / PROCESSES + 7 * JOB
        return Stage("baseline", work(seconds), work(chain), disk)

    def _train(self) -> Stage:
        train, jobs = self.settings.train, work((self.settings.train.segments + 2) * JOB)
        dev = {model: self._search((model,), "dev", train.dev_beam) for model in self.models}
        whole = {model: self.training(model, epochs=train.epochs) for model in self.models}
        total = sum((whole[one] + dev[one] * train.segments + 2 * jobs for one in dev), work())
        largest = max(self.models, key=self._forward)
        kept = 2 * (1 if train.optimizer == "sgd" else 3) + 1  # checkpoints with moments, the model
        disk = 4 * kept * sum(size.total for size in self.sizes.values())
        return Stage("train", total, whole[largest] + dev[largest] + jobs, disk)

    def _translate(self) -> Stage:
        shards, sentences = self.settings.shards.translate, self.pairs["test"]
        choices = {row.translate for row in self.experiment.rows if row.translate}
        searches = [self._search(one.models, "test", one.beam) for one in choices]
        scored = [work(0, sentences * self._forward(one)) for one in self.models]
        total = sum([*searches, *scored], work((len(choices) * (shards + 1) + 2) * JOB))
        longest = max(searches, key=np.sum, default=work())  # FLOPs outnumber all else
        return Stage("translate", total, longest / shards + work(2 * JOB))

    def _rescore(self) -> Stage:
        choices = {row.rescore.models for row in self.experiment.rows if row.rescore}
        models = {model for choice in choices for model in choice}
        shards = self.settings.shards.score
        words, each = self.hypotheses * (self.words[1] + 1) / SHARED, SCORED * self.hypotheses
        flops = [words * self.sizes[model].target_word_flops / 3 for model in models]
        combined = len(choices)
        read = LISTED * self.hypotheses * (4 + len(models))
        seconds = (2 * shards * len(models) + combined + 4) * JOB
        seconds += (len(models) + 1) * each + (combined + 1) * read
        chain = work(each / shards + 2 * read + 4 * JOB, max(flops, default=0) / shards)
        disk = HYPOTHESIS_BYTES * self.hypotheses * (len(models) + 2)
        return Stage("rescore", work(seconds, sum(flops)), chain, disk)

    def _report(self) -> Stage:
        outputs = len(self.experiment.made)
        seconds = 6e-3 * outputs * self.pairs["test"] + (outputs + 25) * JOB
        return Stage("report", work(seconds), work(8 * JOB), FIGURES_BYTES)

    def _forward(self, model: str, *, beam: int = 1) -> float:
        """FLOPs of one sentence without gradients: a third of training's."""
        size, (source, target) = self.sizes[model], self.words
        written = beam * (target + 1) * size.target_word_flops
        return ((source + 1) * size.source_word_flops + written) / 3

    def _search(self, models: tuple[str, ...], split: str, beam: int) -> Work:
        translate, sentences = self.settings.translate, self.pairs[split]
        each = [(sentences * self._forward(one, beam=beam), self.steps[one] / 2) for one in models]
        flops, steps = map(sum, zip(*each, strict=True))
        steps *= math.ceil(sentences / translate.batch_size)
        return work(0, flops / SEARCH, steps, translate.precision)
