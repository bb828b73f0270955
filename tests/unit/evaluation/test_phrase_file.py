"""Phrases and their states, written and read back."""

from pathlib import Path

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.phrases import EncodedPhrases, PlotPhrase, read_encoded, write_encoded

ENCODED = EncodedPhrases(
    "reversed-1",
    (
        PlotPhrase("left", 0, 0, "active", "Mary admires John", ()),
        PlotPhrase("right", 1, 2, "passive", "l' été , €", ("l'", "€")),
        PlotPhrase("left", 1, 0, "active", "John admires Mary", ()),
    ),
    np.arange(12, dtype=np.float32).reshape(3, 4) / 7,
)


def test_what_is_read_is_what_was_written_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "states.npz"
    write_encoded(path, ENCODED)
    found = read_encoded(path)
    assert (found.model, found.phrases) == (ENCODED.model, ENCODED.phrases)
    assert found.states.tobytes() == ENCODED.states.tobytes()
    before = path.read_bytes()
    write_encoded(path, ENCODED)
    assert path.read_bytes() == before


def test_panels_keep_their_order_and_their_rows() -> None:
    assert ENCODED.panels() == {"left": [0, 2], "right": [1]}


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "states.npz"
    path.write_bytes(content)
    with pytest.raises(UserError, match="not the phrases of a model"):
        read_encoded(path)
    with pytest.raises(UserError, match="no such file"):
        read_encoded(tmp_path / "nothing.npz")


def test_another_archive_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.ones(3))
    with pytest.raises(UserError, match="not the phrases of a model"):
        read_encoded(tmp_path / "x.npz")
