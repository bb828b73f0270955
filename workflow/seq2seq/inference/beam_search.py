"""Beam search over one model or an ensemble, all sentences of a batch at once (section 3.2).

Each step extends every partial hypothesis by all words and keeps the B most probable.  A finished
hypothesis is removed and the beam shrinks by one.  Scores are not normalized by length.  An ensemble
averages the models' probabilities.  ``TranslateSettings`` has the alternatives that the paper leaves
open.  A sentence is done when its beam is empty or no partial hypothesis can still win: this stops
early without changing the result.

The live hypotheses of all sentences are the rows of one batch, those of a sentence side by side.  Each
extension of a step points to its parent among those of the previous step, so a word is stored once and
never moved.  A step waits for a GPU once, to learn how many rows go on; what ended is read at the end.
Shapes: S sentences, R rows, K best extensions, N n-best, T steps.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from seq2seq.config.decoding import PAPER_SEARCH, TranslateSettings
from seq2seq.inference.scoring import TokenIds, TrainedModel
from seq2seq.inference.topk import TopTokens, topk_tokens
from seq2seq.model.lstm import State
from seq2seq.runtime.logging import Progress
from seq2seq.runtime.shards import WHOLE, Shard
from seq2seq.special_tokens import EOS_ID, UNK_ID
from seq2seq.training.batches import sorted_batches, source_batch

Length = TypeVar("Length", float, Tensor)
_NEVER = -math.inf


class Translation(NamedTuple):
    """Token ids without ``<EOS>``; ``complete`` is false if the length limit cut it."""

    words: tuple[int, ...]
    log_probability: float
    complete: bool


class _Step(NamedTuple):
    """What a step found, to be read at the end: ``ended_SK`` finish their parents, ``cut_SK`` end here.

    ``parent_SK`` is a position in the flattened (S, K) of the step before.
    """

    word_SK: Tensor
    parent_SK: Tensor
    log_p_SK: Tensor
    ended_SK: Tensor
    cut_SK: Tensor


class _Beam(NamedTuple):
    """The live rows: sentence (ascending), log probability, last word; the models' states.

    ``place_R`` is the position of each in the flattened (S, K) of the last step; ``rows_S`` counts the
    rows of each sentence.
    """

    sentence_R: Tensor
    log_p_R: Tensor
    place_R: Tensor
    word_R: Tensor
    rows_S: Tensor
    states: tuple[State, ...]


class _Extensions(NamedTuple):
    """The best extensions of each sentence, best first; a log probability of -inf means none.

    ``parent_SK`` is the beam row of the hypothesis that is extended.
    """

    log_p_SK: Tensor
    word_SK: Tensor
    parent_SK: Tensor


def translate_sentences(
    models: Sequence[TrainedModel],
    sources: Sequence[TokenIds],
    settings: TranslateSettings,
    *,
    beam: int,
    nbest: int = 1,
    shard: Shard = WHOLE,
) -> dict[int, list[Translation]]:
    """Return the translations of a shard's sentences, by position in ``sources`` and in that order.

    Batches are sorted by length.  Shards share whole batches, in turn, so the results do not depend on
    the number of shards, to the last digit.
    """
    lengths = np.array([len(source) for source in sources], dtype=np.int64)
    limits = (lengths * settings.max_words_factor + settings.max_words_constant).astype(np.int64)
    batches = sorted_batches(lengths, batch_size=settings.batch_size)
    batches = batches[shard.number - 1 :: shard.count]
    found: dict[int, list[Translation]] = {}
    progress = Progress(f"beam {beam}", total=sum(map(len, batches)), unit="sentences")
    for rows in batches:
        some, most = [sources[row] for row in rows], limits[rows].tolist()
        batch = beam_search(models, some, beam=beam, max_words=most, nbest=nbest, options=settings)
        found.update(zip(rows.tolist(), batch, strict=True))
        progress.advance(len(rows))
    progress.finish()
    return dict(sorted(found.items()))


@torch.inference_mode()
def beam_search(
    models: Sequence[TrainedModel],
    sources: Sequence[TokenIds],
    *,
    beam: int,
    max_words: Sequence[int],
    nbest: int = 1,
    options: TranslateSettings = PAPER_SEARCH,
) -> list[list[Translation]]:
    """Return the translations of each sentence, best first, complete ones before cut ones.

    Args:
        max_words: for each sentence, the length at which a translation is cut.
        nbest: how many translations of each sentence must be exact; at most ``beam``.
    """
    assert 1 <= nbest <= beam
    live = _start(models, sources)
    limit_S = torch.tensor(max_words, device=live.log_p_R.device)
    highest_divisor_S = length_divisor((limit_S + 1).double(), options.length_penalty)
    width_S = torch.full_like(limit_S, beam)
    best_SN = live.log_p_R.new_full((len(sources), nbest), _NEVER)
    history: list[_Step] = []
    while len(live.word_R):
        words = len(history)
        following, states = _advance(models, live, beam, words, options)
        found = _extend(live, following, beam, options)
        ended_SK, going_SK = _split(found, width_S, options.finished)
        if options.finished == "shrink_beam":
            width_S = width_S - ended_SK.sum(dim=1)
        divisor = length_divisor(words + 1.0, options.length_penalty)
        score_SK = (found.log_p_SK / divisor).where(ended_SK, _NEVER)
        best_SN = torch.cat([best_SN, score_SK], dim=1).topk(nbest)[0]
        # Log probabilities only decrease: the largest divisor bounds the score of what still goes on.
        going_SK = going_SK & (found.log_p_SK / highest_divisor_S.unsqueeze(1) > best_SN[:, -1:])
        cut_SK = going_SK & (limit_S <= words + 1).unsqueeze(1)
        parent_place_SK = live.place_R[found.parent_SK]
        history.append(_Step(found.word_SK, parent_place_SK, found.log_p_SK, ended_SK, cut_SK))
        going_SK = going_SK & ~cut_SK
        place_R = going_SK.flatten().nonzero().squeeze(1)  # a GPU is waited for here only
        log_p_R, word_R, parent_R = (part_SK.flatten()[place_R] for part_SK in found)
        states = tuple(state.select(parent_R) for state in states)
        sentence_R = place_R // going_SK.shape[1]
        live = _Beam(sentence_R, log_p_R, place_R, word_R, going_SK.sum(dim=1), states)
    return _backtrace(history, len(sources), options.length_penalty)


def _start(models: Sequence[TrainedModel], sources: Sequence[TokenIds]) -> _Beam:
    """Return one empty hypothesis per sentence; its last word is ``<EOS>``."""
    device = models[0].device
    states = tuple(
        model.network.encode(source_batch(sources, model.source_order).to(device))
        for model in models
    )
    number_R = torch.arange(len(sources), device=device)
    log_p_R = torch.zeros(len(sources), dtype=torch.float64, device=device)
    word_R, rows_S = torch.full_like(number_R, EOS_ID), torch.ones_like(number_R)
    return _Beam(number_R, log_p_R, number_R, word_R, rows_S, states)


def _advance(
    models: Sequence[TrainedModel], live: _Beam, beam: int, words: int, options: TranslateSettings
) -> tuple[TopTokens, tuple[State, ...]]:
    """Run one decoder step: the top words after each row, and the new states."""
    pairs = zip(models, live.states, strict=True)
    stepped = [model.network.decode(live.word_R.unsqueeze(0), state) for model, state in pairs]
    forbidden = [UNK_ID] * (options.unknown_words == "forbidden")
    forbidden += [EOS_ID] * (words < options.min_words)
    networks = [model.network for model in models]
    hidden_RHs = [outputs_TRH[0] for outputs_TRH, _ in stepped]
    count, mean = beam + (options.finished == "keep_width"), options.ensemble_mean
    following = topk_tokens(networks, hidden_RHs, count, ensemble_mean=mean, forbidden=forbidden)
    return following, tuple(state for _, state in stepped)


def _extend(live: _Beam, best: TopTokens, beam: int, options: TranslateSettings) -> _Extensions:
    """Return the best extensions per sentence: B, or 2B of which at most B finish."""
    device, each = live.word_R.device, best.word_RK.shape[1]
    first_S = live.rows_S.cumsum(0) - live.rows_S
    rank_R = torch.arange(len(live.word_R), device=device) - first_S[live.sentence_R]
    log_p_SPC = live.log_p_R.new_full((len(first_S), beam, each), _NEVER)
    log_p_SPC[live.sentence_R, rank_R] = live.log_p_R.unsqueeze(1) + best.log_p_RK
    kept = beam if options.finished == "shrink_beam" else min(2 * beam, beam * each)
    log_p_SK, index_SK = log_p_SPC.flatten(1).topk(kept, dim=1)
    parent_SK = (first_S.unsqueeze(1) + index_SK // each).clamp(max=len(live.word_R) - 1)
    return _Extensions(log_p_SK, best.word_RK[parent_SK, index_SK % each], parent_SK)


def _split(found: _Extensions, width_S: Tensor, finished: str) -> tuple[Tensor, Tensor]:
    """Return which extensions are finished, and which stay in the beam of ``width_S`` (S, K)."""
    possible_SK = found.log_p_SK > _NEVER
    ends_SK = possible_SK & (found.word_SK == EOS_ID)
    rank_SK = torch.arange(found.word_SK.shape[1], device=width_S.device)
    among_best_SK = rank_SK < width_S.unsqueeze(1)
    going_SK = possible_SK & ~ends_SK
    if finished == "keep_width":
        return ends_SK & among_best_SK, going_SK & (going_SK.cumsum(1) <= width_S.unsqueeze(1))
    return ends_SK & among_best_SK, going_SK & among_best_SK


def length_divisor(words: Length, penalty: float) -> Length:
    """Return ((5 + words) / 6) ^ penalty, by which Wu et al. (2016, eq. 14) divide log p.

    ``words`` includes ``<EOS>``.  The paper has no such penalty: with 0 the divisor is 1.
    """
    divisor: Length = ((5.0 + words) / 6.0) ** penalty
    return divisor


def _backtrace(history: list[_Step], sentences: int, penalty: float) -> list[list[Translation]]:
    """Follow all finished hypotheses back to the start, one step at a time for all of them."""
    steps = (torch.stack(parts).cpu().numpy() for parts in zip(*history, strict=True))
    word_TSK, parent_TSK, log_p_TSK, ended_TSK, cut_TSK = steps
    word_TP, parent_TP = (one.reshape(len(history), -1) for one in (word_TSK, parent_TSK))
    translations: list[list[Translation]] = [[] for _ in range(sentences)]
    for complete, which_TSK in ((True, ended_TSK), (False, cut_TSK)):
        step_F, sentence_F, rank_F = which_TSK.nonzero()
        place_F = sentence_F * which_TSK.shape[2] + rank_F
        words_FT = np.zeros((len(step_F), len(history)), dtype=np.int64)
        for step in reversed(range(len(history))):
            reached = np.flatnonzero(step_F >= step)
            words_FT[reached, step] = word_TP[step, place_F[reached]]
            place_F[reached] = parent_TP[step, place_F[reached]]
        length_F = step_F + (not complete)  # the word that ends is no part of a translation
        log_p_F = log_p_TSK[which_TSK]
        found = zip(sentence_F, words_FT.tolist(), length_F, log_p_F.tolist(), strict=True)
        for sentence, words, length, log_p in found:
            translations[sentence].append(Translation(tuple(words[:length]), log_p, complete))

    def rank(one: Translation) -> tuple[bool, float, tuple[int, ...]]:
        divisor = length_divisor(float(len(one.words) + one.complete), penalty)
        return not one.complete, -one.log_probability / float(divisor), one.words

    return [sorted(found, key=rank) for found in translations]
