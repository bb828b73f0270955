"""A run's certificate: what was made of what, to be checked by somebody who did not make it.

One JSON: code, configuration, packages, machines, seeds; checksums of data, models, outputs and
tables; every score with its signature.  Paths are relative to the certificate's folder, so that the
folder can be sent elsewhere.  A check computes checksums and scores anew and says what differs.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError
from seq2seq.io.files import read_json, sha256

FORMAT = 1
_CLOSE = 1e-6  # BLEU points; far below a printed digit, above what another processor rounds
_PARTS = ("format", "configuration", "configuration_sha256", "files", "outputs", "references")


@dataclass(frozen=True)
class References:
    """The test set's target side, tokens and text, as paths in the certificate's folder."""

    tokens: str
    text: str


def settings_digest(configuration: Mapping[str, Any]) -> str:
    """SHA-256 of the configuration as JSON with sorted keys; equal settings are equal digests."""
    text = json.dumps(configuration, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def fingerprint(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": sha256(path)}


def seeds_of(configuration: Mapping[str, Any]) -> dict[str, int]:
    """Every seed in the configuration, by its key."""
    return dict(_seeds(configuration, ""))


def _seeds(value: Any, key: str) -> Iterator[tuple[str, int]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _seeds(item, f"{key}.{name}" if key else name)
    elif key.rpartition(".")[2] == "seed":
        yield key, value


def read_certificate(path: str | Path) -> dict[str, Any]:
    """Raises UserError: not a certificate, or one of another format."""
    found = read_json(path)
    if (
        not isinstance(found, dict)
        or found.get("format") != FORMAT
        or any(part not in found for part in _PARTS)
    ):
        raise UserError(
            f"{path}: is no certificate of this version; `certificate.json` of a results folder was "
            "expected."
        )
    return found


def wrong_files(certificate: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """A line for each file that is missing or has changed, and for a changed configuration."""
    digest = settings_digest(certificate["configuration"])
    if digest != certificate["configuration_sha256"]:
        yield f"configuration: sha256 {certificate['configuration_sha256']} was noted, is {digest}"
    for name, noted in certificate["files"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name}: is missing"
        elif path.stat().st_size != noted["bytes"]:
            yield f"{name}: had {noted['bytes']:,} bytes, has {path.stat().st_size:,}"
        elif (found := sha256(path)) != noted["sha256"]:
            yield f"{name}: sha256 {noted['sha256']} was noted, is {found}"


def wrong_scores(output: str, noted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """A line for each number or signature of an output's score that is not as noted."""
    for key, value in noted.items():
        if not _equal(value, found.get(key)):
            yield f"{output}: {key} was {value}, is {found.get(key)}"


def _equal(noted: Any, found: Any) -> bool:
    if isinstance(noted, list):
        same_length = isinstance(found, list | tuple) and len(noted) == len(found)
        return same_length and all(map(_equal, noted, found))
    if isinstance(noted, int | float) and isinstance(found, int | float):
        return abs(noted - found) <= _CLOSE
    return bool(noted == found)
