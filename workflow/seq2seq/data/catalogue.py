"""The catalogue of corpora, ``config/corpora.tsv``: parsed and checked; ``docs/data.md`` explains it.

A row is a published file and a corpus in it.  ``source`` and ``target`` locate the two sides: ``.`` is
the file itself, ``-`` means that this file lacks the side, anything else names a member of the archive.
A suffix ``#2`` selects a tab-separated column.  An empty field or ``-`` is unknown.

Standard library only, because Snakemake reads the catalogue while it plans.
"""

import dataclasses
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, cast

from seq2seq.config.data import (
    CorpusName,
    DataSettings,
    HubDataset,
    LocalFiles,
    LocalTable,
    LocalZip,
)
from seq2seq.config.loading import as_json, from_json
from seq2seq.errors import UserError, did_you_mean
from seq2seq.io.files import read_table

CATALOGUE = Path(__file__).resolve().parents[3] / "config" / "corpora.tsv"
COLUMNS = (
    *("corpus", "file", "source", "target", "pairs", "form"),
    *("bytes", "sha256", "md5", "urls", "licence"),
)
ARCHIVES = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".zip")
Form = Literal["raw", "tokenized"]
T = TypeVar("T")

_ANY = "any"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]*", "a plain name of letters, digits, `._+-`, without a folder"
_NUMBER = r"|-|[1-9][0-9]*", "a whole number above 0, or `-` if it is unknown"
_SIDE = r"(?P<member>.+?)(?:#(?P<column>[1-9][0-9]*))?", "`.`, `-` or a member"
_CELLS = {  # the patterns of the columns, and what they say
    "corpus": _NAME,
    "file": _NAME,
    "source": _SIDE,
    "target": _SIDE,
    "pairs": _NUMBER,
    "form": ("raw|tokenized", "raw or tokenized"),
    "bytes": _NUMBER,
    "sha256": (
        r"|-|any|[0-9a-f]{64}",
        "64 hexadecimal digits in lower case, `-` if unknown, or `any` to accept any file",
    ),
    "md5": (r"|-|[0-9a-f]{32}", "32 hexadecimal digits in lower case, or `-` if unknown"),
    "urls": (r"\s*((https?|file)://\S*\s*)*", "URLs that begin with http://, https:// or file://"),
}


@dataclass(frozen=True)
class PublishedFile:
    """``None`` is unknown; ``urls`` are tried in order."""

    name: str
    size: int | None
    sha256: str | None
    md5: str | None
    urls: tuple[str, ...]
    licence: str
    any_bytes: bool = False  # the user accepts this file without a checksum

    @property
    def is_checkable(self) -> bool:
        return bool(self.sha256 or self.md5)


@dataclass(frozen=True)
class CorpusSide:
    """``member`` is ``.`` for the file itself; columns count from 1."""

    file: PublishedFile
    member: str
    column: int | None


@dataclass(frozen=True)
class Corpus:
    name: str
    source: CorpusSide
    target: CorpusSide
    pairs: int | None
    form: Form

    @property
    def files(self) -> tuple[PublishedFile, ...]:
        return tuple(dict.fromkeys((self.source.file, self.target.file)))


@dataclass(frozen=True)
class Catalogue:
    path: Path
    corpora: Mapping[str, Corpus]
    files: Mapping[str, PublishedFile]

    def corpus(self, name: str) -> Corpus:
        return self._find("corpus", name, self.corpora)

    def file(self, name: str) -> PublishedFile:
        return self._find("file", name, self.files)

    def _find(self, column: str, name: str, known: Mapping[str, T]) -> T:
        if name not in known:
            near = did_you_mean(name, known)
            raise UserError(f"{self.path}: column `{column}` has no `{name}`{near}.")
        return known[name]

    def files_of(self, corpora: Iterable[str]) -> list[str]:
        """The names of the files that hold the corpora, without duplicates."""
        files = (file for name in corpora for file in self.corpus(name).files)
        return list(dict.fromkeys(file.name for file in files))

    def form_of(self, corpora: Iterable[str]) -> Form:
        """The form of the corpora; one tokenizer serves them all, so they may not mix."""
        by_form: dict[Form, str] = {}
        for name in corpora:
            by_form.setdefault(self.corpus(name).form, name)
        if len(by_form) > 1:
            raise UserError(
                f"`{by_form['tokenized']}` is tokenized already but `{by_form['raw']}` is raw text. "
                "Use corpora of one form for train, dev and test. The column `form` of "
                f"{self.path} tells their forms."
            )
        return next(iter(by_form), "raw")

    def check_tokenizer(self, corpora: Sequence[str], tokenizer: str) -> None:
        """Tokenized corpora need the tokenizer ``none``, raw ones another."""
        form = self.form_of(corpora)
        if corpora and (form == "tokenized") != (tokenizer == "none"):
            raise UserError(
                f"data.tokenizer: is `{tokenizer}`, but `{corpora[0]}` is {form} by column `form` of "
                f"{self.path}. Set it to `{'none' if form == 'tokenized' else 'moses'}`, or correct "
                "the column."
            )


@dataclass(frozen=True)
class _CatalogueRow:
    place: str
    corpus: str
    file: PublishedFile
    source: CorpusSide | None
    target: CorpusSide | None
    pairs: int | None
    form: Form


def read_catalogue(path: str | Path) -> Catalogue:
    """Read and check the whole table; errors name the line."""
    files: dict[str, PublishedFile] = {}
    by_corpus: dict[str, list[_CatalogueRow]] = {}
    for place, fields in read_table(path, COLUMNS):
        row = _parse_row(dict(zip(COLUMNS, fields, strict=True)), place)
        if row.file != files.setdefault(row.file.name, row.file):
            raise UserError(
                f"{row.place}: {row.file.name} has other bytes, sha256, md5, urls or licence than in "
                "an earlier row. Make the rows agree, or rename one file."
            )
        by_corpus.setdefault(row.corpus, []).append(row)
    corpora = {name: _merge_rows(name, rows) for name, rows in by_corpus.items()}
    return Catalogue(Path(path), corpora, files)


def _parse_row(cells: Mapping[str, str], place: str) -> _CatalogueRow:
    for column, (pattern, expected) in _CELLS.items():
        if not re.fullmatch(pattern, cells[column]):
            raise UserError(f"{place}: {column} `{cells[column]}` must be {expected}.")
    sha256 = None if cells["sha256"] in ("", "-", _ANY) else cells["sha256"]
    md5, urls = cells["md5"].strip("-") or None, tuple(cells["urls"].split())
    size, any_bytes = _number(cells["bytes"]), cells["sha256"] == _ANY
    file = PublishedFile(cells["file"], size, sha256, md5, urls, cells["licence"], any_bytes)
    source, target = (_parse_side(cells[side], file, place) for side in ("source", "target"))
    if not source and not target:
        raise UserError(f"{place}: {file.name} holds neither side (`-` twice). Drop the row.")
    corpus, pairs, form = cells["corpus"], _number(cells["pairs"]), cast(Form, cells["form"])
    return _CatalogueRow(place, corpus, file, source, target, pairs, form)


def _number(cell: str) -> int | None:
    return int(cell) if cell.isdigit() else None


def _parse_side(cell: str, file: PublishedFile, place: str) -> CorpusSide | None:
    if cell == "-":
        return None
    member, column = re.fullmatch(_SIDE[0], cell).groups()  # type: ignore[union-attr]
    is_archive = file.name.endswith(ARCHIVES)
    if (member != ".") != is_archive:
        expected = "the name of a member" if is_archive else "`.` or `-`"
        raise UserError(f"{place}: {expected} was expected for {file.name}, not `{member}`.")
    return CorpusSide(file, member, int(column) if column else None)


def _merge_rows(name: str, rows: Sequence[_CatalogueRow]) -> Corpus:
    sources = [row.source for row in rows if row.source]
    targets = [row.target for row in rows if row.target]
    pairs = list(dict.fromkeys(row.pairs for row in rows if row.pairs))
    forms = list(dict.fromkeys(row.form for row in rows))
    files = [row.file.name for row in rows]
    problem = ""
    if files.count(files[-1]) > 1:
        problem = f"{files[-1]} is given twice for corpus `{name}`"
    elif len(sources) > 1 or len(targets) > 1:
        problem = f"corpus `{name}` has this side already, in another row"
    elif not sources or not targets:
        lacking = "target" if sources else "source"
        problem = f"corpus `{name}` lacks its {lacking} side. Add its file"
    elif len(pairs) > 1:
        problem = f"corpus `{name}` has {pairs[1]} pairs here but {pairs[0]} in another row"
    elif len(forms) > 1:
        problem = f"corpus `{name}` is {forms[1]} here but {forms[0]} in another row"
    if problem:
        raise UserError(f"{rows[-1].place}: {problem}.")
    return Corpus(name, sources[0], targets[0], pairs[0] if pairs else None, forms[0])


def local_files(corpora: Iterable[CorpusName]) -> list[str]:
    """The users' files among the corpora, as written in the configuration."""
    files: list[str] = []
    for corpus in corpora:
        if isinstance(corpus, LocalFiles):
            files += [corpus.source, corpus.target]
        elif isinstance(corpus, LocalTable):
            files.append(corpus.tsv)
        elif isinstance(corpus, LocalZip):
            files.append(corpus.zip)
    return list(dict.fromkeys(files))


def published(corpora: Iterable[CorpusName]) -> list[str]:
    return [corpus for corpus in corpora if isinstance(corpus, str)]


def as_argument(item: CorpusName, data: DataSettings) -> str:
    """A corpus on a command line: its name, or JSON."""
    if isinstance(item, LocalZip | HubDataset):
        endings = item.source or data.source_language, item.target or data.target_language
        item = dataclasses.replace(item, source=endings[0], target=endings[1])
    return item if isinstance(item, str) else as_json(item)


def find_corpus(argument: str, catalogue: Catalogue) -> Corpus | HubDataset:
    """A corpus of the catalogue by name, one made of a user's files, or a dataset of the Hub."""
    item: CorpusName = argument
    if argument.startswith("{"):
        item = from_json(CorpusName, argument)  # type: ignore[arg-type]
    if isinstance(item, str):
        return catalogue.corpus(item)
    if isinstance(item, HubDataset):
        return item
    if isinstance(item, LocalFiles):
        source, target = (_local_side(file) for file in (item.source, item.target))
    elif isinstance(item, LocalTable):
        source, target = (_local_side(item.tsv, column=one) for one in (item.source, item.target))
    else:
        endings = item.source, item.target
        source, target = (_local_side(item.zip, _member(item.zip, ending)) for ending in endings)
    return Corpus(" and ".join(local_files([item])), source, target, None, "raw")


def _local_side(file: str, member: str = ".", column: int | None = None) -> CorpusSide:
    # Absolute: a corpus's files are looked up from the folder of downloads.
    name = str(Path(file).absolute())
    return CorpusSide(PublishedFile(name, None, None, None, (), ""), member, column)


def _member(path: str, ending: str | None) -> str:
    """The one member of a zip in Moses format that is in a language."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [name for name in archive.namelist() if name.endswith(f".{ending}")]
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(f"{path}: cannot be read as a zip ({error}).") from error
    if len(found) != 1:
        raise UserError(
            f"{path}: {len(found)} members end in `.{ending}`, but one was expected. Give the endings "
            "as `source` and `target` beside `zip`."
        )
    return found[0]
