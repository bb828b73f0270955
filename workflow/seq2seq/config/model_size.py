"""Count a model's parameters from its settings, without PyTorch."""

from dataclasses import dataclass

from seq2seq.config.training import ModelSettings

GATES = {"lstm": 4, "gru": 3, "rnn": 1}


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
    return ModelSize(
        source_embedding=source_words * embedding,
        target_embedding=target_words * embedding,
        softmax=target_words * hidden,
        encoder=stack,
        decoder=stack,
    )
