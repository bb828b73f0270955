"""A folder of published files to carry to a machine without internet."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from faulty_server import PATIENCE, described
from seq2seq.data.catalogue import PublishedFile
from seq2seq.data.download import CHECKSUMS, download, write_bundle
from seq2seq.errors import UserError

CONTENTS = {"a.txt": b"one\n", "b+c.txt": b"two\n"}


def fetched(folder: Path) -> dict[Path, PublishedFile]:
    folder.mkdir()
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    return {
        folder / name: described(content=content, name=name) for name, content in CONTENTS.items()
    }


def test_a_bundle_is_a_mirror_with_checksums(tmp_path: Path) -> None:
    files, bundle = fetched(tmp_path / "downloads"), tmp_path / "x" / "bundle"
    write_bundle(files, bundle)
    assert (bundle / CHECKSUMS).read_text(encoding="utf-8").split("\n")[:-1] == [
        f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in CONTENTS.items()
    ]
    subprocess.run(["sha256sum", "--check", "--quiet", CHECKSUMS], cwd=bundle, check=True)
    for file in files.values():
        output = tmp_path / "elsewhere" / file.name
        download(file, output, mirror=str(bundle), policy=PATIENCE)
        assert output.read_bytes() == CONTENTS[file.name]


def test_an_earlier_bundle_is_replaced(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "old").touch()
    write_bundle(fetched(tmp_path / "downloads"), bundle)
    assert sorted(path.name for path in bundle.iterdir()) == [*CONTENTS, CHECKSUMS]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "downloads"]


def test_a_file_that_is_not_the_published_one_is_not_bundled(tmp_path: Path) -> None:
    files = fetched(tmp_path / "downloads")
    (tmp_path / "downloads" / "a.txt").write_bytes(b"0ne\n")
    with pytest.raises(UserError, match=r"a\.txt: wrong bytes, sha256 .* run `make bundle` again"):
        write_bundle(files, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_where_nothing_is_published_there_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="generates its corpus, so there is no file"):
        write_bundle({}, tmp_path / "bundle")
