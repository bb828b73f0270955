"""Filter training pairs, and give the reason for each dropped pair.

A pair is dropped for the first reason that applies.  Memory: one byte per pair, and eight more if
duplicates are dropped (370 MB for 40.8 million pairs).
"""

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Collection, Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from seq2seq.config.data import FilterSettings

KEPT = 0
REASONS = ("empty", "too_long", "length_ratio", "script", "in_dev_or_test", "duplicate")
_DUPLICATE = 1 + REASONS.index("duplicate")

_BEYOND_LATIN = re.compile(r"[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff]")
# Scripts as the Unicode names of letters begin; all other languages are written in Latin letters.
_LATIN = ("LATIN", "FULLWIDTH LATIN")
_LANGUAGES = {
    "CYRILLIC": "be bg kk ky mk mn ru sr tg uk",
    "ARABIC": "ar fa ps ur",
    "DEVANAGARI": "hi mr ne",
    "HEBREW": "he yi",
    "CJK HIRAGANA KATAKANA": "ja",
    "HANGUL CJK": "ko",
    "CJK": "zh",
}
_OTHERS = (
    "am=ETHIOPIC bn=BENGALI el=GREEK gu=GUJARATI hy=ARMENIAN ka=GEORGIAN km=KHMER kn=KANNADA lo=LAO "
    "ml=MALAYALAM my=MYANMAR pa=GURMUKHI si=SINHALA ta=TAMIL te=TELUGU th=THAI"
)
_SCRIPTS = {language: (name,) for language, name in (one.split("=") for one in _OTHERS.split())} | {
    language: tuple(names.split())
    for names, some in _LANGUAGES.items()
    for language in some.split()
}
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*")  # spaces of no or any width
_PARTITIONS = 16  # of the hashes, sorted one after the other

Verdicts = NDArray[np.uint8]


def filter_pairs(
    pairs: Iterable[tuple[str, str]], settings: FilterSettings, *, held_out: Collection[str]
) -> Verdicts:
    """For each pair ``KEPT``, or 1 + the index in ``REASONS``; no pair may have a ``held_out`` side."""
    verdicts, hashes = array("B"), array("Q")
    for source, target in pairs:
        verdict = _fault(source, target, settings, held_out)
        verdicts.append(verdict)
        if settings.drop_duplicates:
            hashes.append(_hash(source, target) if verdict == KEPT else 0)
    found = np.frombuffer(verdicts, dtype=np.uint8).copy()
    if settings.drop_duplicates:
        found[repeated(np.frombuffer(hashes, dtype="<u8"), found == KEPT)] = _DUPLICATE
    return found


def _fault(source: str, target: str, settings: FilterSettings, held_out: Collection[str]) -> int:
    if _INVISIBLE.fullmatch(source) or _INVISIBLE.fullmatch(target):
        return 1
    shorter, longer = sorted((source.count(" ") + 1, target.count(" ") + 1))
    if longer > settings.max_tokens:
        return 2
    if settings.max_length_ratio is not None and longer > settings.max_length_ratio * shorter:
        return 3
    share = settings.min_script_share
    if share is not None and (
        script_share(source, settings.source_language) < share
        or script_share(target, settings.target_language) < share
    ):
        return 4
    return 5 if source in held_out or target in held_out else KEPT


def script_share(text: str, language: str) -> float:
    """The share of letters of the language's script among the letters; 1 for a text without letters."""
    script = _SCRIPTS.get(language, _LATIN)
    if script is _LATIN and not _BEYOND_LATIN.search(text):
        return 1.0
    letters = [character for character in text if character.isalpha()]
    return sum(_is_of(script, letter) for letter in letters) / len(letters) if letters else 1.0


@cache
def _is_of(script: tuple[str, ...], letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(script)


def _hash(source: str, target: str) -> int:
    """64 bits: one collision in 20,000 corpora of 40 million pairs."""
    digest = hashlib.blake2b(f"{source}\n{target}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def repeated(hashes: NDArray[np.uint64], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each hash in ``among`` occurred before; sorted in partitions to save memory."""
    found = np.zeros(len(hashes), dtype=np.bool_)
    lowest_bytes = hashes.view(np.uint8)[::8]
    for partition in range(_PARTITIONS):
        indices = np.flatnonzero(among & (lowest_bytes % _PARTITIONS == partition))
        order = indices[np.argsort(hashes[indices], kind="stable")]
        found[order[1:]] = hashes[order[1:]] == hashes[order[:-1]]
    return found
