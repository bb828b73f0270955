"""Slow and plain computations that the fast ones must agree with."""

import numpy as np
import torch

from seq2seq.special_tokens import EOS_ID


def score(models, source, hypotheses):
    """log of the product over words of the mean of the models' probabilities."""
    total = np.zeros(len(hypotheses))
    for number, hypothesis in enumerate(hypotheses):
        for length in range(len(hypothesis) + 1):
            prefix = hypothesis[:length]
            following = EOS_ID if length == len(hypothesis) else hypothesis[length]
            total[number] += np.log(
                np.mean([probability(model, source, prefix, following) for model in models])
            )
    return total


@torch.inference_mode()
def probability(model, source, prefix, word):
    words_in_order = source[::-1] if model.source_order == "reversed" else source
    state = model.network.encode(torch.tensor([*words_in_order.tolist(), EOS_ID])[:, None])
    outputs, _ = model.network.decode(torch.tensor([EOS_ID, *prefix.tolist()])[:, None], state)
    return float(model.network.logits(outputs[-1])[0].softmax(0)[word])


class Plain:
    """The equations of Graves (2013, eq. 7-11) for one sentence, word by word, as they are written.

    The network gives only its weights, and what it is set to.
    """

    def __init__(self, network):
        self.network, self.settings = network, network.settings
        size = self.settings.hidden_size
        zeros = torch.zeros(size, dtype=network.output_weight_VH.dtype)
        self.states = [(zeros, zeros)] * self.settings.layers

    def read(self, stack, vector):
        """Go up the layers with one word's vector; the top layer's output."""
        for layer, (input_weight, recurrent_weight) in enumerate(stack.layers.all_weights):
            hidden, cell = self.states[layer]
            gates = input_weight @ vector + recurrent_weight @ hidden
            enter, keep, candidate, leave = gates.split(len(hidden))
            to_enter, to_keep, to_leave = (
                stack.peephole_L3H[layer] if self.settings.peepholes else torch.zeros(3, 1)
            )
            enter, keep = (enter + to_enter * cell).sigmoid(), (keep + to_keep * cell).sigmoid()
            cell = keep * cell + enter * candidate.tanh()
            vector = (leave + to_leave * cell).sigmoid() * cell.tanh()
            self.states[layer] = (vector, cell)
        return vector

    def loss(self, words_in_order, target):
        """Minus log p(target, <EOS>) after reading the words."""
        end = [EOS_ID] if self.settings.encoder_reads_end else []
        for word in [*words_in_order, *end]:
            self.read(self.network.encoder, self.network.source_embedding.weight[word])
        embeddings, total = self.network.target_embedding.weight, 0.0
        for word, following in zip([EOS_ID, *target], [*target, EOS_ID], strict=True):
            top = self.read(self.network.decoder, embeddings[word])
            total = total - (self.network.output_weight_VH @ top).log_softmax(0)[following]
        return total
