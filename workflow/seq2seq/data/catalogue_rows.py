"""One row of the catalogue of corpora, parsed and checked; ``catalogue`` tells what its columns are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from seq2seq.errors import UserError, did_you_mean

COLUMNS = (
    *("corpus", "file", "source", "target", "pairs", "form"),
    *("bytes", "sha256", "md5", "urls", "licence"),
)
ARCHIVES = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".zip")
Form = Literal["raw", "tokenized"]

_FORMS = ("raw", "tokenized")
_UNKNOWN = ("", "-")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_LOCATION = re.compile(r"(?P<member>.+?)(?:#(?P<column>[1-9][0-9]*))?")
_DIGITS = {"sha256": 64, "md5": 32}


@dataclass(frozen=True)
class File:
    """A file as published; ``None`` is unknown.  ``urls`` are tried in order."""

    name: str
    size: int | None
    sha256: str | None
    md5: str | None
    urls: tuple[str, ...]
    licence: str

    @property
    def is_archive(self) -> bool:
        return self.name.endswith(ARCHIVES)

    @property
    def is_checkable(self) -> bool:
        """Whether a checksum tells its bytes from all others."""
        return bool(self.sha256 or self.md5)


@dataclass(frozen=True)
class Location:
    """Where one side of a corpus is: ``member`` is ``.`` for the file itself, columns count from 1."""

    file: File
    member: str
    column: int | None


@dataclass(frozen=True)
class CatalogueRow:
    """What a row says of its corpus; a side that the file does not hold is ``None``."""

    place: str
    corpus: str
    file: File
    source: Location | None
    target: Location | None
    pairs: int | None
    form: Form


def read_row(line: str, place: str) -> CatalogueRow:
    """Raises UserError: something in the line is wrong; ``place`` begins the message."""
    fields = line.split("\t")
    if len(fields) != len(COLUMNS):
        raise UserError(
            f"{place}: {len(fields)} columns, {len(COLUMNS)} were expected. Separate them by "
            "single tabs and leave what is unknown empty."
        )
    cells = dict(zip(COLUMNS, fields, strict=True))
    for column in ("corpus", "file"):
        if not _NAME.fullmatch(cells[column]):
            raise UserError(
                f"{place}: {column} `{cells[column]}` must be a plain name of letters, digits and "
                "`._+-`, without a folder."
            )
    if cells["form"] not in _FORMS:
        raise UserError(
            f"{place}: form `{cells['form']}` must be one of {', '.join(_FORMS)}"
            f"{did_you_mean(cells['form'], _FORMS)}."
        )
    file = _file(cells, place)
    sides = {side: _location(cells[side], file, place) for side in ("source", "target")}
    if not any(sides.values()):
        raise UserError(f"{place}: {file.name} holds neither side (`-` twice). Drop the row.")
    pairs, form = _number(cells, "pairs", place), cast(Form, cells["form"])
    return CatalogueRow(place, cells["corpus"], file, pairs=pairs, form=form, **sides)


def _file(cells: Mapping[str, str], place: str) -> File:
    for column, digits in _DIGITS.items():
        if cells[column] in _UNKNOWN:
            continue
        if not re.fullmatch(f"[0-9a-f]{{{digits}}}", cells[column]):
            raise UserError(
                f"{place}: {column} `{cells[column]}` is not {digits} hexadecimal digits in lower "
                "case. Correct it, or write `-` where nobody knows it."
            )
    urls = tuple(url for url in cells["urls"].split(" ") if url)
    for url in urls:
        if not re.match(r"(https?|file)://", url):
            raise UserError(
                f"{place}: address `{url}` must begin with http://, https:// or file://."
            )
    return File(
        name=cells["file"],
        size=_number(cells, "bytes", place),
        sha256=cells["sha256"].strip("-") or None,
        md5=cells["md5"].strip("-") or None,
        urls=urls,
        licence=cells["licence"],
    )


def _number(cells: Mapping[str, str], column: str, place: str) -> int | None:
    if cells[column] in _UNKNOWN:
        return None
    if not re.fullmatch(r"[1-9][0-9]*", cells[column]):
        raise UserError(f"{place}: {column} `{cells[column]}` is not a whole number above 0.")
    return int(cells[column])


def _location(cell: str, file: File, place: str) -> Location | None:
    if cell == "-":
        return None
    match = _LOCATION.fullmatch(cell)
    if match is None:
        raise UserError(f"{place}: where a side is must be `.`, `-` or a member, not `{cell}`.")
    member, column = match["member"], match["column"]
    if (member != ".") != file.is_archive:
        wanted = "the name of a member" if file.is_archive else "`.` or `-`"
        raise UserError(f"{place}: {wanted} was expected for {file.name}, not `{member}`.")
    return Location(file, member, int(column) if column else None)
