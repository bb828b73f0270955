"""fairseq 0.12: architecture ``lstm`` without attention.

Its decoder feeds the output of the step before back into its first layer, which cannot be turned off:
6 % more products at the medium size.
"""

import numpy as np
import torch
from fairseq import utils
from fairseq.data import Dictionary
from fairseq.models.lstm import LSTMDecoder, LSTMEncoder, LSTMModel
from fairseq.sequence_generator import SequenceGenerator
from fairseq.sequence_scorer import SequenceScorer
from torch import Tensor, nn

from seq2seq.config.training import ModelSettings
from seq2seq.special_tokens import EOS_ID
from seq2seq.training.batches import Batch, target_batch


class Peer:
    def __init__(self, settings: ModelSettings, vocabulary: int, *, members: int = 1) -> None:
        self.dictionary = Dictionary()
        for number in range(vocabulary - len(self.dictionary)):
            self.dictionary.add_symbol(f"word{number}")
        self.ensemble = [self._network(settings) for _ in range(members)]
        self.network = self.ensemble[0]
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.7)

    def _network(self, settings: ModelSettings) -> LSTMModel:
        layers, size = settings.layers, settings.hidden_size
        encoder = LSTMEncoder(
            self.dictionary, settings.embedding_size, size, layers, dropout_in=0, dropout_out=0
        )
        decoder = LSTMDecoder(
            self.dictionary, settings.embedding_size, size, size, layers,
            dropout_in=0, dropout_out=0, attention=False, encoder_output_units=size,
        )  # fmt: skip
        return LSTMModel(encoder, decoder)

    def translate(self, sources: list[np.ndarray], *, beam: int, words: int) -> None:
        """Equally long sources; every translation is ended after ``words`` steps."""
        networks = [network.eval() for network in self.ensemble]
        generator = SequenceGenerator(
            networks, self.dictionary,
            beam_size=beam, max_len_b=words - 1, min_len=words - 1, normalize_scores=False,
        )  # fmt: skip
        source_BT = self._numbers(torch.from_numpy(np.stack(sources)).long())
        lengths = torch.full((len(sources),), source_BT.shape[1])
        with torch.inference_mode():
            found = generator.generate(
                networks, {"net_input": {"src_tokens": source_BT, "src_lengths": lengths}}
            )
        assert len(found[0][0]["tokens"]) == words

    def score(self, source: np.ndarray, hypotheses: list[np.ndarray]) -> list[float]:
        """Pair by pair, as ``--score-reference`` does; the mean log probability of a word of each."""
        source_BT = self._numbers(torch.from_numpy(source[None]).long()).repeat(len(hypotheses), 1)
        words_BT = target_batch([[*one, EOS_ID] for one in hypotheses]).t()
        inputs_BT = target_batch([[EOS_ID, *one] for one in hypotheses]).t()
        sample = {
            "net_input": {
                "src_tokens": source_BT,
                "src_lengths": torch.full((len(hypotheses),), source_BT.shape[1]),
                "prev_output_tokens": self._numbers(inputs_BT),
            },
            "target": self._numbers(words_BT),
        }
        found = SequenceScorer(self.dictionary).generate([self.network], sample)
        return [float(one[0]["score"]) for one in found]

    def train(self, batches: list[Batch]) -> None:
        self.network.train()
        pad = self.dictionary.pad()
        for batch in batches:
            self.optimizer.zero_grad()
            source_BT = self._numbers(batch.source_TB.t())
            lengths, order = (source_BT != pad).sum(dim=1).sort(descending=True)
            targets_BT = self._numbers(batch.targets_TB.t())[order]
            inputs_BT = self._numbers(batch.inputs_TB.t())[order]
            output = self.network(source_BT[order], lengths, inputs_BT)
            log_p = self.network.get_normalized_probs(output, log_probs=True).flatten(0, 1)
            loss = nn.functional.nll_loss(
                log_p, targets_BT.flatten(), ignore_index=pad, reduction="sum"
            )
            (loss / batch.sentences).backward()
            utils.clip_grad_norm_(self.network.parameters(), 5.0)
            self.optimizer.step()

    def _numbers(self, words: Tensor) -> Tensor:
        """Our numbers as fairseq's, which has four special words before the others."""
        shifted = (words + 2).clamp(max=len(self.dictionary) - 1)
        shifted = shifted.masked_fill(words == EOS_ID, self.dictionary.eos())
        return shifted.masked_fill(words < 0, self.dictionary.pad()).contiguous()
