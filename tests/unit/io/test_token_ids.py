"""Sentences as flat arrays: they come back, and files that do not fit are refused."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.io.token_ids import TokenDataset, read_token_dataset
from token_files import write_token_dataset


def written(folder: Path, sentences: list[list[int]]) -> TokenDataset:
    write_token_dataset(folder / "w.npy", folder / "o.npy", sentences)
    return read_token_dataset(folder / "w.npy", folder / "o.npy")


@pytest.mark.parametrize("sentences", [[], [[]], [[], []], [[5, 6], [], [7]], [[79_999] * 3]])
def test_sentences_come_back(tmp_path: Path, sentences: list[list[int]]) -> None:
    read = written(tmp_path, sentences)
    assert len(read) == len(sentences)
    assert [sentence.tolist() for sentence in read] == sentences
    assert read.lengths.tolist() == [len(sentence) for sentence in sentences]


def test_more_words_than_a_block_come_back(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    sentences = [generator.integers(0, 80_000, size=70_000).tolist() for _ in range(40)]
    read = written(tmp_path, sentences)
    assert np.array_equal(read.words, np.concatenate(sentences))
    assert read[39].tolist() == sentences[39]


def test_the_files_are_plain_numpy_arrays(tmp_path: Path) -> None:
    written(tmp_path, [[3, 4], [5]])
    words, offsets = np.load(tmp_path / "w.npy"), np.load(tmp_path / "o.npy")
    assert (words.dtype, words.tolist()) == (np.int32, [3, 4, 5])
    assert (offsets.dtype, offsets.tolist()) == (np.int64, [0, 2, 3])


def test_words_are_mapped_and_cannot_be_overwritten(tmp_path: Path) -> None:
    read = written(tmp_path, [[3, 4]])
    assert isinstance(read.words, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        read.words[0] = 1


def test_equal_sentences_are_equal_files(tmp_path: Path) -> None:
    write_token_dataset(tmp_path / "a", tmp_path / "b", ([k] for k in range(1000)))
    write_token_dataset(tmp_path / "c", tmp_path / "d", [[k] for k in range(1000)])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "c").read_bytes()
    assert (tmp_path / "b").read_bytes() == (tmp_path / "d").read_bytes()


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    def sentences() -> Iterator[list[int]]:
        yield [1]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy", sentences())
    assert list(tmp_path.iterdir()) == []


def test_files_of_different_corpora_are_refused(tmp_path: Path) -> None:
    written(tmp_path, [[1, 2], [3]])
    write_token_dataset(tmp_path / "w2.npy", tmp_path / "o2.npy", [[1, 2], [3, 4]])
    with pytest.raises(UserError, match="do not belong together"):
        read_token_dataset(tmp_path / "w.npy", tmp_path / "o2.npy")


@pytest.mark.parametrize("name", ["w.npy", "o.npy"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    written(tmp_path, [[1]])
    (tmp_path / name).unlink()
    with pytest.raises(UserError, match=rf"{name}: no such file"):
        read_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy")


@pytest.mark.parametrize("name", ["w.npy", "o.npy"])
@pytest.mark.parametrize("content", [b"", b"no array at all", b"\x93NUMPY\x01\x00"])
def test_what_is_no_array_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    written(tmp_path, [[1]])
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match="not an array of token ids"):
        read_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy")


def test_truncated_words_are_refused(tmp_path: Path) -> None:
    written(tmp_path, [[1, 2, 3]])
    whole = (tmp_path / "w.npy").read_bytes()
    (tmp_path / "w.npy").write_bytes(whole[:-4])
    with pytest.raises(UserError, match="not an array of token ids"):
        read_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy")


@pytest.mark.parametrize(
    "offsets",
    [np.array([0, 5, 3]), np.array([1, 3]), np.array(3), np.array([0.0, 3.0]), np.zeros((0,), int)],
)
def test_offsets_that_do_not_divide_the_words_are_refused(tmp_path, offsets):
    written(tmp_path, [[1, 2, 3]])
    np.save(tmp_path / "o.npy", offsets)
    with pytest.raises(UserError, match="do not belong together"):
        read_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy")


def test_words_of_another_kind_are_refused(tmp_path: Path) -> None:
    written(tmp_path, [[1, 2, 3]])
    np.save(tmp_path / "w.npy", np.zeros(3))
    with pytest.raises(UserError, match="do not belong together"):
        read_token_dataset(tmp_path / "w.npy", tmp_path / "o.npy")


@pytest.mark.parametrize("index", [-1, 2])
def test_there_is_no_sentence_outside(tmp_path: Path, index: int) -> None:
    with pytest.raises(IndexError):
        written(tmp_path, [[1, 2], [3]])[index]
