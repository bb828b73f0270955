"""Lines out of every kind of package, and what broken ones are answered with."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from seq2seq.data.archives import read_pairs, read_side
from seq2seq.data.catalogue import Corpus, CorpusSide, PublishedFile, read_catalogue
from seq2seq.errors import UserError

# Blanks of every kind that are no ends of lines.
ODD = "a\u2028b\u0085c\u2029d\x0be\x0cf\x1cg\u00a0h\rj\x00k"


def location(name: str, member: str = ".", column: int | None = None) -> CorpusSide:
    return CorpusSide(PublishedFile(name, None, None, None, (), ""), member, column)


def lines(path: Path, member: str = ".", column: int | None = None) -> list[str]:
    return list(read_side(location(path.name, member, column), path.parent))


def tar(path: Path, members: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def corpus_of(folder: Path, source: str, target: str, pairs: int | None = None) -> Corpus:
    (folder / "c.en").write_text(source, encoding="utf-8")
    (folder / "c.fr").write_text(target, encoding="utf-8")
    return Corpus("toy", location("c.en"), location("c.fr"), pairs, "raw")


def test_every_package_gives_the_same_lines(tmp_path: Path) -> None:
    content = f"one\n{ODD}\n\nlast".encode()
    (tmp_path / "a.txt").write_bytes(content)
    (tmp_path / "a.gz").write_bytes(gzip.compress(content))
    members = {"x/other.txt": b"no", "x/a.txt": content, "x/a.gz": gzip.compress(content)}
    tar(tmp_path / "a.tgz", members)
    tar(tmp_path / "a.tar", members, "w")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    expected = ["one", ODD, "", "last"]
    assert lines(tmp_path / "a.txt") == expected
    assert lines(tmp_path / "a.gz") == expected
    for name in ("a.tgz", "a.tar", "a.zip"):
        assert lines(tmp_path / name, "x/a.txt") == expected
        assert lines(tmp_path / name, "x/a.gz") == expected


def test_a_member_may_be_stored_below_a_dot(tmp_path: Path) -> None:
    assert lines(tar(tmp_path / "a.tgz", {"./x/a.txt": b"one\n"}), "x/a.txt") == ["one"]


def test_carriage_returns_before_line_ends_are_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\rthree\r\n\r\nlast\r\n")
    assert lines(tmp_path / "a.txt") == ["one", "two\rthree", "", "last"]


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeffone\n\ufefftwo\n".encode())
    assert lines(tmp_path / "a.txt") == ["one", "\ufefftwo"]


def test_a_column_is_picked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hi.\tSalut.\r\nGo.\tVa !\n", encoding="utf-8", newline="")
    assert lines(tmp_path / "a.txt", column=1) == ["Hi.", "Go."]
    assert lines(tmp_path / "a.txt", column=2) == ["Salut.", "Va !"]
    with pytest.raises(UserError, match=r"a\.txt, line 1: 2 tab-separated columns, but 3 were"):
        lines(tmp_path / "a.txt", column=3)


def test_a_segment_is_taken_as_it_stands(tmp_path: Path) -> None:
    content = (
        '<srcset setid="x">\n<doc docid="1">\n<p>\n<seg id="1"> CD&V & S&amp;P <b> </seg>\n'
        '<SEG id="2">two\nlines </SEG><seg id="3"></seg>\n</p></doc></srcset>\n'
    )
    (tmp_path / "a.sgm").write_text(content, encoding="utf-8")
    assert lines(tmp_path / "a.sgm") == ["CD&V & S&amp;P <b>", "two lines", ""]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"a\.sgm: holds no segments"),
        ("<doc>\n<seg id=1>one", r"a\.sgm, line 2: this segment does not end\."),
        ("<seg id=1>one\n<seg id=2>two</seg>", "line 1: this segment does not end before the next"),
        ("<seg id=1>one</seg>\ntwo</seg>", "line 2: a segment ends here that did not begin"),
        ("<seg id=1>one</seg>\n<seg id='1'>two</seg>", "line 2: segment `1` appears twice"),
        (
            '<doc docid="a"><seg id=1>x</seg></doc>\n<doc docid="a">',
            "line 2: document `a` appears twice",
        ),
    ],
)
def test_a_broken_sgm_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.sgm").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        lines(tmp_path / "a.sgm")


def test_segments_are_numbered_anew_in_each_document(tmp_path: Path) -> None:
    content = "".join(
        f'<doc sysid="ref" docid="{name}"><seg id="1">{name}</seg></doc>\n' for name in "ab"
    )
    (tmp_path / "a.sgm.gz").write_bytes(gzip.compress(content.encode()))
    assert lines(tmp_path / "a.sgm.gz") == ["a", "b"]


@pytest.mark.parametrize("year", [2012, 2013])
@pytest.mark.parametrize(("side", "language"), [("src", "en"), ("ref", "fr")])
def test_segments_equal_the_published_plain_text(shared_data, year, side, language):
    folder = shared_data / "wmt-newstest"
    plain = (folder / "plain" / f"newstest{year}.{language}").read_bytes().decode()
    segments = lines(folder / "sgm" / f"newstest{year}-{side}.{language}.sgm")
    assert segments == plain.split("\n")[:-1]


@pytest.mark.parametrize(("side", "language"), [("src", "en"), ("ref", "fr")])
def test_segments_of_the_test_set_come_in_the_order_of_the_file(shared_data, side, language):
    folder = shared_data / "wmt-newstest"
    derived = (folder / "derived" / f"newstest2014.full.{language}").read_bytes().decode()
    segments = lines(folder / "sgm" / f"newstest2014-fren-{side}.{language}.sgm")
    assert segments == derived.split("\n")[:-1]


def test_real_multi30k_is_read_by_our_catalogue(repository, shared_data, tmp_path):
    corpus = read_catalogue(repository / "config" / "corpora.tsv").corpus("multi30k-val")
    for file in corpus.files:
        published = shared_data / "multi30k" / file.name.removeprefix("multi30k-")
        (tmp_path / file.name).symlink_to(published)
    pairs = list(read_pairs(corpus, tmp_path))
    assert len(pairs) == 1014
    assert pairs[0] == (
        "A group of men are loading cotton onto a truck",
        "Un groupe d'hommes chargent du coton dans un camion",
    )


def test_real_columns_of_a_zip_are_read_by_our_catalogue(repository, shared_data, tmp_path):
    corpus = read_catalogue(repository / "config" / "corpora.tsv").corpus("tatoeba-2019")
    (tmp_path / corpus.files[0].name).symlink_to(
        shared_data / "tatoeba-anki" / "fra-eng.2019-04.zip"
    )
    pairs = list(read_pairs(corpus, tmp_path))
    assert pairs[0] == ("Go.", "Va !")
    assert any("\u202f" in target for _, target in pairs)


def test_a_missing_member_is_answered_with_the_nearest(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tgz", {"dev/newstest2012.en": b"", "dev/README": b""})
    with pytest.raises(UserError, match=r"no member dev/newstest2021\.en.*dev/newstest2012\.en"):
        lines(path, "dev/newstest2021.en")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x/a.txt", "one")
    with pytest.raises(UserError, match=r"no member a\.txt; the nearest of its 1 are: x/a\.txt"):
        lines(tmp_path / "a.zip", "a.txt")


def test_a_member_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        folder = tarfile.TarInfo("x")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    with pytest.raises(UserError, match="member x is not a file"):
        lines(tmp_path / "a.tar", "x")


@pytest.mark.parametrize("name", ["a.tgz", "a.tar", "a.zip"])
@pytest.mark.parametrize("content", [b"", b"<html>Not found</html>" * 100])
def test_what_is_no_archive_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=r"not a readable .* archive"):
        lines(tmp_path / name, "x")


def test_what_is_no_gzip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"plain text\n")
    with pytest.raises(UserError, match=r"a\.gz, line 1: the file is truncated or damaged"):
        lines(tmp_path / "a.gz")


def test_truncated_packages_are_refused(tmp_path: Path) -> None:
    content = "".join(f"line {k} {k * k}\n" for k in range(20_000)).encode()
    whole = gzip.compress(content)
    (tmp_path / "a.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"a\.gz, line \d+: the file is truncated"):
        lines(tmp_path / "a.gz")
    tar(tmp_path / "a.tgz", {"x": content})
    whole = (tmp_path / "a.tgz").read_bytes()
    (tmp_path / "a.tgz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"a\.tgz:x, line \d+: the file is truncated"):
        lines(tmp_path / "a.tgz", "x")


def test_a_damaged_package_is_refused(tmp_path: Path) -> None:
    content = "".join(f"line {k} {k * k}\n" for k in range(20_000)).encode()
    whole = bytearray(gzip.compress(content))
    whole[len(whole) // 2 : len(whole) // 2 + 40] = bytes(40)
    (tmp_path / "a.gz").write_bytes(whole)
    with pytest.raises(UserError, match=r"the file is truncated or damaged|not valid UTF-8"):
        lines(tmp_path / "a.gz")


def test_invalid_text_is_refused_with_its_line(tmp_path: Path) -> None:
    tar(tmp_path / "a.tgz", {"x.txt": b"one\ntwo\nd\xe9j\xe0\n"})
    with pytest.raises(UserError, match=r"a\.tgz:x\.txt, line 3: not valid UTF-8"):
        lines(tmp_path / "a.tgz", "x.txt")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.txt: .*No such file.* Run the step `download`"):
        lines(tmp_path / "a.txt")
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(UserError, match=r"cannot be read \(Is a directory\)"):
        lines(tmp_path / "a.txt")


@pytest.mark.parametrize(("source", "target"), [("1\n2\n3\n", "1\n"), ("1\n", "1\n2\n3\n")])
def test_sides_of_different_length_are_refused(tmp_path: Path, source: str, target: str) -> None:
    counts = f"{source.count(chr(10))} source lines but {target.count(chr(10))} target lines"
    with pytest.raises(UserError, match=f"corpus `toy`: {counts}"):
        list(read_pairs(corpus_of(tmp_path, source, target), tmp_path))


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="corpus `toy` is empty"):
        list(read_pairs(corpus_of(tmp_path, "", ""), tmp_path))


def test_another_number_of_pairs_than_known_is_refused(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "1\n2\n", "1\n2\n", pairs=3)
    with pytest.raises(UserError, match="has 2 pairs, but the catalogue says 3"):
        list(read_pairs(corpus, tmp_path))
