"""Every kind of bad input that we could think of: the right pairs, or one sentence that helps."""

import bz2
import gzip
import io
import lzma
import re
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from seq2seq.data.archives import read_pairs
from seq2seq.data.catalogue import COLUMNS, read_catalogue
from seq2seq.errors import UserError

HEADER = "\t".join(COLUMNS)
ENGLISH, FRENCH = b"one\ntwo\n", b"un\ndeux\n"
RIGHT = ["one", "two"]
LONG = b"x" * (1 << 20) + b"\n"
BOMB = (
    b"x" * 9_999 + b"\n"
) * 4_000  # as gzip a thousandth of it, over the 16 MiB that are always allowed
LINES = "".join(f"line {number} {number * number}\n" for number in range(20_000)).encode()


def tar(*members: tuple[str, bytes], mode: str = "w:gz") -> bytes:
    """An archive of files; a member whose content begins with ``=`` is of that type instead."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            if content.startswith(b"="):
                info.type, info.linkname = content[1:2], content[2:].decode()
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(*members: tuple[str, bytes], attributes: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def patched(content: bytes, *, local: int, central: int, value: int) -> bytes:
    """A zip archive with another byte at these places of its member's two headers."""
    changed = bytearray(content)
    changed[content.index(b"PK\x03\x04") + local] = value
    changed[content.index(b"PK\x01\x02") + central] = value
    return bytes(changed)


def damaged(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(40) + content[middle + 40 :]


@dataclass(frozen=True)
class Case:
    """``file`` holds the source at ``member``; ``expected`` are its lines, or what is said of it."""

    expected: list[str] | str
    content: bytes
    file: str = "c.en"
    member: str = "."
    others: Mapping[str, bytes] = field(default_factory=dict)


def plain(content: bytes, expected: list[str] | str) -> Case:
    return Case(expected, content)


def packed(file: str, content: bytes, expected: list[str] | str) -> Case:
    return Case(expected, content, file)


def inside(file: str, content: bytes, expected: list[str] | str, member: str = "d/c.en") -> Case:
    return Case(expected, content, file, member)


def sgm(*segments: str) -> bytes:
    text = "\n".join(segments)
    return f'<refset><doc docid="d">\n{text}\n</doc></refset>\n'.encode()


CUT = "the file is truncated or damaged .*Download it again"
NO_ARCHIVE = r"not a readable \.\w+ archive, or truncated .*Download it again"
NO_FILE = "member d/c.en is not a file but a folder, link or device"
BIG = r"expands to more than \d+,\d+,\d+ bytes, over 100 times its size"

CASES = {
    "NUL bytes": plain(b"o\x00ne\ntwo\n", ["o\x00ne", "two"]),
    "invalid UTF-8": plain(b"one\nd\xe9j\xe0\n", "c.en, line 2: not valid UTF-8"),
    "a surrogate": plain(b"one\n\xed\xa0\x80\n", "c.en, line 2: not valid UTF-8"),
    "an overlong code": plain(b"\xc0\xaf\ntwo\n", "c.en, line 1: not valid UTF-8"),
    "CRLF": plain(b"one\r\ntwo\r\n", RIGHT),
    "a lone CR": plain(b"o\rne\ntwo\n", ["o\rne", "two"]),
    "U+2028 in a line": plain("o\u2028ne\ntwo\n".encode(), ["o\u2028ne", "two"]),
    "U+0085 in a line": plain("o\u0085ne\ntwo\n".encode(), ["o\u0085ne", "two"]),
    "U+000B in a line": plain(b"o\x0bne\ntwo\n", ["o\x0bne", "two"]),
    "a byte order mark": plain(b"\xef\xbb\xbfone\ntwo\n", RIGHT),
    "UTF-16 with its mark": plain("one\ntwo\n".encode("utf-16"), "line 1: looks like UTF-16"),
    "UTF-16 without": plain("one\ntwo\n".encode("utf-16-le"), "line 1: looks like UTF-16"),
    "no last newline": plain(b"one\ntwo", RIGHT),
    "lines without text": plain(b"\n\n", ["", ""]),
    "an empty side": plain(b"", "`c`: 0 source lines but 2 target lines"),
    "a side too short": plain(b"one\n", "`c`: 1 source lines but 2 target lines"),
    "a side too long": plain(b"1\n2\n3\n4\n", "`c`: 4 source lines but 2 target lines"),
    "two empty sides": Case("`c` is empty", b"", others={"c.fr": b""}),
    "an enormous line": plain(b"one\n" + LONG, "c.en, line 2: longer than 1,048,576 bytes"),
    "gzip in parts": packed("c.en.gz", gzip.compress(b"one\n") + gzip.compress(b"two\n"), RIGHT),
    "gzip cut off": packed("c.en.gz", gzip.compress(LINES)[:9000], rf"line \d+: {CUT}"),
    "gzip without its end": packed("c.en.gz", gzip.compress(ENGLISH)[:-8], CUT),
    "gzip with garbage behind": packed("c.en.gz", gzip.compress(ENGLISH) + b"xyz", CUT),
    "gzip with padding behind": packed("c.en.gz", gzip.compress(ENGLISH) + bytes(9), RIGHT),
    "gzip with damage": packed("c.en.gz", damaged(gzip.compress(LINES)), f"{CUT}|not valid UTF-8"),
    "gzip that is none": packed("c.en.gz", ENGLISH, f"c.en.gz, line 1: {CUT}"),
    "gzip of a thousand times its size": packed("c.en.gz", gzip.compress(BOMB), BIG),
    "bzip2": packed("c.en.bz2", bz2.compress(ENGLISH), RIGHT),
    "bzip2 cut off": packed("c.en.bz2", bz2.compress(LINES)[:-99], CUT),
    "bzip2 that is none": packed("c.en.bz2", ENGLISH, CUT),
    "xz": packed("c.en.xz", lzma.compress(ENGLISH), RIGHT),
    "xz cut off": packed("c.en.xz", lzma.compress(LINES)[:-99], CUT),
    "xz that is none": packed("c.en.xz", ENGLISH, CUT),
    "tar.xz": inside("c.tar.xz", tar(("d/c.en", ENGLISH), mode="w:xz"), RIGHT),
    "tar without the member": inside("c.tgz", tar(("d/b.en", b"")), "no member d/c.en; .* d/b.en"),
    "tar without members": inside("c.tgz", tar(), "no member d/c.en; the nearest of its 0"),
    "tar with ways out of it": inside(
        "c.tgz", tar(("../../evil", b"x"), ("/evil", b"x"), ("d/c.en", ENGLISH)), RIGHT
    ),
    "tar whose member leads out": inside("c.tgz", tar(("../c", ENGLISH)), RIGHT, member="../c"),
    "tar with an absolute member": inside("c.tgz", tar(("/e/c", ENGLISH)), RIGHT, member="/e/c"),
    "tar with a symbolic link": inside("c.tgz", tar(("d/c.en", b"=2/etc/hostname")), NO_FILE),
    "tar with a hard link": inside("c.tgz", tar(("d/b", ENGLISH), ("d/c.en", b"=1d/b")), NO_FILE),
    "tar with a device": inside("c.tgz", tar(("d/c.en", b"=3")), NO_FILE),
    "tar with a pipe": inside("c.tgz", tar(("d/c.en", b"=6")), NO_FILE),
    "tar with a folder": inside("c.tgz", tar(("d/c.en", b"=5")), NO_FILE),
    "tar with two of the name": inside(
        "c.tgz",
        tar(("d/c.en", ENGLISH), ("x", b""), ("./d/c.en", b"1\n2\n")),
        "several members d/c.en",
    ),
    "tar of a thousand times its size": inside("c.tgz", tar(("d/c.en", BOMB)), BIG),
    "tar with such a member before": inside("c.tgz", tar(("a", BOMB), ("d/c.en", ENGLISH)), BIG),
    "tar cut off in the member": inside(
        "c.tgz", tar(("d/c.en", LINES))[:20_000], f"{CUT}|{NO_ARCHIVE}"
    ),
    "tar cut off behind the member": inside(
        "c.tgz", tar(("d/c.en", ENGLISH), ("d/big", LINES))[:20_000], NO_ARCHIVE
    ),
    "tar whose member is longer than it": inside(
        "c.tar", tar(("d/c.en", LINES), mode="w")[:9000], CUT
    ),
    "a page in place of tar": inside("c.tgz", b"<!DOCTYPE html>" * 99, NO_ARCHIVE),
    "nothing in place of tar": inside("c.tgz", b"", NO_ARCHIVE),
    "gzip in tar": inside(
        "c.tar", tar(("d/c.gz", gzip.compress(ENGLISH)), mode="w"), RIGHT, "d/c.gz"
    ),
    "zip": inside("c.zip", zipped(("d/c.en", ENGLISH)), RIGHT),
    "zip without the member": inside("c.zip", zipped(("b", b"")), "no member d/c.en; .*: b"),
    "zip with a password": inside(
        "c.zip", patched(zipped(("d/c.en", ENGLISH)), local=6, central=8, value=1), "is encrypted"
    ),
    "zip packed in an unknown way": inside(
        "c.zip", patched(zipped(("d/c.en", ENGLISH)), local=8, central=10, value=99), NO_ARCHIVE
    ),
    "zip with a wrong sum": inside(
        "c.zip", patched(zipped(("d/c.en", ENGLISH)), local=14, central=16, value=7), CUT
    ),
    "zip cut off": inside("c.zip", zipped(("d/c.en", LINES))[:9000], NO_ARCHIVE),
    "zip with a folder": inside("c.zip", zipped(("d/", b"")), "is not a file", "d/"),
    "zip with a symbolic link": inside(
        "c.zip", zipped(("d/c.en", b"/etc/hostname"), attributes=0o120777), NO_FILE
    ),
    "zip of a thousand times its size": inside("c.zip", zipped(("d/c.en", BOMB)), BIG),
    "a table": Case(RIGHT, b"one\tun\ntwo\tdeux\n", "c.tsv", ".#1"),
    "a table with too few columns": Case(
        "c.tsv, line 2: 1 tab-separated columns, but 2 were", b"x\tone\ntwo\n", "c.tsv", ".#2"
    ),
    "a table with too many columns": Case(
        "c.tsv, line 2: 3 tab-separated columns, but 2 were", b"a\tb\na\tb\tc\n", "c.tsv", ".#1"
    ),
    "a column that no line has": Case("but 3 were expected", b"a\tb\na\tb\n", "c.tsv", ".#3"),
    "sgm with bare signs": packed(
        "c.sgm", sgm('<seg id="1">S&P < 1</seg>', '<seg id="2">two</seg>'), ["S&P < 1", "two"]
    ),
    "sgm that lacks an end": packed(
        "c.sgm",
        sgm('<seg id="1">one', '<seg id="2">two</seg>'),
        "line 2: .* before the next begins",
    ),
    "sgm that lacks the last end": packed(
        "c.sgm",
        sgm('<seg id="1">one</seg>', '<seg id="2">two'),
        "line 3: this segment does not end",
    ),
    "sgm with a segment in another": packed(
        "c.sgm", sgm('<seg id="1">o<seg id="2">n</seg>e</seg>'), "line 2: .* before the next begins"
    ),
    "sgm with one id twice": packed(
        "c.sgm",
        sgm('<seg id="1">one</seg>', '<seg id="1">two</seg>'),
        "line 3: segment `1` appears twice",
    ),
    "sgm with two references": packed(
        "c.sgm", sgm("<seg id=1>a</seg>") * 2, "line 4: document `d` appears twice"
    ),
    "a page in place of sgm": packed("c.sgm", b"<html><p>Not found</html>", "holds no segments"),
}


def catalogue_of(folder: Path, *rows: tuple[str, ...], header: str = HEADER) -> Path:
    path = folder / "corpora.tsv"
    path.write_text("\n".join([header, *("\t".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def row(file: str, source: str, target: str, **other: str) -> tuple[str, ...]:
    cells = {"corpus": "c", "file": file, "source": source, "target": target, "form": "raw"}
    return tuple({**dict.fromkeys(COLUMNS, ""), **cells, **other}[name] for name in COLUMNS)


def prepared(case: Case, folder: Path) -> Path:
    """A folder of downloads, and the catalogue that tells of them."""
    for name, content in {"c.fr": FRENCH, case.file: case.content, **case.others}.items():
        (folder / name).write_bytes(content)
    return catalogue_of(folder, row(case.file, case.member, "-"), row("c.fr", "-", "."))


def pairs_of(catalogue: Path) -> list[tuple[str, str]]:
    return list(read_pairs(read_catalogue(catalogue).corpus("c"), catalogue.parent))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_file_gives_the_right_lines_or_one_sentence(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    catalogue = prepared(case, folder)
    before = sorted(tmp_path.rglob("*"))
    if isinstance(case.expected, list):
        assert pairs_of(catalogue) == list(zip(case.expected, ["un", "deux"], strict=True))
    else:
        with pytest.raises(UserError) as caught:
            pairs_of(catalogue)
        assert_helpful(str(caught.value), case.expected)
    assert sorted(tmp_path.rglob("*")) == before


def assert_helpful(said: str, expected: str) -> None:
    """One line that names the file or corpus and ends like a sentence."""
    assert re.search(expected, said), said
    assert "\n" not in said
    assert said.endswith((".", "?"))
    assert re.search(r"corpora\.tsv|\bc\.\w+|`c`|/c\.", said), said


TABLES = {
    "an unknown corpus": (
        [row("b.en", ".", "-", corpus="b"), row("b.fr", "-", ".", corpus="b")],
        "column `corpus` has no `c`",
    ),
    "a row twice": ([row("c.en", ".", "-"), row("c.en", ".", "-")], "line 3: c.en is given twice"),
    "a side twice": ([row("c.en", ".", "-"), row("d.en", ".", "-")], "line 3: .* this side already"),
    "a side missing": ([row("c.en", ".", "-")], "line 2: corpus `c` lacks its target side"),
    "blanks in place of tabs": ([(" ".join(row("c.en", ".", "-")),)], "line 2: 1 columns, but the"),
    "an empty line": ([("",)], "line 2: 1 columns, but the header has 11"),
    "a folder in a name": ([row("../c.en", ".", "-")], "line 2: .*without a folder"),
    "a wrong form": ([row("c.en", ".", "-", form="token")], "line 2: form `token` must be raw"),
    "half a checksum": ([row("c.en", ".", "-", sha256="ab12")], "line 2: .*64 hexadecimal digits"),
    "another number of pairs": (
        [row("c.en", ".", "-", pairs="3"), row("c.fr", "-", ".")], "has 2 pairs, but the catalogue"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), TABLES.values(), ids=TABLES.keys())
def test_a_wrong_catalogue_is_told_with_its_line(rows, expected, tmp_path):
    (tmp_path / "c.en").write_bytes(ENGLISH)
    (tmp_path / "c.fr").write_bytes(FRENCH)
    with pytest.raises(UserError) as caught:
        pairs_of(catalogue_of(tmp_path, *rows))
    assert_helpful(str(caught.value), expected)


@pytest.mark.parametrize("content", ["", HEADER.replace("\t", " "), HEADER.replace("\t", ",")])
def test_a_catalogue_without_tabs_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"corpora\.tsv, line 1: .* separated by tabs"):
        pairs_of(catalogue_of(tmp_path, header=content))


@pytest.mark.parametrize("change", [("\n", "\r\n"), (HEADER, f"\ufeff{HEADER}")])
def test_a_catalogue_saved_by_a_spreadsheet_is_read(change, tmp_path):
    catalogue = prepared(CASES["CRLF"], tmp_path)
    text = catalogue.read_text(encoding="utf-8").replace(*change)
    catalogue.write_bytes(text.encode())
    assert pairs_of(catalogue) == [("one", "un"), ("two", "deux")]


def test_what_is_no_readable_file_is_told(tmp_path: Path) -> None:
    catalogue = prepared(CASES["CRLF"], tmp_path)
    path = tmp_path / "c.en"
    path.unlink()
    for make, expected in {
        path.mkdir: r"c.en: cannot be read \(Is a directory",
        lambda: path.symlink_to(
            "nowhere"
        ): r"c.en: cannot be read \(No such file .* step `download`",
        lambda: path.symlink_to("c.en"): r"c.en: cannot be read \(Too many levels",
    }.items():
        make()
        with pytest.raises(UserError) as caught:
            pairs_of(catalogue)
        assert_helpful(str(caught.value), expected)
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_line_without_end_is_not_taken_into_memory(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "c.en.gz", "wb", compresslevel=1) as file:
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    (tmp_path / "c.fr").write_bytes(FRENCH)
    catalogue = catalogue_of(tmp_path, row("c.en.gz", ".", "-"), row("c.fr", "-", "."))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="line 1: longer than"):
            pairs_of(catalogue)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "name", ["invalid UTF-8", "tar with a symbolic link", "zip with a password"]
)
def test_the_program_says_one_sentence_and_leaves_no_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "downloads").mkdir()
    catalogue = prepared(CASES[name], tmp_path / "downloads")
    ended = program(
        "extract-corpus", "--catalogue", str(catalogue), "--corpora", "c",
        "--downloads", str(tmp_path / "downloads"),
        "--source-text", str(tmp_path / "text/en"), "--target-text", str(tmp_path / "text/fr"),
    )  # fmt: skip
    assert ended.returncode == 2
    assert_helpful(ended.stderr.strip(), str(CASES[name].expected))
    assert ended.stderr.startswith("error: ")
    assert not list((tmp_path / "text").iterdir())


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"bytes": "9", "sha256": "any"}, r"c\.en \(8 bytes, but 9 were expected\)"),
        ({"sha256": "ab" * 32}, r"c\.en \(wrong bytes, sha256 [0-9a-f]{64} instead of (ab)+\)"),
    ],
)
def test_the_program_refuses_a_mirror_s_wrong_file(known, expected, tmp_path):
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "c.en").write_bytes(ENGLISH)
    rows = (row("c.en", ".", "-", **known), row("c.fr", "-", "."))
    ended = program(
        "download", "--catalogue", str(catalogue_of(tmp_path, *rows)), "--file", "c.en",
        "--mirror", str(tmp_path / "mirror"), "--output", str(tmp_path / "got/c.en"),
        "--checksum", str(tmp_path / "got/c.en.sha256"),
    )  # fmt: skip
    assert ended.returncode == 2
    assert_helpful(ended.stderr.strip().split("\n")[-1], expected)
    assert not (tmp_path / "got/c.en").exists()


def program(step: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "seq2seq.steps.data", step, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
