"""From the paper's BLEU to today's: the same outputs, scored step by step in other ways.

30.59 of the paper cannot be set beside a number of today: BLEU depends on the tokens.  Each way of
scoring here differs in one thing from another, so that what each thing is worth can be read off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seq2seq.evaluation.bleu import Lines, bleu_of_tokens, chrf, sacrebleu_13a
from seq2seq.evaluation.counts import tokens_of
from seq2seq.special_tokens import UNK

BLEU = "BLEU"

_ENTITIES = str.maketrans(
    {
        "&": "&amp;",
        "|": "&#124;",
        "<": "&lt;",
        ">": "&gt;",
        "'": "&apos;",
        '"': "&quot;",
        "[": "&#91;",
        "]": "&#93;",
    }
)


@dataclass(frozen=True)
class Output:
    """A system's translations as they are, and without the word for unknown ones."""

    whole: Lines
    known: Lines


@dataclass(frozen=True)
class WayScore:
    """A score in percent and its signature.

    ``step`` numbers the way from 2014 to today, from 1; it is 0 beside that way.
    """

    way: str
    step: int
    metric: str
    score: float
    signature: str


def without_unknown(tokens: str) -> str:
    """The line without the words that stand for unknown ones."""
    return " ".join(token for token in tokens_of(tokens) if token != UNK)


def escape_entities(tokens: str) -> str:
    """The line as ``tokenizer.perl`` writes it by default: eight characters as entities."""
    return tokens.translate(_ENTITIES)


def score_ways(output: Output, reference: Lines) -> Iterator[WayScore]:
    """The output's score in every way, first as in 2014.

    Escaping on both sides changes no score, since equal tokens stay equal: it stands there because
    the paper's data was escaped.  On one side alone it is a mistake, whose price is told.

    Raises:
        UserError: no sentences, or not as many translations as references.
    """
    escaped = _escaped(output.whole.tokens)
    escaped_reference = _escaped(reference.tokens)
    yield _tokens("as in 2014: Moses tokens, cased", 1, output.whole.tokens, reference.tokens)
    yield _tokens("entities escaped on both sides", 2, escaped, escaped_reference)
    text = sacrebleu_13a(output.whole.text, reference.text)
    yield WayScore("as text: sacreBLEU 13a", 3, BLEU, text.score, text.signature)
    known = sacrebleu_13a(output.known.text, reference.text)
    yield WayScore("as text, UNK removed", 4, BLEU, known.score, known.signature)
    yield _tokens("Moses tokens, UNK removed", 0, output.known.tokens, reference.tokens)
    yield _tokens("entities in the output alone (a mistake)", 0, escaped, reference.tokens)
    characters = chrf(output.whole.text, reference.text)
    yield WayScore("as text: chrF", 0, "chrF", characters.score, characters.signature)


def _tokens(way: str, step: int, hypotheses: Sequence[str], references: Sequence[str]) -> WayScore:
    bleu = bleu_of_tokens(hypotheses, references)
    return WayScore(way, step, BLEU, bleu.score, bleu.signature)


def _escaped(lines: Sequence[str]) -> list[str]:
    return [escape_entities(line) for line in lines]
