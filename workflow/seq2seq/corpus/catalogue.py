"""The catalogue of corpora: ``config/corpora.tsv``, read and checked.

A row is a file that somebody publishes and the corpus that is found in it.  ``source`` and ``target``
say where in the file a side is: ``.`` is the file itself, ``-`` means not in this file, else it is the
name of a member of the archive; ``#2`` after either picks a tab-separated column.  A corpus with a
file for each side has two rows.  An archive that holds several corpora has a row for each of them,
which must agree about the file.  An empty field is unknown.

Two corpora are the test set newstest2014: the same 3,003 pairs, in the order of the WMT archive
(``newstest2014``) and in the order of the official evaluation (``newstest2014-filtered``), in which
the paper's baseline numbered its n-best lists (``schwenk-newstest2014``).

Standard library alone: the workflow reads the catalogue while it plans.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seq2seq.errors import UserError, at, did_you_mean
from seq2seq.files import read_lines

COLUMNS = (
    *("corpus", "file", "source", "target", "pairs"),
    *("bytes", "sha256", "md5", "urls", "licence"),
)
CATALOGUE = Path(__file__).resolve().parents[3] / "config" / "corpora.tsv"
ARCHIVES = (".tar", ".tgz", ".tar.gz", ".zip")

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


@dataclass(frozen=True)
class Location:
    """Where one side of a corpus is: ``member`` is ``.`` for the file itself, columns count from 1."""

    file: File
    member: str
    column: int | None


@dataclass(frozen=True)
class Corpus:
    name: str
    source: Location
    target: Location
    pairs: int | None

    @property
    def files(self) -> tuple[File, ...]:
        """The one or two files that hold it."""
        return tuple(dict.fromkeys((self.source.file, self.target.file)))


@dataclass(frozen=True)
class Catalogue:
    path: Path
    corpora: Mapping[str, Corpus]
    files: Mapping[str, File]

    def corpus(self, name: str) -> Corpus:
        """Raises UserError: no corpus of that name."""
        if name not in self.corpora:
            raise UserError(
                f"no corpus is named `{name}`{did_you_mean(name, self.corpora)}: the known ones "
                f"are the first column of {self.path}."
            )
        return self.corpora[name]

    def file(self, name: str) -> File:
        """Raises UserError: no file of that name."""
        if name not in self.files:
            raise UserError(
                f"no file is named `{name}`{did_you_mean(name, self.files)}: the known ones are "
                f"the second column of {self.path}."
            )
        return self.files[name]

    def files_of(self, corpora: Iterable[str]) -> list[str]:
        """The names of the files that hold the named corpora, each once, in order."""
        files = (file.name for name in corpora for file in self.corpus(name).files)
        return list(dict.fromkeys(files))


@dataclass(frozen=True)
class _Row:
    """What a row says of its corpus; a side that the file does not hold is ``None``."""

    place: str
    corpus: str
    file: File
    source: Location | None
    target: Location | None
    pairs: int | None


def read_catalogue(path: str | Path) -> Catalogue:
    """Read and check the whole table.

    Raises:
        UserError: with the line that is wrong.
    """
    lines = read_lines(path)
    _check_header(next(lines, ""), at(path, 1))
    rows: list[_Row] = []
    files: dict[str, File] = {}
    for number, line in enumerate(lines, start=2):
        row = _row(line, at(path, number))
        _check_agreement(row, files.setdefault(row.file.name, row.file))
        rows.append(row)
    by_corpus: dict[str, list[_Row]] = {}
    for row in rows:
        by_corpus.setdefault(row.corpus, []).append(row)
    corpora = {name: _corpus(name, its_rows) for name, its_rows in by_corpus.items()}
    return Catalogue(Path(path), corpora, files)


def _check_header(line: str, place: str) -> None:
    names = line.split("\t")
    for name in names:
        if name not in COLUMNS:
            raise UserError(f"{place}: unknown column `{name}`{did_you_mean(name, COLUMNS)}.")
    if tuple(names) != COLUMNS:
        raise UserError(f"{place}: the columns must be, in this order: {' '.join(COLUMNS)}.")


def _check_agreement(row: _Row, known: File) -> None:
    if row.file != known:
        raise UserError(
            f"{row.place}: {known.name} has other bytes, sha256, md5, urls or licence than in an "
            "earlier row. It is the same file: make the rows agree, or rename one."
        )


def _row(line: str, place: str) -> _Row:
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
    file = _file(cells, place)
    sides = {side: _location(cells[side], file, place) for side in ("source", "target")}
    if not any(sides.values()):
        raise UserError(f"{place}: {file.name} holds neither side (`-` twice). Drop the row.")
    return _Row(place, cells["corpus"], file, pairs=_number(cells, "pairs", place), **sides)


def _file(cells: Mapping[str, str], place: str) -> File:
    for column, digits in _DIGITS.items():
        if cells[column] and not re.fullmatch(f"[0-9a-f]{{{digits}}}", cells[column]):
            raise UserError(
                f"{place}: {column} `{cells[column]}` is not {digits} hexadecimal digits in lower "
                "case. Correct it or leave it empty."
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
        sha256=cells["sha256"] or None,
        md5=cells["md5"] or None,
        urls=urls,
        licence=cells["licence"],
    )


def _number(cells: Mapping[str, str], column: str, place: str) -> int | None:
    if not cells[column]:
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


def _corpus(name: str, rows: list[_Row]) -> Corpus:
    merged = rows[0]
    for row in rows[1:]:
        if row.file.name == merged.file.name:
            raise UserError(f"{row.place}: {row.file.name} is given twice for corpus `{name}`.")
        if (merged.source and row.source) or (merged.target and row.target):
            raise UserError(f"{row.place}: corpus `{name}` has this side already, in another row.")
        if merged.pairs and row.pairs and merged.pairs != row.pairs:
            raise UserError(
                f"{row.place}: corpus `{name}` has {row.pairs} pairs here but {merged.pairs} in "
                "another row."
            )
        merged = replace(
            merged,
            source=merged.source or row.source,
            target=merged.target or row.target,
            pairs=merged.pairs or row.pairs,
        )
    if merged.source is None or merged.target is None:
        lacking = "source" if merged.source is None else "target"
        raise UserError(
            f"{rows[-1].place}: corpus `{name}` lacks its {lacking} side. Add its file."
        )
    return Corpus(name, merged.source, merged.target, merged.pairs)
