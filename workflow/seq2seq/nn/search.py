"""Beam search over one model or an ensemble, all sentences of a batch at once (section 3.2).

Partial hypotheses are extended by every word and the B likeliest kept; one that ends leaves the beam,
which has from then on one place less.  No score is normalised by length.  An ensemble's next word has
the mean of its models' probabilities.  A sentence is done when its beam is empty or no partial
hypothesis can still overtake the ended ones that are wanted.

The live hypotheses of all sentences are the rows of one batch, those of a sentence side by side.
Shapes: S sentences, R rows, K beam, V words, F finished hypotheses.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seq2seq.nn.batches import source_batch
from seq2seq.nn.recurrent import State
from seq2seq.nn.scoring import TrainedModel, Words
from seq2seq.symbols import EOS_ID

_NEVER = -math.inf


@dataclass(frozen=True)
class Translation:
    """Words without ``<EOS>``; ``complete`` is false where the length limit cut it."""

    words: tuple[int, ...]
    log_probability: float
    complete: bool


@dataclass(frozen=True)
class _Beam:
    """The rows: sentence (rising), log probability, last word; the models' states.

    ``row_R`` is the place of each among the rows that the last step made (some were cut since).
    """

    sentence_R: Tensor
    score_R: Tensor
    word_R: Tensor
    row_R: Tensor
    states: tuple[State, ...]


@dataclass(frozen=True)
class _Extensions:
    """The best of each sentence, best first; a score of minus infinity stands for none.

    ``parent_SK`` is the position in the beam of the hypothesis that is extended.
    """

    sentence_SK: Tensor
    score_SK: Tensor
    word_SK: Tensor
    parent_SK: Tensor


@dataclass(frozen=True)
class _Step:
    """The rows that a step made: the word each appends, and to which row of the step before."""

    word_R: Tensor
    parent_R: Tensor


@dataclass(frozen=True)
class _Finished:
    """Hypotheses of ``length`` words that left the beam, as rows of the step of that number."""

    length: int
    sentence_F: Tensor
    row_F: Tensor
    score_F: Tensor
    complete: bool


@torch.inference_mode()
def beam_search(
    models: Sequence[TrainedModel],
    sources: Sequence[Words],
    *,
    beam: int,
    max_words: Sequence[int],
    min_words: int = 0,
    wanted: int = 1,
) -> list[list[Translation]]:
    """Translate the sentences of one batch.

    Args:
        max_words: for each sentence the length at which a translation is cut.
        min_words: how many words a translation has before it may end.
        wanted: how many translations of each sentence are sure to be the best that the beam can
            give; not more than ``beam``.

    Returns:
        For each sentence its translations, likeliest first; complete ones before any that was cut.
    """
    assert 1 <= wanted <= beam
    live = _begin(models, sources)
    limit_S = torch.tensor(max_words, device=live.score_R.device)
    width_S = torch.full_like(limit_S, beam)
    best_SN = live.score_R.new_full((len(sources), wanted), _NEVER)
    finished: list[_Finished] = []
    history: list[_Step] = []
    while len(live.word_R):
        log_p_RV, states = _advance(models, live)
        if len(history) < min_words:
            log_p_RV[:, EOS_ID] = _NEVER
        found = _extend(live, log_p_RV, width_S, beam)
        possible_SK = found.score_SK > _NEVER
        ended_SK = possible_SK & (found.word_SK == EOS_ID)
        parent_row_SK = live.row_R[found.parent_SK]
        finished.append(_leave(found, ended_SK, parent_row_SK, length=len(history), complete=True))
        width_S = width_S - ended_SK.sum(dim=1)
        best_SN = torch.cat([best_SN, found.score_SK.where(ended_SK, _NEVER)], 1).topk(wanted)[0]
        made_SK = possible_SK & ~ended_SK & (found.score_SK > best_SN[:, -1:])
        history.append(_Step(found.word_SK[made_SK], parent_row_SK[made_SK]))
        row_SK = (made_SK.flatten().cumsum(0) - 1).view_as(made_SK)
        cut_SK = made_SK & (limit_S <= len(history)).unsqueeze(1)
        finished.append(_leave(found, cut_SK, row_SK, length=len(history), complete=False))
        live = _continue(found, made_SK & ~cut_SK, row_SK, states)
    return _read_back(finished, history, len(sources))


def _begin(models: Sequence[TrainedModel], sources: Sequence[Words]) -> _Beam:
    """One hypothesis a sentence: nothing written yet, the last word the source's ``<EOS>``."""
    device = models[0].device
    states = tuple(
        model.network.encode(source_batch(sources, model.source_order).to(device))
        for model in models
    )
    return _Beam(
        sentence_R=torch.arange(len(sources), device=device),
        score_R=torch.zeros(len(sources), dtype=torch.float64, device=device),
        word_R=torch.full((len(sources),), EOS_ID, device=device),
        row_R=torch.arange(len(sources), device=device),
        states=states,
    )


def _advance(models: Sequence[TrainedModel], live: _Beam) -> tuple[Tensor, tuple[State, ...]]:
    """Log probabilities of the next word (R, V), by the mean of the models' probabilities."""
    log_ps, states = [], []
    for model, state in zip(models, live.states, strict=True):
        outputs_TRH, after = model.network.decode(live.word_R.unsqueeze(0), state)
        logits_RV = model.network.logits(outputs_TRH[0])
        exact = torch.promote_types(logits_RV.dtype, torch.float32)
        log_ps.append(logits_RV.to(exact).log_softmax(dim=1))
        states.append(after)
    if len(log_ps) == 1:
        return log_ps[0], tuple(states)
    return torch.stack(log_ps).logsumexp(dim=0) - math.log(len(log_ps)), tuple(states)


def _extend(live: _Beam, log_p_RV: Tensor, width_S: Tensor, beam: int) -> _Extensions:
    """The ``width_S`` best extensions of each sentence's hypotheses, best first."""
    sentences, each = len(width_S), min(beam, log_p_RV.shape[1])
    value_RC, word_RC = log_p_RV.topk(each, dim=1)
    rows_S = torch.bincount(live.sentence_R, minlength=sentences)
    first_S = rows_S.cumsum(0) - rows_S
    place_R = torch.arange(len(live.word_R), device=width_S.device) - first_S[live.sentence_R]
    score_SPC = live.score_R.new_full((sentences, beam, each), _NEVER)
    score_SPC[live.sentence_R, place_R] = live.score_R.unsqueeze(1) + value_RC
    score_SK, index_SK = score_SPC.flatten(1).topk(beam, dim=1)
    beyond_SK = torch.arange(beam, device=width_S.device) >= width_S.unsqueeze(1)
    score_SK = score_SK.masked_fill(beyond_SK, _NEVER)
    parent_SK = (first_S.unsqueeze(1) + index_SK // each).clamp(max=len(live.word_R) - 1)
    return _Extensions(
        sentence_SK=torch.arange(sentences, device=width_S.device).unsqueeze(1).expand_as(score_SK),
        score_SK=score_SK,
        word_SK=word_RC[parent_SK, index_SK % each],
        parent_SK=parent_SK,
    )


def _leave(
    found: _Extensions, which_SK: Tensor, row_SK: Tensor, *, length: int, complete: bool
) -> _Finished:
    return _Finished(
        length=length,
        sentence_F=found.sentence_SK[which_SK],
        row_F=row_SK[which_SK],
        score_F=found.score_SK[which_SK],
        complete=complete,
    )


def _continue(
    found: _Extensions, which_SK: Tensor, row_SK: Tensor, states: tuple[State, ...]
) -> _Beam:
    parents = found.parent_SK[which_SK]
    return _Beam(
        sentence_R=found.sentence_SK[which_SK],
        score_R=found.score_SK[which_SK],
        word_R=found.word_SK[which_SK],
        row_R=row_SK[which_SK],
        states=tuple(state.select(parents) for state in states),
    )


def _read_back(
    finished: Sequence[_Finished], history: Sequence[_Step], sentences: int
) -> list[list[Translation]]:
    """Follow all finished hypotheses back together, one step at a time."""
    length_F = np.concatenate([np.full(len(f.row_F), f.length) for f in finished])
    row_F = np.concatenate([f.row_F.cpu().numpy() for f in finished])
    words_FT = np.zeros((len(row_F), len(history)), dtype=np.int64)
    for step in reversed(range(len(history))):
        written = np.flatnonzero(length_F > step)
        rows = row_F[written]
        words_FT[written, step] = history[step].word_R.cpu().numpy()[rows]
        row_F[written] = history[step].parent_R.cpu().numpy()[rows]
    translations: list[list[Translation]] = [[] for _ in range(sentences)]
    number = 0
    for group in finished:
        for sentence, score in zip(group.sentence_F.tolist(), group.score_F.tolist(), strict=True):
            words = tuple(words_FT[number, : group.length].tolist())
            translations[sentence].append(Translation(words, score, group.complete))
            number += 1
    for found in translations:
        found.sort(key=lambda t: (not t.complete, -t.log_probability, t.words))
    return translations
