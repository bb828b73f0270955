"""Beam search as a textbook tells it: one sentence, lists of words, never stopped early."""

from dataclasses import dataclass

import numpy as np
import torch

from seq2seq.special_tokens import EOS_ID, UNK_ID


@dataclass(frozen=True)
class Found:
    words: tuple
    log_probability: float
    complete: bool


def plain_search(models, source, *, beam, limit, options):
    """All hypotheses that ended or were cut, best first."""
    live, found, places = [((), 0.0)], [], beam
    for _ in range(limit):
        candidates = sorted(extensions(models, source, live, options), key=lambda one: -one[1])
        if options.finished == "shrink_beam":
            best = candidates[:places]
            ended = [one for one in best if one[0][-1] == EOS_ID]
            live = [one for one in best if one[0][-1] != EOS_ID]
            places -= len(ended)
        else:
            ended = [one for one in candidates[:beam] if one[0][-1] == EOS_ID]
            live = [one for one in candidates if one[0][-1] != EOS_ID][:beam]
        found += [Found(words[:-1], log_p, True) for words, log_p in ended]
    return ranked(found + [Found(*one, False) for one in live], options)


def extensions(models, source, live, options):
    for words, log_p in live:
        following = next_log_probabilities(models, source, words, options.ensemble_mean)
        for word, more in enumerate(following):
            unknown = word == UNK_ID and options.unknown_words == "forbidden"
            too_short = word == EOS_ID and len(words) < options.min_words
            if not (unknown or too_short):
                yield (*words, word), log_p + more


@torch.inference_mode()
def next_log_probabilities(models, source, words, ensemble):
    log_ps = []
    for model in models:
        read = source[::-1] if model.source_order == "reversed" else source
        state = model.network.encode(torch.tensor([*read.tolist(), EOS_ID])[:, None])
        outputs, _ = model.network.decode(torch.tensor([EOS_ID, *words])[:, None], state)
        log_ps.append(model.network.logits(outputs[-1])[0].log_softmax(0).numpy())
    if ensemble == "geometric":
        return np.mean(log_ps, axis=0)
    return np.log(np.mean(np.exp(log_ps), axis=0))


def ranked(found, options):
    def key(one):
        length = len(one.words) + one.complete
        value = one.log_probability / ((5 + length) / 6) ** options.length_penalty
        return (not one.complete, -value)

    return sorted(found, key=key)
