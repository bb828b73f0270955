"""Every reader: what is written is read back, and no bytes end in a traceback."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults import faults_of_models
from faults.faults_of_files import KINDS, Kind
from faults.test_bad_input import CASES, pairs_of, prepared
from seq2seq.data.catalogue import read_catalogue
from seq2seq.data.vocabulary import Vocabulary, read_vocabulary, write_vocabulary
from seq2seq.data.word_counts import read_counts, write_counts
from seq2seq.errors import UserError
from seq2seq.evaluation.claim_definitions import read_claims
from seq2seq.evaluation.deviations import read_deviations
from seq2seq.io.files import read_json, read_lines, write_json, write_lines
from seq2seq.io.moses_nbest import MosesLine, parse_lists
from seq2seq.io.nbest import Hypothesis, read_hypotheses, write_hypotheses
from seq2seq.io.token_ids import read_token_dataset, write_blocks
from seq2seq.runtime.logging import explain
from seq2seq.training.checkpoint import read_checkpoint
from tiny_models import sentences

LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))
WORD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\t\r |&"), min_size=1)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
few = settings(max_examples=40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readers")


# What is written is read back


@given(st.lists(LINE), st.sampled_from(["a.txt", "a.gz"]))
@few
def test_lines(folder, lines, name):
    lines = [line.removeprefix("\ufeff") if k == 0 else line for k, line in enumerate(lines)]
    write_lines(folder / name, lines)
    assert list(read_lines(folder / name)) == lines


@given(st.lists(st.lists(st.tuples(NUMBER, LINE.map(lambda t: t.replace("\t", ""))), max_size=3)))
@few
def test_hypotheses(folder, lists):
    rows = [
        Hypothesis(sentence, rank, (score,), tokens)
        for sentence, candidates in enumerate(lists)
        for rank, (score, tokens) in enumerate(candidates, start=1)
    ]
    write_hypotheses(folder / "a.tsv.gz", ("total",), rows)
    assert list(read_hypotheses(folder / "a.tsv.gz").rows) == rows


@given(st.lists(st.lists(st.tuples(st.lists(WORD), NUMBER), min_size=1), min_size=1, max_size=4))
@few
def test_moses_lists(lists):
    lines = [
        MosesLine(sentence, " ".join(tokens), "F= 1", float(f"{total:.9g}"), ("0-0",))
        for sentence, candidates in enumerate(lists)
        for tokens, total in candidates
    ]
    found = parse_lists(map(str, lines), "list", sentences=len(lists))
    assert [line for one in found for line in one] == lines


@given(st.lists(WORD, unique=True), st.data())
@few
def test_vocabularies(folder, words, data):
    tokens = ("UNK", "<EOS>", *(word for word in words if word not in ("UNK", "<EOS>")))
    counts = data.draw(st.tuples(*(st.integers(0, 10**12) for _ in tokens)))
    write_vocabulary(folder / "v.tsv", Vocabulary(tokens, counts))
    assert read_vocabulary(folder / "v.tsv") == Vocabulary(tokens, counts)


@given(st.lists(st.lists(st.integers(0, 2**31 - 1))))
@few
def test_token_ids(folder, lists):
    paths = folder / "words.npy", folder / "offsets.npy"
    write_blocks(*paths, [sentences(*lists)])
    assert [one.tolist() for one in read_token_dataset(*paths)] == lists


@given(st.lists(st.lists(WORD)))
@few
def test_word_counts(folder, lists):
    text = "".join(" ".join(words) + "\n" for words in lists).encode()
    write_counts(folder / "counts", [text] if text else [], most_words=3)
    lines, counts = read_counts([folder / "counts"])
    found = {word.decode(): count for word, count in counts}
    assert lines == len(lists)
    assert found == {word: sum(one.count(word) for one in lists) for one in lists for word in one}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | NUMBER | LINE,
        lambda inner: st.lists(inner) | st.dictionaries(LINE, inner),
        max_leaves=20,
    )
)
@few
def test_json(folder, value):  # fmt: skip
    write_json(folder / "a.json", value)
    assert read_json(folder / "a.json") == value


# No bytes end in a traceback


def read_ids(path: Path) -> None:
    for pair in (
        (path, path),
        (path, path.parent / "offsets.npy"),
        (path.parent / "words.npy", path),
    ):
        list(read_token_dataset(*pair))


def numpy_file(folder: Path) -> bytes:
    write_blocks(folder / "words.npy", folder / "offsets.npy", [sentences([1, 2], [3])])
    return (folder / "words.npy").read_bytes()


def config(name: str) -> bytes:
    return (Path(__file__).resolve().parents[2] / "config" / name).read_bytes()


def weights(_: Path) -> bytes:
    return (faults_of_models.whole() / faults_of_models.WEIGHTS).read_bytes()


def of_kind(kind: Kind) -> bytes:
    """Of its right contents, the longest."""
    right = [content for content, expected in kind.faults.values() if expected is None]
    return max(
        (one.encode() if isinstance(one, str) else one for one in right), key=len, default=b"[1]"
    )


READERS: dict[str, tuple[str, Callable[[Path], object], Callable[[Path], bytes]]] = {
    **{kind.title: (kind.file, kind.read, lambda _, k=kind: of_kind(k)) for kind in KINDS},
    "token ids": ("ids.npy", read_ids, numpy_file),
    "checkpoint": ("c.safetensors", read_checkpoint, weights),
    "list of corpora": ("corpora.tsv", read_catalogue, lambda _: config("corpora.tsv")),
    "claims": ("claims.tsv", read_claims, lambda _: config("claims.tsv")),
    "deviations": ("deviations.tsv", read_deviations, lambda _: config("deviations.tsv")),
}
JUNK = st.sampled_from(
    [
        *(b"", b"\0", b"\t", b"\n", b"\r", b"\xff", b"\xef\xbb\xbf", b"nan", b"-1", b"1e999"),
        *(b"9" * 30, b"{", b"]", b"null", b'"', b"|||", b"x", b" ", b"\xd9\xa1"),
    ]
)


@pytest.mark.parametrize("reader", READERS)
@given(data=st.data())
@settings(max_examples=60)
def test_changed_bytes_are_read_or_refused(folder: Path, reader: str, data: Any) -> None:
    name, read, whole = READERS[reader]
    content = whole(folder)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 40)) | st.just(len(content)))
        new = data.draw(JUNK | st.binary(max_size=20) | st.just(content[:start][-50:]))
        content = content[:start] + new + content[end:]
    path = folder / name
    path.write_bytes(content)
    read_or_refuse(lambda: read(path))


@pytest.mark.parametrize("case", ["bzip2", "xz", "tar.xz", "zip", "a table", "sgm with bare signs",
                                  "tar with ways out of it", "gzip in parts"])  # fmt: skip
@given(data=st.data())
@settings(max_examples=40)
def test_a_changed_archive_is_read_or_refused(case: str, data: Any) -> None:
    with tempfile.TemporaryDirectory() as own:
        catalogue = prepared(CASES[case], Path(own))
        path = Path(own) / CASES[case].file
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
        read_or_refuse(lambda: pairs_of(catalogue))


def read_or_refuse(read: Callable[[], object]) -> None:
    try:
        read()
    except (UserError, OSError) as error:
        said = explain(error)
        assert said and "\n" not in said and said.endswith((".", "?")), said
