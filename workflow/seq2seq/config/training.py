"""Settings of the models, their number of parameters, and settings of their training."""

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal

from seq2seq.config.validators import Bound, NotNegative, Positive, SettingError

GATES = {"lstm": 4, "gru": 3, "rnn": 1}


def _exact(number: float) -> Fraction:
    return Fraction(str(number))


@dataclass(frozen=True)
class ModelSettings:
    cell: Literal["lstm", "gru", "rnn"]
    layers: Positive[int]
    hidden_size: Positive[int]
    embedding_size: Positive[int]
    initial_range: Positive[float]
    peepholes: bool
    encoder_reads_end: bool

    def __post_init__(self) -> None:
        if self.peepholes and self.cell != "lstm":
            raise SettingError(("peepholes",), f"needs `cell: lstm`, got `{self.cell}`.")


@dataclass(frozen=True)
class ModelSize:
    """Parameters by part; the paper's sum is 384M = 160M + 80M + 80M + 64M (section 3.4)."""

    source_embedding: int
    target_embedding: int
    softmax: int
    encoder: int
    decoder: int

    @property
    def recurrent(self) -> int:
        return self.encoder + self.decoder

    @property
    def total(self) -> int:
        return self.source_embedding + self.target_embedding + self.softmax + self.recurrent

    @property
    def source_word_flops(self) -> int:
        """Training FLOPs per source word: two per weight forward, four backward."""
        return 6 * self.encoder

    @property
    def target_word_flops(self) -> int:
        """Training FLOPs per predicted word, softmax included."""
        return 6 * (self.decoder + self.softmax)

    def by_part(self) -> dict[str, int]:
        """The parts that the paper adds up, and the total."""
        parts = ("source_embedding", "target_embedding", "softmax", "recurrent", "total")
        return {part: getattr(self, part) for part in parts}


def count_parameters(model: ModelSettings, *, source_words: int, target_words: int) -> ModelSize:
    hidden, embedding = model.hidden_size, model.embedding_size
    inputs = embedding + (model.layers - 1) * hidden  # each layer above reads the one below
    stack = GATES[model.cell] * hidden * (inputs + model.layers * hidden)
    if model.peepholes:
        stack += 3 * model.layers * hidden
    embeddings = (source_words * embedding, target_words * embedding)
    return ModelSize(*embeddings, softmax=target_words * hidden, encoder=stack, decoder=stack)


@dataclass(frozen=True)
class ModelVariantSettings:
    """How one trained model differs from ``model:``; ablations vary its network."""

    seed: NotNegative[int]
    source_order: Literal["forward", "reversed", "none"]  # none: a language model of the target
    cell: Literal["lstm", "gru", "rnn"] | None = None
    layers: Positive[int] | None = None
    hidden_size: Positive[int] | None = None
    pairs: Positive[int] | None = None  # a random subset; smaller ones are inside larger ones
    precision: Literal["fp32", "bf16"] | None = None

    def network(self, model: ModelSettings) -> ModelSettings:
        """The settings of this network; ``model`` is the experiment's."""
        return dataclasses.replace(
            model,
            cell=self.cell or model.cell,
            layers=self.layers or model.layers,
            hidden_size=self.hidden_size or model.hidden_size,
        )


@dataclass(frozen=True)
class SegmentSettings:
    """The settings of one training segment; a change to other segments does not rerun it."""

    batch_size: Positive[int]
    bucket_words: Positive[int]
    optimizer: Literal["sgd", "adam"]
    learning_rate: Positive[float]
    clip_norm: Positive[float]
    precision: Literal["auto", "fp32", "bf16"]
    segment_epochs: Positive[float]
    deterministic: bool
    all_reduce: Literal["fp32", "bf16"]
    dropout: Annotated[float, Bound(lambda share: 0 <= share < 1, "must be >= 0 and < 1, got {}.")]


@dataclass(frozen=True)
class TrainSettings(SegmentSettings):
    epochs: Positive[float]
    halve_from_epoch: Positive[float]
    halve_every_epochs: Positive[float]
    dev_beam: Positive[int]

    def __post_init__(self) -> None:
        for name in ("epochs", "halve_from_epoch", "halve_every_epochs"):
            if _exact(getattr(self, name)) % _exact(self.segment_epochs):
                raise SettingError(
                    (name,),
                    f"is {getattr(self, name)}, not a multiple of train.segment_epochs "
                    f"({self.segment_epochs}). The learning rate is constant within a segment.",
                )

    @property
    def segments(self) -> int:
        return int(_exact(self.epochs) / _exact(self.segment_epochs))

    def segment(self, number: int) -> SegmentSettings:
        """The settings of segment ``number`` (from 1), with its learning rate halved on schedule."""
        begin = (number - 1) * _exact(self.segment_epochs)
        since = begin - _exact(self.halve_from_epoch)
        halvings = 0 if since < 0 else int(since // _exact(self.halve_every_epochs)) + 1
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(SegmentSettings)}
        return SegmentSettings(**fields | {"learning_rate": self.learning_rate / 2**halvings})
