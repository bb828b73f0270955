"""Counting by parts, against counting at once."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from seq2seq.data.text_files import read_blocks
from seq2seq.data.word_counts import read_counts, write_counts
from seq2seq.errors import UserError
from seq2seq.runtime.shards import Shard


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 lines of words with the frequencies of a language, some not ASCII."""
    random = np.random.default_rng(3)
    lines = [
        " ".join(f"{'é' * (k % 3)}w{k}" for k in random.zipf(1.4, size=random.integers(0, 20)))
        for _ in range(2000)
    ]
    path = tmp_path_factory.mktemp("text") / "train.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("parts", [1, 2, 3])
@pytest.mark.parametrize("most_words", [10, 1 << 18])
def test_neither_parts_nor_memory_change_the_counts(text, tmp_path, parts, most_words):
    files = [tmp_path / f"{k}.tsv" for k in range(1, parts + 1)]
    for number, file in enumerate(files, start=1):
        blocks = read_blocks(text, Shard(number, parts), size=5000)
        write_counts(file, blocks, most_words=most_words)
    lines, counted = read_counts(files)
    rows = list(counted)
    expected = Counter(text.read_text("utf-8").replace("\n", " ").split(" "))
    del expected[""]
    assert lines == 2000
    assert {word.decode(): count for word, count in rows} == expected
    assert [word.decode() for word, _ in rows] == sorted(expected)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(file.name for file in files)


def test_words_may_be_spelled_as_anything_without_blanks(tmp_path: Path) -> None:
    write_counts(tmp_path / "c.tsv", [b"lines <EOS> lines\n", b"\n"])
    lines, counted = read_counts([tmp_path / "c.tsv"])
    assert (lines, list(counted)) == (2, [(b"<EOS>", 1), (b"lines", 2)])


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.tsv").write_text("a\t1\n")
    with pytest.raises(UserError, match=r"c.tsv, line 1: holds no word counts"):
        read_counts([tmp_path / "c.tsv"])
    with pytest.raises(UserError, match="none: cannot be read"):
        read_counts([tmp_path / "none"])
