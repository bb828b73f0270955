"""The file between the encoder and Figure 2: phrases, what is to be compared, and their states.

One NumPy archive: parallel arrays of text and numbers, and the states as a matrix.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.io.files import atomic


@dataclass(frozen=True)
class Phrase:
    """A phrase of a panel.

    ``meaning`` tells who does what to whom; ``construction`` is its place among the phrases of that
    meaning: two phrases of one construction and two meanings differ in the order of words alone.
    ``unknown`` are its tokens that the model does not know.
    """

    panel: str
    meaning: int
    construction: int
    voice: str
    text: str
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class EncodedPhrases:
    """Phrases and, row by row, the encoder's state after each, ``[phrases, numbers]``."""

    model: str
    phrases: tuple[Phrase, ...]
    states: NDArray[np.float32]

    def panels(self) -> dict[str, list[int]]:
        """The rows of each panel, in the order of the file."""
        rows: dict[str, list[int]] = {}
        for row, phrase in enumerate(self.phrases):
            rows.setdefault(phrase.panel, []).append(row)
        return rows


def write_encoded(path: str | Path, encoded: EncodedPhrases) -> None:
    phrases = encoded.phrases
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            model=np.array([encoded.model]),
            panel=np.array([phrase.panel for phrase in phrases]),
            meaning=np.array([phrase.meaning for phrase in phrases]),
            construction=np.array([phrase.construction for phrase in phrases]),
            voice=np.array([phrase.voice for phrase in phrases]),
            text=np.array([phrase.text for phrase in phrases]),
            unknown=np.array([" ".join(phrase.unknown) for phrase in phrases]),
            states=encoded.states,
        )


def read_encoded(path: str | Path) -> EncodedPhrases:
    """Read what ``write_encoded`` has written.

    Raises:
        UserError: no such file, or another content.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            columns = [file[name].tolist() for name in _COLUMNS]
            model, states = str(file["model"][0]), file["states"]
        phrases = [_phrase(row) for row in zip(*columns, strict=True)]
        if len(phrases) != len(states):
            raise ValueError(f"{len(phrases)} phrases, {len(states)} states")
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file.") from error
    except (ValueError, KeyError, EOFError, OSError, TypeError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path}: not the phrases of a model ({error}). Make it with encode_phrases."
        ) from error
    return EncodedPhrases(model, tuple(phrases), states)


_COLUMNS = ("panel", "meaning", "construction", "voice", "text", "unknown")


def _phrase(row: Sequence[str | int]) -> Phrase:
    panel, meaning, construction, voice, text, unknown = row
    tokens = tuple(token for token in str(unknown).split(" ") if token)
    return Phrase(str(panel), int(meaning), int(construction), str(voice), str(text), tokens)
