"""BLEU as in 2014, and what a paper of today would print beside it.

The paper's tables (section 3.6) hold cased BLEU of ``multi-bleu.perl`` on Moses tokens: orders one
to four, no smoothing, one reference.  It depends on the tokenizer, so sacreBLEU's signature goes
with it.  Detokenized sacreBLEU 13a and chrF stand beside it and are comparable across papers.
``UNK`` is a word like any other: it stays in the hypothesis and counts as wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import BLEU, CHRF

from seq2seq.evaluation.counts import ORDER, Counts, corpus_counts

RESAMPLES = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Lines:
    """The same sentences twice, line for line: as plain Moses tokens, and as text to be read."""

    tokens: Sequence[str]
    text: Sequence[str]


@dataclass(frozen=True)
class Bleu:
    """Corpus BLEU in percent, what it is made of, and how it was computed."""

    score: float
    signature: str
    precisions: tuple[float, ...]
    brevity_penalty: float
    hypothesis_tokens: int
    reference_tokens: int


@dataclass(frozen=True)
class Interval:
    """The middle 95 % of the scores of resampled test sets."""

    low: float
    high: float


@dataclass(frozen=True)
class TextScore:
    """A score of plain text in percent, with its signature."""

    score: float
    signature: str


def bleu_2014(counts: Counts) -> Bleu:
    """The score of ``multi-bleu.perl`` for sentences whose counts are ``[sentences, 10]``."""
    total = counts.sum(axis=0).tolist()
    metric = BLEU(
        tokenize="none",
        smooth_method="none",
        force=True,
        references=[[""]],  # one reference for each sentence, as the signature is to say
    )
    result = BLEU.compute_bleu(
        correct=total[2 : 2 + ORDER],
        total=total[2 + ORDER :],
        sys_len=total[0],
        ref_len=total[1],
        smooth_method="none",
    )
    return Bleu(
        score=result.score,
        signature=metric.get_signature().format(),
        precisions=tuple(result.precisions),
        brevity_penalty=result.bp,
        hypothesis_tokens=result.sys_len,
        reference_tokens=result.ref_len,
    )


def bleu_of_tokens(hypotheses: Sequence[str], references: Sequence[str]) -> Bleu:
    """BLEU of token lines, as in 2014.

    Raises:
        UserError: no sentences, or files of different length.
    """
    return bleu_2014(corpus_counts(hypotheses, references))


def token_bleu(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """The score alone, for a learning curve."""
    return bleu_of_tokens(hypotheses, references).score


def bootstrap_interval(counts: Counts, *, seed: int, resamples: int = RESAMPLES) -> Interval:
    """Where BLEU would fall for other test sets of this size (Koehn 2004, percentile bootstrap)."""
    generator = np.random.default_rng(seed)
    size = len(counts)
    totals = np.stack(
        [
            np.bincount(generator.integers(size, size=size), minlength=size) @ counts
            for _ in range(resamples)
        ]
    )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(scores_of(totals), [tail, 1 - tail])
    return Interval(float(low), float(high))


def scores_of(totals: Counts) -> NDArray[np.float64]:
    """BLEU of each of many corpora, of which ``totals`` ``[corpora, 10]`` has the summed counts."""
    hypothesis, reference = totals[:, 0], totals[:, 1]
    matched, possible = totals[:, 2 : 2 + ORDER], totals[:, 2 + ORDER :]
    precisions = matched / np.maximum(possible, 1)
    whole = precisions.min(axis=1) > 0
    mean_log = np.log(np.where(whole[:, None], precisions, 1)).mean(axis=1)
    penalty = np.minimum(0, 1 - reference / np.maximum(hypothesis, 1))
    return np.where(whole, 100 * np.exp(mean_log + penalty), 0.0)


def sacrebleu_13a(hypotheses: Sequence[str], references: Sequence[str]) -> TextScore:
    """sacreBLEU with its defaults, on plain (not tokenized) text of equally many lines."""
    metric = BLEU(tokenize="13a")
    score = metric.corpus_score(hypotheses, [references]).score
    return TextScore(score, metric.get_signature().format())


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> TextScore:
    """chrF2 with sacreBLEU's defaults, on plain text of equally many lines."""
    metric = CHRF()
    score = metric.corpus_score(hypotheses, [references]).score
    return TextScore(score, metric.get_signature().format())
