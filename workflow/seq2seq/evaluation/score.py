"""All that is said of one system's translations of a test set: the content of a score file."""

from dataclasses import dataclass

from seq2seq.evaluation.bleu import Lines, bleu_2014, bootstrap_interval, chrf, sacrebleu_13a
from seq2seq.evaluation.counts import corpus_counts


@dataclass(frozen=True)
class Score:
    """Scores in percent; ``bleu`` is the one of the paper's tables, in its 95 % interval."""

    bleu: float
    bleu_low: float
    bleu_high: float
    signature: str
    precisions: tuple[float, ...]
    brevity_penalty: float
    hypothesis_tokens: int
    reference_tokens: int
    sentences: int
    sacrebleu_13a: float
    signature_13a: str
    chrf: float
    signature_chrf: str


def score_translations(hypotheses: Lines, references: Lines, *, seed: int) -> Score:
    """Score a system; ``seed`` draws the resampled test sets of the interval.

    Raises:
        UserError: no sentences, or not as many hypotheses as references.
    """
    counts = corpus_counts(hypotheses.tokens, references.tokens)
    bleu = bleu_2014(counts)
    interval = bootstrap_interval(counts, seed=seed)
    modern = sacrebleu_13a(hypotheses.text, references.text)
    characters = chrf(hypotheses.text, references.text)
    return Score(
        bleu=bleu.score,
        bleu_low=interval.low,
        bleu_high=interval.high,
        signature=bleu.signature,
        precisions=bleu.precisions,
        brevity_penalty=bleu.brevity_penalty,
        hypothesis_tokens=bleu.hypothesis_tokens,
        reference_tokens=bleu.reference_tokens,
        sentences=len(counts),
        sacrebleu_13a=modern.score,
        signature_13a=modern.signature,
        chrf=characters.score,
        signature_chrf=characters.signature,
    )
