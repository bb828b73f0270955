"""BLEU as in 2014 from n-gram counts per sentence, and the scores a paper would print now.

The paper's tables (section 3.6) hold cased BLEU of ``multi-bleu.perl`` on Moses tokens: orders one
to four, no smoothing, one reference.  The score depends on the tokenizer, so it carries sacreBLEU's
signature.  Detokenized sacreBLEU and chrF are comparable across papers.  ``UNK`` stays in the
hypothesis and counts as a wrong word.

A row of counts has ten numbers: hypothesis length, reference length, matched n-grams of order 1 to
4, possible n-grams of order 1 to 4.  Rows add up, so a resampled test set is scored from a sum.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.metrics.bleu import BLEUScore

from seq2seq.errors import UserError
from seq2seq.io.files import read_parallel
from seq2seq.io.nbest import best_translations

ORDER = 4  # the longest n-grams
COLUMNS = 2 + 2 * ORDER
_SACREBLEU_TOKENIZERS = {"ja": "ja-mecab", "ko": "ko-mecab", "zh": "zh", "yue": "zh"}

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The same sentences twice, line by line: as tokens and as text, of a ``language``."""

    tokens: Sequence[str]
    text: Sequence[str]
    language: str = ""

    @classmethod
    def read(cls, tokens: Path, text: Path, language: str) -> "Lines":
        pairs = list(read_parallel(tokens, text))
        return cls([line for line, _ in pairs], [line for _, line in pairs], language)

    @classmethod
    def of_tokens(cls, tokens: Sequence[str], language: str, tokenizer: str) -> "Lines":
        from seq2seq.data.tokenizer import detokenize  # scoring lists needs no sacremoses

        return cls(tokens, [detokenize(line, language, tokenizer) for line in tokens], language)


@dataclass(frozen=True)
class Reference:
    """A reference sentence; its n-grams are counted once for many hypotheses."""

    length: int
    ngrams: tuple[Counter[tuple[str, ...]], ...]

    @classmethod
    def of(cls, line: str) -> "Reference":
        tokens = tokens_of(line)
        return cls(len(tokens), tuple(_ngrams(tokens, order) for order in range(1, ORDER + 1)))


class TextScore(NamedTuple):
    """A score of plain text in percent, with its signature."""

    score: float
    signature: str


def tokens_of(line: str) -> list[str]:
    """Split at ASCII spaces only: a no-break space is part of a token."""
    return [token for token in line.split(" ") if token]


def sentence_counts(hypothesis: str, reference: Reference) -> list[int]:
    """One row: both lengths, then matched and possible n-grams of order 1 to 4."""
    tokens = tokens_of(hypothesis)
    matched = []
    for order, expected in enumerate(reference.ngrams, start=1):
        found = _ngrams(tokens, order)
        shared = found.keys() & expected.keys()
        matched.append(sum(min(found[ngram], expected[ngram]) for ngram in shared))
    possible = [max(len(tokens) - order + 1, 0) for order in range(1, ORDER + 1)]
    return [len(tokens), reference.length, *matched, *possible]


def corpus_counts(hypotheses: Sequence[str], references: Sequence[str]) -> Counts:
    """A row for each sentence, [sentences, 10].

    Raises:
        UserError: no sentences, or not as many hypotheses as references.
    """
    if len(hypotheses) != len(references):
        raise UserError(
            f"{len(hypotheses)} hypotheses cannot be scored against {len(references)} references: "
            "line k of one must translate line k of the other."
        )
    if not references:
        raise UserError("There are no sentences to score: the reference is empty.")
    rows = map(sentence_counts, hypotheses, map(Reference.of, references))
    return np.array(list(rows), dtype=np.int64)


def file_counts(hypotheses: str | Path, references: Sequence[str]) -> Counts:
    """The counts of the best translations in a columnar file, [sentences, 10]."""
    return corpus_counts(best_translations(hypotheses, len(references)), references)


def _ngrams(tokens: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(order)), strict=False))


def bleu_2014(counts: Counts) -> BLEUScore:
    """The score that ``multi-bleu.perl`` gives sentences with these counts ``[sentences, 10]``."""
    return _computed(counts.sum(axis=0).tolist(), smooth_method="none")


def _computed(counts: list[int], **smoothing: Any) -> BLEUScore:
    matched, possible = counts[2 : 2 + ORDER], counts[2 + ORDER :]
    return BLEU.compute_bleu(matched, possible, counts[0], counts[1], **smoothing)


@cache
def signature_2014() -> str:
    """How ``bleu_2014`` is computed, in sacreBLEU's terms; `references` gives nrefs:1."""
    metric = BLEU(tokenize="none", smooth_method="none", force=True, references=[[""]])
    return str(metric.get_signature().format())


def bleu_of_tokens(hypotheses: Sequence[str], references: Sequence[str]) -> BLEUScore:
    """BLEU of token lines, as in 2014; raises ``UserError`` as ``corpus_counts`` does."""
    return bleu_2014(corpus_counts(hypotheses, references))


def scores_of(totals: Counts) -> NDArray[np.float64]:
    """BLEU of many corpora at once, given their summed counts ``[corpora, 10]``."""
    hypothesis, reference = totals[:, 0], totals[:, 1]
    matched, possible = totals[:, 2 : 2 + ORDER], totals[:, 2 + ORDER :]
    precisions = matched / np.maximum(possible, 1)
    positive = precisions.min(axis=1) > 0
    mean_log = np.log(np.where(positive[:, None], precisions, 1)).mean(axis=1)
    penalty = np.minimum(0, 1 - reference / np.maximum(hypothesis, 1))
    return np.where(positive, 100 * np.exp(mean_log + penalty), 0.0)


def sentence_bleu(hypothesis: str, reference: Reference) -> float:
    """Sentence BLEU in percent, smoothed as in ``mteval-v13a``, over the orders it has."""
    counts = sentence_counts(hypothesis, reference)
    return float(_computed(counts, smooth_method="exp", effective_order=True).score)


@cache
def sacrebleu_tokenizer(language: str) -> str:
    """The one that sacreBLEU has for a target language; `char` if it needs MeCab, which is missing."""
    name = _SACREBLEU_TOKENIZERS.get(language, "13a")
    try:
        BLEU(tokenize=name)
    except RuntimeError:
        return "char"
    return name


def sacrebleu(hypotheses: Lines, references: Lines) -> TextScore:
    """sacreBLEU with its defaults, on plain text, by the tokenizer of the references' language."""
    metric = BLEU(tokenize=sacrebleu_tokenizer(references.language))
    return _text_score(metric, hypotheses, references)


def chrf(hypotheses: Lines, references: Lines) -> TextScore:
    """chrF2 with sacreBLEU's defaults, on plain text."""
    return _text_score(CHRF(), hypotheses, references)


def _text_score(metric: BLEU | CHRF, hypotheses: Lines, references: Lines) -> TextScore:
    score = metric.corpus_score(hypotheses.text, [references.text]).score
    return TextScore(score, metric.get_signature().format())


def bleu_report(systems: Sequence[tuple[str, Lines]], reference: tuple[str, Lines]) -> list[str]:
    """The lines of ``seq2seq bleu`` for named files; scores come first: a name may have spaces."""
    reference_name, truth = reference
    expected = len(truth.text)
    if expected == 0:
        raise UserError(f"{reference_name}: is empty; one reference per line was expected.")
    table = ["BLEU 2014  sacreBLEU  hypothesis"]
    legend: dict[str, None] = {}
    for name, system in systems:
        if (found := len(system.text)) != expected:
            raise UserError(
                f"{reference_name} has {expected} lines but {name} has {found}: line k of "
                "one must translate line k of the other."
            )
        bleu, modern = bleu_of_tokens(system.tokens, truth.tokens), sacrebleu(system, truth)
        table.append(f"{bleu.score:9.2f}  {modern.score:9.2f}  {name}")
        moses = f"BLEU 2014  {signature_2014()}  plain Moses tokens ({truth.language}), cased"
        legend |= dict.fromkeys((moses, f"sacreBLEU  {modern.signature}"))
    return [*table, "", *legend]
