"""Whether bytes are those that somebody published: by number, by checksum, or at least whole."""

import hashlib
from pathlib import Path

from seq2seq.data.archive_members import damage
from seq2seq.data.catalogue_rows import File


def difference(path: Path, file: File) -> str | None:
    """How the bytes at ``path`` differ from those that are known of ``file``, or nothing.

    Where no checksum is known, a package is read to its end: it keeps one of its own contents.
    """
    if not path.is_file():
        return "not a file"
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        return f"{size:,} bytes, {file.size:,} were expected"
    for algorithm, expected in (("sha256", file.sha256), ("md5", file.md5)):
        if expected is not None and (found := _digest(path, algorithm)) != expected:
            return f"wrong bytes, {algorithm} {found} instead of {expected}"
    return None if file.is_checkable else damage(path, file.name)


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()
