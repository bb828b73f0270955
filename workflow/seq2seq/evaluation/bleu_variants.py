"""From the BLEU of 2014 to modern BLEU: the same outputs, scored in several ways.

The paper's 30.59 cannot be compared with a modern score, because BLEU depends on the tokens.  Each
variant differs in one thing from another, so the effect of each can be read off.

COMET, a learned metric, is optional: ``pip install unbabel-comet`` and name a model in
``evaluate.comet``.  It downloads gigabytes and its pinned packages conflict with the locked ones, so
give it an environment of its own.
"""

import importlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import (
    Lines,
    bleu_of_tokens,
    chrf,
    sacrebleu_13a,
    signature_2014,
    tokens_of,
)
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
class VariantScore:
    """A score in percent and its signature.

    ``step`` numbers the way from 2014 to now, from 1; variants off that way have 0.
    """

    way: str
    step: int
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
    yield _tokens("as in 2014: Moses tokens, cased", 1, output.tokens, reference.tokens)
    yield _tokens("entities escaped on both sides", 2, escaped, escaped_reference)
    text = sacrebleu_13a(output.text, reference.text)
    yield VariantScore("as text: sacreBLEU 13a", 3, BLEU, text.score, text.signature)
    text = sacrebleu_13a(known.text, reference.text)
    yield VariantScore("as text, UNK removed", 4, BLEU, text.score, text.signature)
    yield _tokens("Moses tokens, UNK removed", 0, known.tokens, reference.tokens)
    yield _tokens("entities in the output alone (a mistake)", 0, escaped, reference.tokens)
    text = chrf(output.text, reference.text)
    yield VariantScore("as text: chrF", 0, "chrF", text.score, text.signature)


def _tokens(
    way: str, step: int, hypotheses: Sequence[str], references: Sequence[str]
) -> VariantScore:
    bleu = bleu_of_tokens(hypotheses, references)
    return VariantScore(way, step, BLEU, bleu.score, signature_2014())


def comet_score(
    sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str], *, model: str
) -> float:
    """COMET's system score x 100; ``model`` is a name such as ``Unbabel/wmt22-comet-da`` or a .ckpt.

    Raises:
        UserError: COMET is not installed, or the model cannot be loaded.
    """
    try:
        comet: Any = importlib.import_module("comet")
    except ImportError as error:
        raise UserError(
            "evaluate.comet names a model, but COMET is not installed: "
            "`pip install unbabel-comet`, or set it to null."
        ) from error
    try:
        path = model if model.endswith(".ckpt") else comet.download_model(model)
        loaded = comet.load_from_checkpoint(path)
    except (OSError, KeyError, ValueError) as error:
        raise UserError(
            f"evaluate.comet: the model {model} cannot be loaded ({error}). Give a model's name on "
            "a machine with network, the path of a .ckpt file elsewhere, or null."
        ) from error
    triples = [
        {"src": source, "mt": hypothesis, "ref": reference}
        for source, hypothesis, reference in zip(sources, hypotheses, references, strict=True)
    ]
    gpus = int(shutil.which("nvidia-smi") is not None)
    found = loaded.predict(triples, batch_size=32, gpus=gpus, progress_bar=False)
    return 100 * float(found["system_score"])
