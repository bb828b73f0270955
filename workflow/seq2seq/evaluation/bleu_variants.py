"""From the BLEU of 2014 to modern BLEU: the same outputs, scored in several ways.

The paper's 30.59 cannot be compared with a modern score, because BLEU depends on the tokens.  Each
variant differs in one thing from another, so the effect of each can be read off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seq2seq.evaluation import bleu
from seq2seq.evaluation.bleu import Lines, tokens_of
from seq2seq.special_tokens import UNK

BLEU = "BLEU"

_NAMES = zip("&|<>'\"[]", ("amp", "#124", "lt", "gt", "apos", "quot", "#91", "#93"), strict=True)
_ENTITIES = str.maketrans({character: f"&{name};" for character, name in _NAMES})


@dataclass(frozen=True)
class VariantScore:
    """A score in percent and its signature."""

    way: str
    metric: str
    score: float
    signature: str


def without_unknown(tokens: str) -> str:
    """Remove ``UNK`` from a line."""
    return " ".join(token for token in tokens_of(tokens) if token != UNK)


def escape_entities(tokens: str) -> str:
    """Escape eight characters, as ``tokenizer.perl`` does by default."""
    return tokens.translate(_ENTITIES)


def score_variants(output: Lines, known: Lines, reference: Lines) -> Iterator[VariantScore]:
    """Score the output in every way, first as in 2014; ``known`` is the output without ``UNK``.

    Escaping both sides changes no score, since equal tokens stay equal.  It is included because the
    paper's data was escaped.  Escaping one side only is a common mistake, shown with its cost.
    """
    escaped = [escape_entities(line) for line in output.tokens]
    escaped_reference = [escape_entities(line) for line in reference.tokens]
    yield _tokens("as in 2014: Moses tokens, cased", output.tokens, reference.tokens)
    yield _tokens("entities escaped on both sides", escaped, escaped_reference)
    name = f"as text: sacreBLEU {bleu.sacrebleu_tokenizer(reference.language)}"
    yield VariantScore(name, BLEU, *bleu.sacrebleu(output, reference))
    yield VariantScore("as text, UNK removed", BLEU, *bleu.sacrebleu(known, reference))
    yield _tokens("Moses tokens, UNK removed", known.tokens, reference.tokens)
    yield _tokens("entities in the output alone (a mistake)", escaped, reference.tokens)
    yield VariantScore("as text: chrF", "chrF", *bleu.chrf(output, reference))


def _tokens(way: str, hypotheses: Sequence[str], references: Sequence[str]) -> VariantScore:
    score = bleu.bleu_of_tokens(hypotheses, references).score
    return VariantScore(way, BLEU, score, bleu.signature_2014())
