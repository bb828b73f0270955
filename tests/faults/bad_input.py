"""`make docs-bad-input`: the table of docs/bad-input.md, from what the program really says.

Each fault is given to the reader of its file.  The result is right, or one sentence; a command or a job
then ends with exit code 2.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from faults import faults_of_models
from faults.faults_of_files import KINDS
from faults.test_bad_input import CASES, TABLES, catalogue_of, pairs_of, prepared
from seq2seq.errors import UserError
from seq2seq.runtime.logging import explain

PAGE = Path(__file__).resolve().parents[2] / "docs/bad-input.md"
HEAD = """# Error messages for bad input

This page is generated from the tests: `make docs-bad-input`. The last column is the error
message, which the program prints before it exits with code 2. *Read* means that the file is
accepted. {count} faults.
"""


def outcomes(folder: Path) -> Iterator[tuple[str, str, str | None]]:
    """Kind of file, fault, and what is said, None if it is read; names without their folder."""
    for kind in KINDS:
        for name, (content, _) in kind.faults.items():
            with tempfile.TemporaryDirectory(dir=folder) as own:
                path = Path(own) / kind.file
                path.write_bytes(content.encode() if isinstance(content, str) else content)
                yield kind.title, name, said_by(lambda p=path, r=kind.read: r(p), own)
    for name, change, _ in faults_of_models.FAULTS:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            model = faults_of_models.changed(Path(own), change)
            said = said_by(lambda m=model: faults_of_models.load(m), own)
            yield "Model folder and checkpoint", name, said
    for name, case in CASES.items():
        with tempfile.TemporaryDirectory(dir=folder) as own:
            catalogue = prepared(case, Path(own))
            yield "Corpus and archive", name, said_by(lambda c=catalogue: pairs_of(c), own)
    for name, (rows, _) in TABLES.items():
        with tempfile.TemporaryDirectory(dir=folder) as own:
            for side in ("en", "fr"):
                (Path(own) / f"c.{side}").write_text("1\n2\n")
            catalogue = catalogue_of(Path(own), *rows)
            yield "List of corpora", name, said_by(lambda c=catalogue: pairs_of(c), own)


def said_by(read: object, folder: str) -> str | None:
    try:
        read()  # type: ignore[operator]
    except (UserError, OSError) as error:
        return str(explain(error)).replace(f"{folder}/", "")
    return None


def page(folder: Path) -> str:
    lines, count, before = [], 0, ""
    for kind, fault, said in outcomes(folder):
        if kind != before:
            lines += ["", f"## {kind}", "", "| fault | what is said |", "| --- | --- |"]
            before = kind
        lines.append(f"| {_cell(fault)} | {'*Read*' if said is None else _cell(said)} |")
        count += 1
    return HEAD.format(count=count) + "\n".join([*lines, ""])


def _cell(text: str) -> str:
    """Markdown leaves nothing of it out; what cannot be printed is escaped."""
    printable = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text).replace("|", "\\|")
    parts = printable.split("`")  # every second one is code, where Markdown changes nothing
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
