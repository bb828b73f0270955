"""Slow and plain computations that the fast ones must agree with."""

import numpy as np
import torch

from seq2seq.symbols import EOS_ID


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
