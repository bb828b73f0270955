"""Text to tokens and back, as the Moses scripts of 2014 do it.

The paper's data, its n-best lists and its BLEU are tokens of plain ``tokenizer.perl``: no aggressive
splitting of dashes, entities not escaped.  Tokens are joined by one blank and hold none.
"""

import re
from collections.abc import Callable
from functools import cache, partial

from sacremoses import MosesDetokenizer, MosesTokenizer
from sacremoses.corpus import NonbreakingPrefixes

from seq2seq.errors import UserError
from seq2seq.io.moses_nbest import unescape

# Python counts these four separators as blanks, Perl as control characters, which are dropped.
_CONTROLS = re.compile("[\x1c-\x1f]+")


def tokenize(line: str, language: str) -> str:
    """The tokens of a sentence joined by blanks; ``language`` is a code such as ``fr``.

    Raises:
        UserError: Moses does not know the language.
    """
    text = _tokenizer(language).tokenize(
        _CONTROLS.sub("", line),
        aggressive_dash_splits=False,
        escape=False,
        return_str=True,
    )
    return " ".join(filter(None, text.split(" "))) if "  " in text else text.strip(" ")


def normalize_blanks(line: str) -> str:
    """The tokens of a line that is tokenized already: one blank between them, no entities."""
    return unescape(" ".join(token for token in line.replace("\t", " ").split(" ") if token))


def tokenizer(name: str, language: str) -> Callable[[str], str]:
    """``moses``, or ``none`` for corpora that were published as tokens, such as Schwenk's."""
    return normalize_blanks if name == "none" else partial(tokenize, language=language)


def detokenize(tokens: str, language: str) -> str:
    """The text of a sentence, as a reader would want it."""
    detokenizer = _detokenizer(language)
    text: str = detokenizer.detokenize(split(tokens), return_str=True, unescape=False)
    return text


def split(tokens: str) -> list[str]:
    """The tokens of a line, which an empty line has none of."""
    return tokens.split(" ") if tokens else []


@cache
def _tokenizer(language: str) -> MosesTokenizer:
    return MosesTokenizer(_known(language))


@cache
def _detokenizer(language: str) -> MosesDetokenizer:
    return MosesDetokenizer(_known(language))


def _known(language: str) -> str:
    """The library would treat an unknown language as English and say nothing."""
    known = sorted(set(NonbreakingPrefixes().available_langs.values()))
    if language not in known:
        raise UserError(
            f"the Moses tokenizer has no rules for language `{language}`. Use one of the codes "
            f"{' '.join(known)}."
        )
    return language
