"""Each fault of a user's file is read right, or is one sentence; docs/bad-input.md has them all."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from faults import bad_input, faults_of_models
from faults.faults_of_files import KINDS
from seq2seq.errors import UserError


def cases() -> Iterator[Any]:
    for kind in KINDS:
        for name, (content, expected) in kind.faults.items():
            yield pytest.param(kind, content, expected, id=f"{kind.title}: {name}")


def check(read: Callable[[], object], expected: str | None) -> None:
    if expected is None:
        read()
        return
    with pytest.raises(UserError) as refused:
        read()
    said = str(refused.value)
    assert re.search(expected, said), said
    assert "\n" not in said and said.endswith((".", "?")), said


@pytest.mark.parametrize(("kind", "content", "expected"), list(cases()))
def test_a_file_is_read_or_one_sentence_says_what_is_wrong(kind, content, expected, tmp_path):
    path = tmp_path / kind.file
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    check(lambda: kind.read(path), expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [pytest.param(change, expected, id=name) for name, change, expected in faults_of_models.FAULTS],
)
def test_a_model_folder_is_loaded_or_one_sentence_says_what_is_wrong(change, expected, tmp_path):
    model = faults_of_models.changed(tmp_path, change)
    check(lambda: faults_of_models.load(model), expected)
    assert not Path("evil").exists()


def test_the_page_has_what_is_said_today(tmp_path: Path) -> None:
    page = bad_input.page(tmp_path)
    assert int(re.search(r"(\d+) faults\.", page)[1]) >= 150  # type: ignore[index]
    assert page == bad_input.PAGE.read_text(encoding="utf-8"), "run `make docs-bad-input`"
