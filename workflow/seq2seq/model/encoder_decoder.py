"""The encoder-decoder of section 2: one deep LSTM reads, a second starts from its state and writes.

Shapes: T steps, B sentences, R rows (hypotheses), L layers, E embedding, H cells, V words, N target
words.
"""

import torch
from torch import Tensor, nn

from seq2seq.config.training import ModelSettings
from seq2seq.model.device import linear
from seq2seq.model.lstm import RecurrentStack, State
from seq2seq.model.softmax import SummedCrossEntropy
from seq2seq.special_tokens import PAD_ID


def _unfilled_embedding(words: int, size: int) -> nn.Embedding:
    """Skip PyTorch's own initialization: on the ``meta`` device it costs two seconds of imports."""
    made: nn.Embedding = nn.Embedding.from_pretrained(torch.empty(words, size), freeze=False)
    return made


class EncoderDecoder(nn.Module):
    """Two recurrent stacks with separate weights, without attention.

    ``compute_type`` is the dtype of matrix products; parameters and losses stay in fp32.
    """

    def __init__(self, settings: ModelSettings, *, source_words: int, target_words: int) -> None:
        super().__init__()
        self.settings = settings
        self.compute_type: torch.dtype | None = None
        self.source_embedding = _unfilled_embedding(source_words, settings.embedding_size)
        self.target_embedding = _unfilled_embedding(target_words, settings.embedding_size)
        shape = settings.cell, settings.layers, settings.embedding_size, settings.hidden_size
        self.encoder = RecurrentStack(*shape, peepholes=settings.peepholes)
        self.decoder = RecurrentStack(*shape, peepholes=settings.peepholes)
        self.output_weight_VH = nn.Parameter(torch.empty(target_words, settings.hidden_size))

    def initialize(self, *, initial_range: float, generator: torch.Generator) -> None:
        """Draw every parameter from U(-initial_range, initial_range) (section 3.4: 0.08)."""
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-initial_range, initial_range, generator=generator)

    def use_sparse_embedding_gradients(self) -> None:
        """Make embedding gradients sparse: rows of the batch's words only."""
        self.source_embedding.sparse = self.target_embedding.sparse = True

    def use_dropout(self, share: float) -> None:
        """Drop this share of the inputs of every layer in training (Zaremba et al. 2014)."""
        self.encoder.dropout = self.decoder.dropout = share

    def encode(self, source_TB: Tensor) -> State:
        """Return the sentence vectors: the state after ``<EOS>``. Padding is on the left."""
        read_TB = source_TB if self.settings.encoder_reads_end else source_TB[:-1]
        inputs = self._embed(self.source_embedding, read_TB)
        state = self.encoder.initial_state(source_TB.shape[1], inputs)
        if len(inputs):
            _, state = self.encoder(inputs, state)
        return state

    def decode(self, inputs_TB: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the top layer's outputs (T, B, H) and the new state; the first input is ``EOS_ID``."""
        return self.decoder(self._embed(self.target_embedding, inputs_TB), state)

    def loss(self, source_TB: Tensor, inputs_TB: Tensor, targets_TB: Tensor) -> Tensor:
        """Return -log p(T|S), summed over all words of the batch including ``<EOS>`` (section 3.2)."""
        place_N = (targets_TB.flatten() != PAD_ID).nonzero().squeeze(1)
        return self.loss_at(source_TB, inputs_TB, place_N, targets_TB.flatten()[place_N])

    def loss_at(
        self, source_TB: Tensor, inputs_TB: Tensor, place_N: Tensor, targets_N: Tensor
    ) -> Tensor:
        """Return the same loss; ``place_N`` are the targets' positions in the flattened (T, B)."""
        hidden_TBH, _ = self.decode(inputs_TB, self.encode(source_TB))
        hidden_NH = hidden_TBH.flatten(0, 1).index_select(0, place_N)
        hidden_NH = nn.functional.dropout(hidden_NH, self.decoder.dropout, self.training)
        loss: Tensor = SummedCrossEntropy.apply(hidden_NH, self.output_weight_VH, targets_N)
        return loss

    def logits(self, hidden_RH: Tensor) -> Tensor:
        """Return unnormalized scores of all words (R, V), without gradients."""
        return linear(hidden_RH, self.output_weight_VH)

    def _embed(self, embedding: nn.Embedding, words_TB: Tensor) -> Tensor:
        # Padding becomes a zero vector, which leaves a zero state at zero: no mask is needed.
        vectors = embedding(words_TB.clamp_min(0)) * (words_TB != PAD_ID).unsqueeze(-1)
        return vectors if self.compute_type is None else vectors.to(self.compute_type)
