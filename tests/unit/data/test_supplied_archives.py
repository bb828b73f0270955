"""Archives named as those of the paper's own data, taken from a folder as a user would supply them."""

import gzip
import hashlib
import io
import re
import tarfile
from pathlib import Path

import pytest

from run_step import run_step
from seq2seq.data.catalogue import CATALOGUE, read_catalogue
from seq2seq.errors import UserError

PARTS = ("ep7_pc45", "nc9", "dev08_11", "crawl", "ccb2_pc30", "un2000_pc34")
TRAIN = [name for name in read_catalogue(CATALOGUE).corpora if name.startswith("schwenk-")][:6]


def pack(path: Path, members: dict[str, bytes]) -> str:
    """Write a tar.gz; its sha256 is returned."""
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Our own, without an address of the web that a test might visit."""
    text = CATALOGUE.read_text(encoding="utf-8")
    path = tmp_path / "corpora.tsv"
    text = re.sub(r"https?://[^ \t]*/", "file:///nowhere/", text)
    path.write_text(text.replace("\ttokenized\t\t-\t", "\ttokenized\t\tany\t"), encoding="utf-8")
    return path


def fetch(catalogue: Path, name: str) -> None:
    folder = catalogue.parent
    run_step("data", "download", "--catalogue", catalogue, "--file", name,
        "--mirror", folder / "mirror", "--output", folder / "downloads" / name,
        "--checksum", folder / f"{name}.sha256",
    )  # fmt: skip


def test_the_selected_bitexts_are_read_in_the_order_of_the_configuration(
    tmp_path: Path, catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = {
        f"bitexts.selected/{part}.{language}.gz": gzip.compress(f"{part} {language}\n".encode())
        for part in PARTS
        for language in ("en", "fr")
    }
    digest = pack(tmp_path / "mirror" / "bitexts.tgz", members)
    fetch(catalogue, "schwenk-bitexts.tgz")
    said = capsys.readouterr().err
    assert "warning: no checksum of schwenk-bitexts.tgz is published" in said
    assert f"Add {digest} to" in said
    record = (tmp_path / "schwenk-bitexts.tgz.sha256").read_text(encoding="utf-8")
    assert record == f"{digest}  schwenk-bitexts.tgz\n"
    run_step("data", "extract-corpus", "--corpora", *TRAIN, "--downloads", tmp_path / "downloads",
        "--source-text", tmp_path / "en", "--target-text", tmp_path / "fr",
    )  # fmt: skip
    for language in ("en", "fr"):
        text = (tmp_path / language).read_text(encoding="utf-8")
        assert text == "".join(f"{part} {language}\n" for part in PARTS)


def test_an_archive_without_a_checksum_is_fetched_only_if_the_table_says_so(tmp_path, catalogue):
    pack(tmp_path / "mirror" / "bitexts.tgz", {"x": b"x"})
    catalogue.write_text(catalogue.read_text(encoding="utf-8").replace("\tany\t", "\t-\t"))
    with pytest.raises(UserError, match=r"no checksum of schwenk-bitexts\.tgz is known.*`any`"):
        fetch(catalogue, "schwenk-bitexts.tgz")
    assert not (tmp_path / "downloads").exists()


def test_half_an_archive_of_unknown_checksum_is_not_taken(tmp_path: Path, catalogue: Path) -> None:
    pack(tmp_path / "whole.tgz", {"bitexts.selected/nc9.en.gz": gzip.compress(b"one\n" * 99)})
    (tmp_path / "mirror").mkdir()
    half = (tmp_path / "whole.tgz").read_bytes()[:-9]
    (tmp_path / "mirror" / "bitexts.tgz").write_bytes(half)
    with pytest.raises(UserError, match=r"bitexts\.tgz \(truncated, damaged or of another kind"):
        fetch(catalogue, "schwenk-bitexts.tgz")
    assert not (tmp_path / "downloads" / "schwenk-bitexts.tgz").exists()


def test_another_dev_and_test_set_than_the_paper_s_is_not_taken(tmp_path, catalogue):
    pack(tmp_path / "mirror" / "dev+test.tgz", {"dev/ntst14.en": b"one\n"})
    with pytest.raises(
        UserError, match=r"md5 [0-9a-f]{32} instead of 7d7897317ddd8ba0ae5c5fa7248d"
    ):
        fetch(catalogue, "schwenk-dev+test.tgz")
