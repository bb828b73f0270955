"""The top-k next words of many hypotheses, by one model or an ensemble.

Rows pass through the softmax in blocks that fit the processor's cache: one product, one pass for the
probabilities, one for the top k.  Logarithms are taken of the top k only.

The top k of a row are found in two stages.  The vocabulary is split into groups, and the maximum of
each group is taken; the K best words are all in the K groups with the highest maxima.

Shapes: R rows, V vocabulary, G groups, K best, C candidates.
"""

import math
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor

from seq2seq.model.encoder_decoder import EncoderDecoder
from seq2seq.model.softmax import decoding_block_rows

_GROUP_WORDS = 64


class TopTokens(NamedTuple):
    """The K most probable words of each row, best first.

    ``log_p_RK`` is -inf for a forbidden word, and where the probability underflows (1e-45 in fp32).
    """

    log_p_RK: Tensor
    word_RK: Tensor


def topk_tokens(
    networks: Sequence[EncoderDecoder],
    hidden_RHs: Sequence[Tensor],
    count: int,
    *,
    ensemble_mean: str,
    forbidden: Sequence[int],
) -> TopTokens:
    """Return the ``count`` most probable words under the ensemble, at most the vocabulary.

    Args:
        hidden_RHs: each network's outputs.
        ensemble_mean: ``arithmetic`` or ``geometric`` mean of the networks' probabilities.
        forbidden: words that are never chosen; the others' probabilities stay as they are.
    """
    arithmetic = ensemble_mean == "arithmetic"
    normalize = torch.softmax if arithmetic else torch.log_softmax
    accum_dtype = torch.promote_types(hidden_RHs[0].dtype, torch.float32)
    words = len(networks[0].output_weight_VH)
    rows = decoding_block_rows(networks[0].output_weight_VH)
    blocks = []
    for start in range(0, len(hidden_RHs[0]), rows):
        normalized = (
            normalize(network.logits(hidden_RH[start : start + rows]), dim=1, dtype=accum_dtype)
            for network, hidden_RH in zip(networks, hidden_RHs, strict=True)
        )
        sum_RV = reduce(Tensor.add_, normalized)
        for word in forbidden:
            sum_RV[:, word] = 0.0 if arithmetic else -math.inf
        best_RK, word_RK = top(sum_RV, min(count, words))
        del sum_RV  # the next block needs its memory
        mean_RK = best_RK / len(networks)
        blocks.append((mean_RK.log() if arithmetic else mean_RK, word_RK))
    return TopTokens(*map(torch.cat, zip(*blocks, strict=True)))


def top(values_RV: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return each row's ``count`` highest values and their positions, faster than ``torch.topk``."""
    groups = values_RV.shape[1] // _GROUP_WORDS
    if groups < 2 * count:
        return values_RV.topk(count, dim=1)
    grouped = groups * _GROUP_WORDS
    highest_RG = values_RV[:, :grouped].unflatten(1, (groups, _GROUP_WORDS)).amax(dim=2)
    group_RK = highest_RG.topk(count, dim=1)[1]
    within = torch.arange(_GROUP_WORDS, device=values_RV.device)
    candidate_RC = (group_RK.unsqueeze(2) * _GROUP_WORDS + within).flatten(1)
    rest = torch.arange(grouped, values_RV.shape[1], device=values_RV.device)
    candidate_RC = torch.cat([candidate_RC, rest.expand(len(values_RV), -1)], dim=1)
    values_RK, place_RK = values_RV.gather(1, candidate_RC).topk(count, dim=1)
    return values_RK, candidate_RC.gather(1, place_RK)
