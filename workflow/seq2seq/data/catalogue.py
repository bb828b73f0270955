"""The catalogue of corpora: ``config/corpora.tsv``, read and checked.

A row is a file that somebody publishes and the corpus that is found in it.  ``source`` and ``target``
say where in the file a side is: ``.`` is the file itself, ``-`` means not in this file, else it is the
name of a member of the archive; ``#2`` after either picks a tab-separated column.  A corpus with a
file for each side has two rows.  An archive that holds several corpora has a row for each of them,
which must agree about the file.  ``form`` is ``raw`` text, or ``tokenized`` by Moses and escaped.  A
field that is empty or ``-`` is unknown; a file without a checksum is taken with a warning.

Two corpora are the test set newstest2014: the same 3,003 pairs, in the order of the full archive
(``newstest2014``) and in the order of the official evaluation (``newstest2014-filtered``), in which
the paper's baseline numbered its n-best lists (``schwenk-newstest2014``).

Standard library alone: the workflow reads the catalogue while it plans.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from seq2seq.data.catalogue_rows import COLUMNS, CatalogueRow, File, Form, Location, read_row
from seq2seq.errors import UserError, at, did_you_mean
from seq2seq.io.files import read_lines

CATALOGUE = Path(__file__).resolve().parents[3] / "config" / "corpora.tsv"


@dataclass(frozen=True)
class Corpus:
    name: str
    source: Location
    target: Location
    pairs: int | None
    form: Form

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

    def form_of(self, corpora: Iterable[str]) -> Form:
        """Whether the named corpora are raw text (as none of them is) or tokenized already.

        Raises:
            UserError: some are the one and some the other: one tokenizer must serve them all.
        """
        by_form: dict[Form, str] = {}
        for name in corpora:
            by_form.setdefault(self.corpus(name).form, name)
        if len(by_form) > 1:
            raise UserError(
                f"`{by_form['tokenized']}` is tokenized already but `{by_form['raw']}` is raw text: "
                "an experiment takes corpora of one form, for train, dev and test. Column `form` "
                f"of {self.path} tells it."
            )
        return next(iter(by_form), "raw")

    def check_tokenizer(self, corpora: Sequence[str], tokenizer: str) -> None:
        """``tokenizer`` is ``none`` for corpora that are tokenized already, and for them alone.

        Raises:
            UserError: it is not, or the corpora are of two forms.
        """
        form = self.form_of(corpora)
        if corpora and (form == "tokenized") != (tokenizer == "none"):
            wanted = "none" if form == "tokenized" else "moses"
            raise UserError(
                f"data.tokenizer: is `{tokenizer}`, but `{corpora[0]}` is {form} by column `form` of "
                f"{self.path}. Set it to `{wanted}`, or correct the column."
            )


def read_catalogue(path: str | Path) -> Catalogue:
    """Read and check the whole table.

    Raises:
        UserError: with the line that is wrong.
    """
    lines = (line.removesuffix("\r") for line in read_lines(path))
    _check_header(next(lines, "").removeprefix("\ufeff"), at(path, 1))
    rows: list[CatalogueRow] = []
    files: dict[str, File] = {}
    for number, line in enumerate(lines, start=2):
        row = read_row(line, at(path, number))
        _check_agreement(row, files.setdefault(row.file.name, row.file))
        rows.append(row)
    by_corpus: dict[str, list[CatalogueRow]] = {}
    for row in rows:
        by_corpus.setdefault(row.corpus, []).append(row)
    corpora = {name: _corpus(name, its_rows) for name, its_rows in by_corpus.items()}
    return Catalogue(Path(path), corpora, files)


def _check_header(line: str, place: str) -> None:
    names = line.split("\t")
    if len(names) == 1:
        raise UserError(
            f"{place}: no tabs, {len(COLUMNS)} columns were expected. Separate them by single "
            "tabs, not by blanks or commas."
        )
    for name in names:
        if name not in COLUMNS:
            raise UserError(f"{place}: unknown column `{name}`{did_you_mean(name, COLUMNS)}.")
    if tuple(names) != COLUMNS:
        raise UserError(f"{place}: the columns must be, in this order: {' '.join(COLUMNS)}.")


def _check_agreement(row: CatalogueRow, known: File) -> None:
    if row.file != known:
        raise UserError(
            f"{row.place}: {known.name} has other bytes, sha256, md5, urls or licence than in an "
            "earlier row. It is the same file: make the rows agree, or rename one."
        )


def _corpus(name: str, rows: list[CatalogueRow]) -> Corpus:
    merged = rows[0]
    for row in rows[1:]:
        _check_second(row, merged)
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
    return Corpus(name, merged.source, merged.target, merged.pairs, merged.form)


def _check_second(row: CatalogueRow, first: CatalogueRow) -> None:
    """Two rows of one corpus must complete each other."""
    name = row.corpus
    if row.file.name == first.file.name:
        raise UserError(f"{row.place}: {row.file.name} is given twice for corpus `{name}`.")
    if (first.source and row.source) or (first.target and row.target):
        raise UserError(f"{row.place}: corpus `{name}` has this side already, in another row.")
    if first.pairs and row.pairs and first.pairs != row.pairs:
        raise UserError(
            f"{row.place}: corpus `{name}` has {row.pairs} pairs here but {first.pairs} in "
            "another row."
        )
    if first.form != row.form:
        raise UserError(
            f"{row.place}: corpus `{name}` is {row.form} here but {first.form} in another row."
        )
