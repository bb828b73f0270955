"""Beam search over one model or an ensemble, all sentences of a batch at once (section 3.2).

Each step extends every partial hypothesis by all words and keeps the B most probable.  A finished
hypothesis is removed and the beam shrinks by one.  Scores are not normalized by length.  An ensemble
averages the models' probabilities.  ``BeamSearchOptions`` has the alternatives that the paper leaves
open.  A sentence is done when its beam is empty or no partial hypothesis can still win: this stops
early without changing the result.

The live hypotheses of all sentences are the rows of one batch, those of a sentence side by side.
Shapes: S sentences, R rows, K best extensions, N n-best, F finished hypotheses.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from seq2seq.inference.hypotheses import BeamStep, Finished, Translation, backtrace, length_divisor
from seq2seq.inference.scoring import TokenIds, TrainedModel
from seq2seq.inference.topk import TopTokens, topk_tokens
from seq2seq.model.lstm import State
from seq2seq.special_tokens import EOS_ID, UNK_ID
from seq2seq.training.batches import source_batch

_NEVER = -math.inf


@dataclass(frozen=True)
class BeamSearchOptions:
    """What the paper leaves open about its search.

    Attributes:
        finished: ``shrink_beam`` by one for each finished hypothesis, or ``keep_width``: then the B
            best unfinished ones continue, and finished ones must be among the B best of all.
        ensemble_mean: ``arithmetic`` or ``geometric`` mean of the models' probabilities.
        length_penalty: see ``length_divisor``.
        unknown_words: UNK is ``allowed`` in translations or ``forbidden``.
        min_words: a translation cannot end before it has this many words.
    """

    finished: str
    ensemble_mean: str
    length_penalty: float
    unknown_words: str
    min_words: int


PAPER = BeamSearchOptions("shrink_beam", "arithmetic", 0.0, "allowed", 0)


@dataclass(frozen=True)
class _Beam:
    """The live rows: sentence (ascending), log probability, last word; the models' states.

    ``row_R`` is the position of each among the rows of the last step, some of which were cut since.
    """

    sentence_R: Tensor
    log_p_R: Tensor
    word_R: Tensor
    row_R: Tensor
    states: tuple[State, ...]


@dataclass(frozen=True)
class _Extensions:
    """The best extensions of each sentence, best first; a log probability of -inf means none.

    ``parent_SK`` is the beam row of the hypothesis that is extended.
    """

    sentence_SK: Tensor
    log_p_SK: Tensor
    word_SK: Tensor
    parent_SK: Tensor


@torch.inference_mode()
def beam_search(
    models: Sequence[TrainedModel],
    sources: Sequence[TokenIds],
    *,
    beam: int,
    max_words: Sequence[int],
    nbest: int = 1,
    options: BeamSearchOptions = PAPER,
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
    finished: list[Finished] = []
    history: list[BeamStep] = []
    while len(live.word_R):
        words = len(history)
        following, states = _advance(models, live, beam, words, options)
        found = _extend(live, following, len(sources), beam, options)
        ended_SK, going_SK = _split(found, width_S, options)
        parent_row_SK = live.row_R[found.parent_SK]
        finished.append(_finish(found, ended_SK, parent_row_SK, length=words, complete=True))
        if options.finished == "shrink_beam":
            width_S = width_S - ended_SK.sum(dim=1)
        divisor = length_divisor(words + 1.0, options.length_penalty)
        best_SN = _best(best_SN, (found.log_p_SK / divisor).where(ended_SK, _NEVER))
        going_SK = going_SK & _can_still_win(found, highest_divisor_S, best_SN)
        history.append(BeamStep(found.word_SK[going_SK], parent_row_SK[going_SK]))
        row_SK = (going_SK.flatten().cumsum(0) - 1).view_as(going_SK)
        cut_SK = going_SK & (limit_S <= words + 1).unsqueeze(1)
        finished.append(_finish(found, cut_SK, row_SK, length=words + 1, complete=False))
        live = _advance_beam(found, going_SK & ~cut_SK, row_SK, states)
    return backtrace(finished, history, len(sources), options.length_penalty)


def _start(models: Sequence[TrainedModel], sources: Sequence[TokenIds]) -> _Beam:
    """Return one empty hypothesis per sentence; its last word is ``<EOS>``."""
    device = models[0].device
    states = tuple(
        model.network.encode(source_batch(sources, model.source_order).to(device))
        for model in models
    )
    return _Beam(
        sentence_R=torch.arange(len(sources), device=device),
        log_p_R=torch.zeros(len(sources), dtype=torch.float64, device=device),
        word_R=torch.full((len(sources),), EOS_ID, device=device),
        row_R=torch.arange(len(sources), device=device),
        states=states,
    )


def _advance(
    models: Sequence[TrainedModel], live: _Beam, beam: int, words: int, options: BeamSearchOptions
) -> tuple[TopTokens, tuple[State, ...]]:
    """Run one decoder step: the top words after each row, and the new states."""
    hidden, states = [], []
    for model, state in zip(models, live.states, strict=True):
        outputs_TRH, after = model.network.decode(live.word_R.unsqueeze(0), state)
        hidden.append(outputs_TRH[0])
        states.append(after)
    forbidden = [UNK_ID] if options.unknown_words == "forbidden" else []
    if words < options.min_words:
        forbidden = [*forbidden, EOS_ID]
    following = topk_tokens(
        [model.network for model in models],
        hidden,
        count=beam if options.finished == "shrink_beam" else beam + 1,
        ensemble_mean=options.ensemble_mean,
        forbidden=forbidden,
    )
    return following, tuple(states)


def _extend(
    live: _Beam, following: TopTokens, sentences: int, beam: int, options: BeamSearchOptions
) -> _Extensions:
    """Return the best extensions per sentence: B, or 2B of which at most B finish."""
    device, each = live.word_R.device, following.word_RK.shape[1]
    rows_S = torch.bincount(live.sentence_R, minlength=sentences)
    first_S = rows_S.cumsum(0) - rows_S
    place_R = torch.arange(len(live.word_R), device=device) - first_S[live.sentence_R]
    log_p_SPC = live.log_p_R.new_full((sentences, beam, each), _NEVER)
    log_p_SPC[live.sentence_R, place_R] = live.log_p_R.unsqueeze(1) + following.log_p_RK
    kept = beam if options.finished == "shrink_beam" else min(2 * beam, beam * each)
    log_p_SK, index_SK = log_p_SPC.flatten(1).topk(kept, dim=1)
    parent_SK = (first_S.unsqueeze(1) + index_SK // each).clamp(max=len(live.word_R) - 1)
    return _Extensions(
        sentence_SK=torch.arange(sentences, device=device).unsqueeze(1).expand_as(log_p_SK),
        log_p_SK=log_p_SK,
        word_SK=following.word_RK[parent_SK, index_SK % each],
        parent_SK=parent_SK,
    )


def _split(
    found: _Extensions, width_S: Tensor, options: BeamSearchOptions
) -> tuple[Tensor, Tensor]:
    """Return which extensions are finished, and which stay in the beam of ``width_S`` (S, K)."""
    possible_SK = found.log_p_SK > _NEVER
    ends_SK = possible_SK & (found.word_SK == EOS_ID)
    rank_SK = torch.arange(found.word_SK.shape[1], device=width_S.device)
    among_best_SK = rank_SK < width_S.unsqueeze(1)
    going_SK = possible_SK & ~ends_SK
    if options.finished == "keep_width":
        return ends_SK & among_best_SK, going_SK & (going_SK.cumsum(1) <= width_S.unsqueeze(1))
    return ends_SK & among_best_SK, going_SK & among_best_SK


def _best(best_SN: Tensor, score_SK: Tensor) -> Tensor:
    """Merge new scores into the N best so far."""
    return torch.cat([best_SN, score_SK], dim=1).topk(best_SN.shape[1])[0]


def _can_still_win(found: _Extensions, highest_divisor_S: Tensor, best_SN: Tensor) -> Tensor:
    """Return which extensions (S, K) may still finish among the n-best.

    Log probabilities only decrease; dividing by the largest possible divisor bounds the final score.
    """
    return found.log_p_SK / highest_divisor_S.unsqueeze(1) > best_SN[:, -1:]


def _finish(
    found: _Extensions, which_SK: Tensor, row_SK: Tensor, *, length: int, complete: bool
) -> Finished:
    return Finished(
        length=length,
        sentence_F=found.sentence_SK[which_SK],
        row_F=row_SK[which_SK],
        log_p_F=found.log_p_SK[which_SK],
        complete=complete,
    )


def _advance_beam(
    found: _Extensions, which_SK: Tensor, row_SK: Tensor, states: tuple[State, ...]
) -> _Beam:
    parents = found.parent_SK[which_SK]
    return _Beam(
        sentence_R=found.sentence_SK[which_SK],
        log_p_R=found.log_p_SK[which_SK],
        word_R=found.word_SK[which_SK],
        row_R=row_SK[which_SK],
        states=tuple(state.select(parents) for state in states),
    )
