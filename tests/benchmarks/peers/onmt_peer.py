"""OpenNMT-py 3.5: ``rnn_type LSTM``, no attention, no input feeding."""

import sys
from unittest.mock import MagicMock

import numpy as np
import torch
from torch import Tensor, nn

# What only its preparation of text imports.
for text_only in (
    "spacy",
    "ahocorasick",
    "fasttext",
    "rapidfuzz",
    "flask",
    "waitress",
    "ctranslate2",
):
    sys.modules.setdefault(text_only, MagicMock())

from onmt.decoders.decoder import StdRNNDecoder  # noqa: E402
from onmt.decoders.ensemble import EnsembleModel  # noqa: E402
from onmt.encoders.rnn_encoder import RNNEncoder  # noqa: E402
from onmt.models.model import NMTModel  # noqa: E402
from onmt.modules import Embeddings  # noqa: E402
from onmt.translate import GNMTGlobalScorer  # noqa: E402
from onmt.translate.translator import Translator  # noqa: E402
from pyonmttok import build_vocab_from_tokens  # noqa: E402

from seq2seq.config.training import ModelSettings  # noqa: E402
from seq2seq.special_tokens import EOS_ID  # noqa: E402
from seq2seq.training.batches import Batch, target_batch  # noqa: E402

SPECIALS = ["<unk>", "<blank>", "<s>", "</s>"]
PAD, END = SPECIALS.index("<blank>"), SPECIALS.index("</s>")


class Peer:
    def __init__(self, settings: ModelSettings, vocabulary: int, *, members: int = 1) -> None:
        networks = [_network(settings, vocabulary) for _ in range(members)]
        self.network = networks[0] if members == 1 else EnsembleModel(networks, raw_probs=True)
        self.vocabulary = vocabulary
        words = [f"word{number}" for number in range(vocabulary - len(SPECIALS))]
        table = build_vocab_from_tokens(words, special_tokens=SPECIALS)
        self.words = {"src": table, "tgt": table, "decoder_start_token": "<s>"}
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.7)

    def translate(self, sources: list[np.ndarray], *, beam: int, words: int) -> None:
        """Equally long sources; every translation is ended after ``words`` steps."""
        translator = Translator(
            self.network.eval(), self.words, beam_size=beam,
            min_length=words, max_length=words, max_length_ratio=0,
            global_scorer=GNMTGlobalScorer(0.0, 0.0, "none", "none"),
        )  # fmt: skip
        source_BT1 = self._numbers(torch.from_numpy(np.stack(sources)).long()).unsqueeze(2)
        lengths = torch.full((len(sources),), source_BT1.shape[1])
        found = translator.translate_batch({"src": source_BT1, "srclen": lengths}, attn_debug=False)
        assert len(found["predictions"][0][0]) == words

    def score(self, source: np.ndarray, hypotheses: list[np.ndarray]) -> list[float]:
        """The gold score that it gives to references, one batch of pairs."""
        translator = Translator(
            self.network.eval(), self.words, max_length_ratio=0,
            global_scorer=GNMTGlobalScorer(0.0, 0.0, "none", "none"),
        )  # fmt: skip
        source_BT = self._numbers(torch.from_numpy(source[None]).long()).repeat(len(hypotheses), 1)
        words_BT = self._numbers(target_batch([[0, *one, EOS_ID] for one in hypotheses]).t())
        lengths = torch.full((len(hypotheses),), source_BT.shape[1])
        batch = {"src": source_BT.unsqueeze(2), "srclen": lengths, "tgt": words_BT.unsqueeze(2)}
        with torch.inference_mode():
            encoded, final, lengths = self.network.encoder(batch["src"], lengths)
            self.network.decoder.init_state(batch["src"], encoded, final)
            scores, _ = translator._score_target(batch, encoded, lengths, None)
        return [float(score) for score in scores]

    def train(self, batches: list[Batch]) -> None:
        self.network.train()
        for batch in batches:
            self.optimizer.zero_grad()
            source_BT = self._numbers(batch.source_TB.t())
            filled_BT = source_BT != PAD
            order_BT = filled_BT.int().argsort(dim=1, descending=True, stable=True)
            right_BT = source_BT.gather(1, order_BT)  # it pads on the right
            inputs_BT = self._numbers(batch.inputs_TB.t())
            end_BT = torch.full((len(inputs_BT), 1), PAD)
            outputs, _ = self.network(
                right_BT.unsqueeze(2),
                torch.cat([inputs_BT, end_BT], dim=1).unsqueeze(2),
                filled_BT.sum(dim=1),
            )
            loss = nn.functional.cross_entropy(
                self.network.generator(outputs.flatten(0, 1)),
                self._numbers(batch.targets_TB.t()).flatten(),
                ignore_index=PAD,
                reduction="sum",
            )
            (loss / batch.sentences).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            self.optimizer.step()

    def _numbers(self, words: Tensor) -> Tensor:
        """Our numbers as its own, which has four special words before the others."""
        shifted = (words + 2).clamp(max=self.vocabulary - 1).masked_fill(words == EOS_ID, END)
        return shifted.masked_fill(words < 0, PAD).contiguous()


class _Decoder(StdRNNDecoder):
    """Its ensembles ask every member for an attention, which may be ``None``."""

    def forward(self, *arguments: object, **named: object) -> tuple[Tensor, dict[str, None]]:
        outputs, _ = super().forward(*arguments, **named)
        return outputs, {"std": None}


def _network(settings: ModelSettings, vocabulary: int) -> NMTModel:
    layers, size = settings.layers, settings.hidden_size
    encoder = RNNEncoder("LSTM", False, layers, size, 0.0, _embeddings(settings, vocabulary))
    decoder = _Decoder(
        "LSTM", False, layers, size, attn_type="none", embeddings=_embeddings(settings, vocabulary)
    )
    network = NMTModel(encoder, decoder)
    network.generator = nn.Linear(size, vocabulary)
    return network


def _embeddings(settings: ModelSettings, vocabulary: int) -> Embeddings:
    return Embeddings(settings.embedding_size, vocabulary, PAD)
