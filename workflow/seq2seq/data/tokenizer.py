"""Tokenize and detokenize as the Moses scripts of 2014 do.

The paper's data, n-best lists and BLEU use plain ``tokenizer.perl``: no aggressive splitting of
hyphens, no escaped entities.  Tokens are joined by single spaces and contain none.  Against version 1.1
of that script, none of 39,096 distinct lines of WMT's news test sets differs.  Scripts other than
Latin, Greek, Cyrillic, Han, Kana and Hangul may.
"""

import re
from collections.abc import Callable
from functools import cache, partial

from sacremoses import MosesDetokenizer, MosesTokenizer
from sacremoses.corpus import NonbreakingPrefixes

from seq2seq.data.vocabulary import split
from seq2seq.errors import UserError
from seq2seq.io.moses_nbest import unescape

# Python treats these four separators as whitespace; Perl drops them as control characters.
_CONTROLS = re.compile("[\x1c-\x1f]+")
_NEVER = re.compile("(?!)"), ""
_CJK = "\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00020000-\U000323af"


class _Tokenizer2014(MosesTokenizer):
    """Undoes what sacremoses takes from later scripts, and adds two prefixes that it has lost."""

    TRAILING_DOT_APOSTROPHE = COMMA_SEPARATE_3 = _NEVER
    PAD_NOT_ISALNUM = re.compile(rf"([^{MosesTokenizer.IsAlnum}{_CJK}\s\.'\`\,\-])"), r" \1 "

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self.NONBREAKING_PREFIXES += {"en": ["Inc"], "fr": ["a"]}.get(lang, [])


def tokenize(line: str, language: str, kind: str = "moses") -> str:
    """The tokens of a sentence, joined by spaces; ``language`` is a code such as ``fr``.

    With the ``kind`` ``blanks`` they are what blanks separate, for pieces learned on raw text.
    """
    if kind == "blanks":
        return " ".join(line.split())
    text = _moses(_Tokenizer2014, language).tokenize(
        _CONTROLS.sub("", line), aggressive_dash_splits=False, escape=False, return_str=True
    )
    return " ".join(filter(None, text.split(" "))) if "  " in text else text.strip(" ")


def normalize_spaces(line: str) -> str:
    """Normalize a line that is tokenized already: single spaces, no entities."""
    return unescape(" ".join(token for token in line.replace("\t", " ").split(" ") if token))


def tokenizer(name: str, language: str) -> Callable[[str], str]:
    """``moses``, ``blanks``, or ``none`` for corpora published as tokens, such as Schwenk's."""
    if name != "blanks":  # before a training whose output could not be detokenized
        _moses(MosesDetokenizer, language)
    return normalize_spaces if name == "none" else partial(tokenize, language=language, kind=name)


def detokenize(tokens: str, language: str, kind: str = "moses") -> str:
    """Plain text; what blanks separated is text already."""
    if kind == "blanks":
        return tokens
    moses = _moses(MosesDetokenizer, language)
    return moses.detokenize(split(tokens), return_str=True, unescape=False)


@cache
def _moses(
    kind: type[MosesTokenizer] | type[MosesDetokenizer], language: str
) -> MosesTokenizer | MosesDetokenizer:
    known = sorted(set(NonbreakingPrefixes().available_langs.values()))
    if language not in known:  # sacremoses would silently treat it as English
        raise UserError(
            f"the Moses tokenizer has no rules for language `{language}`. Use one of the codes "
            f"{' '.join(known)}, or `data.tokenizer: blanks` with `vocabulary.kind: unigram`."
        )
    return kind(language)
