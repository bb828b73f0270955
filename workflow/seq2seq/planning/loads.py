"""How much of what a job works on: words, hypotheses, products of networks, told by its wildcards.

``Amounts`` counts units of text, ``Loads`` what networks compute: two operations for each weight that a
word meets, three times as many in training.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seq2seq.config.experiment import JOIN
from seq2seq.config.schema import ModelSettings, Settings
from seq2seq.planning.sizes import Sizes
from seq2seq.runtime.shards import WHOLE, Shard

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
SEARCH = 0.45  # of the rate of training: choosing among all words waits for memory
SCORING = 2.5  # prefixes that hypotheses share are computed once


@dataclass(frozen=True)
class Job:
    """What the amounts of a job are told from."""

    settings: Settings
    sizes: Sizes
    wildcards: Mapping[str, str]

    @property
    def split(self) -> str:
        return self.wildcards.get("split", "test")

    @property
    def models(self) -> list[str]:
        """The models of the job's name; all of them, if it names none."""
        names = self.wildcards.get("models") or self.wildcards.get("model")
        return names.split(JOIN) if names else list(self.settings.models)

    @property
    def part(self) -> float:
        """The job's share of its stage."""
        item = self.wildcards.get("scatteritem")
        return 1 / (Shard.parse(item) if item else WHOLE).count

    def hypotheses_of(self, split: str) -> float:
        return self.listed_sentences(split) * self.settings.baseline.nbest_size

    def listed_sentences(self, split: str) -> int:
        """Those that the baseline makes n-best lists of."""
        sentences = self.sizes.pairs[split]
        return min(sentences, self.settings.rescore.tune_sentences) if split == "dev" else sentences


class Amounts(Job):
    """Units of text."""

    def of(self, unit: str) -> float:
        amount: float = getattr(self, unit)()
        return amount * self.part

    @property
    def _both(self) -> float:
        return self.sizes.source_words + self.sizes.target_words

    @property
    def _side(self) -> float:
        words: float = getattr(self.sizes, f"{self.wildcards.get('side', 'target')}_words")
        return words

    @property
    def _baseline_pairs(self) -> int:
        pairs = self.sizes.pairs["train"]
        return min(pairs, self.settings.baseline.training_pairs or pairs)

    def drawn_pairs(self) -> float:
        return sum(self.sizes.pairs.values())

    def read_words(self) -> float:
        split = self.wildcards.get("split", "train")
        return self.sizes.read(split) * self._both

    def read_side_words(self) -> float:
        split = self.wildcards.get("split", "train")
        return self.sizes.read(split) * self._side

    def side_words(self) -> float:
        return self.sizes.pairs[self.wildcards.get("split", "train")] * self._side

    def all_words(self) -> float:
        return sum(self.sizes.pairs.values()) * self._both

    def aligned_cells(self) -> float:
        return self._baseline_pairs * self.sizes.source_words * self.sizes.target_words

    def baseline_words(self) -> float:
        return self._baseline_pairs * self._both

    def tuned_words(self) -> float:
        baseline = self.settings.baseline
        sentences = min(self.sizes.pairs["dev"], baseline.tune_sentences)
        return sentences * self.sizes.source_words * baseline.tune_rounds

    def searched_words(self) -> float:
        """Source words, as many as make the work of 100-best lists; longer lists take longer."""
        longer = 0.72 + 0.28 * self.settings.baseline.nbest_size / 100
        return self.listed_sentences(self.split) * self.sizes.source_words * longer

    def hypotheses(self) -> float:
        return self.hypotheses_of(self.split)

    def read_hypotheses(self) -> float:
        """Lines of lists, which cost as much as four, and of the scores of each model."""
        return self.hypotheses_of("test") * (4 + len(self.models))

    def tuned_hypotheses(self) -> float:
        return self.hypotheses_of("dev") * (4 + len(self.models))

    def swept_hypotheses(self) -> float:
        return (self.hypotheses_of("test") + self.hypotheses_of("dev")) * (4 + len(self.models))

    def test_sentences(self) -> float:
        return self.sizes.pairs["test"]

    def parameters(self) -> float:
        return sum(Shape.of(self.settings, model).parameters for model in self.models)


@dataclass(frozen=True)
class Shape:
    """Weights of a network that a word meets, and all of them; no biases."""

    encoder: int
    decoder: int
    softmax: int
    layers: int
    hidden_size: int
    parameters: int

    @classmethod
    def of(cls, settings: Settings, model: str) -> "Shape":
        network: ModelSettings = settings.models[model].network(settings.model)
        first = network.hidden_size * (network.embedding_size + network.hidden_size)
        above = (network.layers - 1) * 2 * network.hidden_size**2
        recurrent = GATES[network.cell] * (first + above)
        softmax = network.hidden_size * settings.vocabulary.target_words
        words = settings.vocabulary.source_words + settings.vocabulary.target_words
        total = 2 * recurrent + softmax + words * network.embedding_size
        return cls(recurrent, recurrent, softmax, network.layers, network.hidden_size, total)


@dataclass(frozen=True)
class Load:
    """What networks compute: operations at the rate of training, cells one after the other, bytes."""

    flops: float
    cells: float
    bytes: float
    precision: str = "fp32"


class Loads(Job):
    """What networks compute in a job."""

    def of(self, network: str) -> Load:
        load: Load = getattr(self, network)()
        return Load(load.flops * self.part, load.cells * self.part, load.bytes, load.precision)

    @property
    def _shapes(self) -> Sequence[Shape]:
        return [Shape.of(self.settings, model) for model in self.models]

    def training(self) -> Load:
        """Of one segment; gradients take two operations for each of the forward pass."""
        train, (shape,) = self.settings.train, self._shapes
        pairs = self.sizes.pairs["train"]
        steps = self.sizes.source_words + self.sizes.target_words + 2
        updates = math.ceil(pairs / train.batch_size) * train.segment_epochs
        copies = 4 if train.optimizer == "sgd" else 6  # read, trained, gradient, written; moments
        states = train.batch_size * steps * shape.layers * shape.hidden_size * 40
        logits = train.batch_size * self.settings.vocabulary.target_words * 16
        return Load(
            3 * pairs * train.segment_epochs * self._forward(shape, beam=1),
            updates * steps * shape.layers,
            4 * copies * shape.parameters + states + logits + 60 * pairs,
            train.precision,
        )

    def validation(self) -> Load:
        """Greedy or beam search of the dev set, and its perplexity."""
        return self._search("dev", self.settings.train.dev_beam)

    def translation(self) -> Load:
        return self._search("test", int(self.wildcards["beam"]))

    def rescoring(self) -> Load:
        (shape,) = self._shapes
        hypotheses = self.hypotheses_of(self.split)
        words = hypotheses * (self.sizes.target_words + 1)
        logits = self.settings.rescore.batch_size * self.settings.vocabulary.target_words * 4
        flops = 2 * words * (shape.decoder + shape.softmax) / SCORING
        return Load(flops, 0.0, 8 * shape.parameters + logits)

    def perplexity(self) -> Load:
        sentences = self.sizes.pairs["test"]
        flops = sum(sentences * self._forward(shape, beam=1) for shape in self._shapes)
        return Load(flops, 0.0, max(8 * shape.parameters for shape in self._shapes))

    def _search(self, split: str, beam: int) -> Load:
        sentences, batch_size = self.sizes.pairs[split], self.settings.translate.batch_size
        batches = math.ceil(sentences / batch_size)
        steps = (self.sizes.source_words + self.sizes.target_words + 2) / 2  # one way, not two
        weights = sum(shape.parameters for shape in self._shapes)
        logits = batch_size * beam * self.settings.vocabulary.target_words * 12
        return Load(
            sum(sentences * self._forward(shape, beam=beam) for shape in self._shapes) / SEARCH,
            sum(batches * steps * shape.layers for shape in self._shapes),
            6 * weights + logits,
        )

    def _forward(self, shape: Shape, *, beam: int) -> float:
        """Operations for one sentence, with ``<EOS>`` on both sides."""
        read = (self.sizes.source_words + 1) * shape.encoder
        written = (self.sizes.target_words + 1) * (shape.decoder + shape.softmax)
        return 2 * (read + beam * written)
