"""What a reader of a tutorial would write: the yardstick of the benchmarks.

``nn.LSTM`` over padded batches, all logits at once, dense gradients; one sentence translated at a time.
"""

import numpy as np
import torch
from torch import Tensor, nn

from seq2seq.config.training import ModelSettings
from seq2seq.special_tokens import EOS_ID, PAD_ID
from seq2seq.training.batches import Batch


class Textbook(nn.Module):
    def __init__(self, settings: ModelSettings, vocabulary: int) -> None:
        super().__init__()
        size, layers = settings.hidden_size, settings.layers
        self.source_embedding = nn.Embedding(vocabulary, settings.embedding_size)
        self.target_embedding = nn.Embedding(vocabulary, settings.embedding_size)
        self.encoder = nn.LSTM(settings.embedding_size, size, layers, bias=False)
        self.decoder = nn.LSTM(settings.embedding_size, size, layers, bias=False)
        self.output = nn.Linear(size, vocabulary, bias=False)

    def forward(self, source_TB: Tensor, inputs_TB: Tensor) -> Tensor:
        _, state = self.encoder(self.source_embedding(source_TB.clamp_min(0)))
        outputs, _ = self.decoder(self.target_embedding(inputs_TB.clamp_min(0)), state)
        return self.output(outputs)


def train(network: Textbook, batches: list[Batch]) -> None:
    optimizer = torch.optim.SGD(network.parameters(), lr=0.7)
    criterion = nn.CrossEntropyLoss(ignore_index=PAD_ID, reduction="sum")
    for batch in batches:
        optimizer.zero_grad()
        logits = network(batch.source_TB, batch.inputs_TB)
        loss = criterion(logits.flatten(0, 1), batch.targets_TB.flatten()) / batch.sentences
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()


@torch.inference_mode()
def translate(network: Textbook, source: np.ndarray, *, beam: int, max_words: int) -> list[int]:
    """Beam search over one sentence, hypotheses as Python lists."""
    reversed_source = torch.tensor([*source[::-1].tolist(), EOS_ID])[:, None]
    _, state = network.encoder(network.source_embedding(reversed_source))
    live, finished = [(0.0, [EOS_ID], state)], []
    for _ in range(max_words):
        candidates = []
        for score, words, (hidden, cell) in live:
            last = torch.tensor([[words[-1]]])
            outputs, after = network.decoder(network.target_embedding(last), (hidden, cell))
            values, found = network.output(outputs[0, 0]).log_softmax(0).topk(beam)
            candidates += [
                (score + value, [*words, word], after)
                for value, word in zip(values.tolist(), found.tolist(), strict=True)
            ]
        best = sorted(candidates, key=lambda one: -one[0])[: beam - len(finished)]
        finished += [one for one in best if one[1][-1] == EOS_ID]
        live = [one for one in best if one[1][-1] != EOS_ID]
        if not live:
            break
    return max(finished or live, key=lambda one: one[0])[1]
