"""A folder of published files, to be carried to a machine without internet: there it is the mirror."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from seq2seq.data.catalogue_rows import File
from seq2seq.data.verification import difference
from seq2seq.errors import UserError
from seq2seq.io.files import sha256, write_lines
from seq2seq.runtime.logging import log

CHECKSUMS = "sha256sums"


def write_bundle(fetched: Mapping[Path, File], folder: Path) -> None:
    """Put what was fetched into ``folder`` under its names, with checksums as sha256sum checks them.

    Files are linked where the file system allows it, else copied; each is verified once more.

    Raises:
        UserError: there are none, or one is not what the catalogue says.
    """
    if not fetched:
        raise UserError(
            "this experiment generates its corpus: there is no published file to bundle."
        )
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    lines = []
    for path, file in fetched.items():
        if wrong := difference(path, file):
            raise UserError(f"{path}: {wrong}. Delete it and run `make bundle` again.")
        _link_or_copy(path, unfinished / file.name)
        lines.append(f"{sha256(path)}  {file.name}")
        log.info(f"{file.name}: {path.stat().st_size:,} bytes, verified")
    write_lines(unfinished / CHECKSUMS, lines)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def _link_or_copy(path: Path, copy: Path) -> None:
    try:
        os.link(path, copy)
    except OSError:
        shutil.copyfile(path, copy)
