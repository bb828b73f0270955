"""The steps from download to ids, run as programs on real captions, in one part and in several."""

import hashlib
import json
from pathlib import Path

import pytest

from run_step import run_step
from seq2seq.data.catalogue import CATALOGUE
from seq2seq.data.vocabulary import read_vocabulary
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.special_tokens import SIDES

PREPARATION = {
    "max_tokens": 50,
    "max_length_ratio": 3.0,
    "min_script_share": 0.5,
    "drop_duplicates": True,
    "source_language": "en",
    "target_language": "fr",
    "drop_test_sentences": True,
    "selection": {"method": "cross_entropy", "share_of_words": {"others": 0.9}},
    "train_pairs": None,
    "seed": 1,
}
LANGUAGES = {"source": "en", "target": "fr"}
CORPORA = {"train": "multi30k-val", "dev": "multi30k-test2016", "test": "multi30k-test2016"}


@pytest.fixture(scope="module")
def text(repository: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The text of three splits."""
    catalogue = repository / "config" / "corpora.tsv"
    folder = tmp_path_factory.mktemp("steps")
    downloads = folder / "downloads"
    for name in ("val.en", "val.fr", "test_2016_flickr.en", "test_2016_flickr.fr"):
        file = f"multi30k-{name}.gz"
        run_step("data", "download",
            "--catalogue", catalogue, "--file", file,
            "--mirror", shared_data / "multi30k", "--output", downloads / file,
            "--checksum", downloads / f"{file}.sha256",
        )  # fmt: skip
    for split, corpus in CORPORA.items():
        source, target = (folder / "text" / f"{split}.{side}.txt" for side in SIDES)
        run_step("data", "extract-corpus",
            "--catalogue", catalogue, "--corpora", corpus, "--downloads", downloads,
            "--source-text", source, "--target-text", target,
            "--counts", folder / "text" / f"{split}.corpora.tsv",
        )  # fmt: skip
    return folder / "text"


def tokenize(text: Path, side: str, tokens: Path, shard: str) -> Path:
    run_step("data", "tokenize-corpus",
        "--text", text, "--shard", shard, "--tokenizer", "moses",
        "--language", LANGUAGES[side], "--tokens", tokens,
    )  # fmt: skip
    return tokens


def make(text: Path, data: Path, *, parts: int, kind: str) -> None:
    """Everything after extraction, in as many parts."""
    data.mkdir()
    (data / "text").symlink_to(text)
    shards = [f"{number}-of-{parts}" for number in range(1, parts + 1)]
    tokens = data / "tokens"
    train = {}
    for side in SIDES:
        for split in ("dev", "test"):
            name = f"{split}.{side}.txt"
            tokenize(text / name, side, tokens / name, "1-of-1")
        train[side] = [
            tokenize(text / f"train.{side}.txt", side, data / f"{shard}.{side}.txt", shard)
            for shard in shards
        ]
    run_step("data", "clean-corpus",
        "--settings", json.dumps(PREPARATION), "--source", *train["source"],
        "--target", *train["target"], "--dev", *(tokens / f"dev.{side}.txt" for side in SIDES),
        "--test", *(tokens / f"test.{side}.txt" for side in SIDES),
        "--source-tokens", tokens / "train.source.txt",
        "--target-tokens", tokens / "train.target.txt", "--table", data / "cleaning.tsv",
        "--corpora", text / "train.corpora.tsv", "--composition", data / "composition.tsv",
        "--schwenk", CATALOGUE.with_name("schwenk_selection.tsv"),
    )  # fmt: skip
    for side in SIDES:
        number(data, side, shards, kind)
    run_step("data", "describe-corpus", "--data", data, "--table", data / "corpus.tsv")


def number(data: Path, side: str, shards: list[str], kind: str) -> None:
    """The vocabulary of a side, and all splits in its numbers."""
    tokens, counts = data / "tokens" / f"train.{side}.txt", []
    for shard in shards:
        counts.append(data / "counts" / f"{shard}.{side}.tsv")
        run_step(
            "data", "count-words", "--tokens", tokens, "--shard", shard, "--counts", counts[-1]
        )
    vocabulary = data / "vocabulary" / f"{side}.tsv"
    run_step("data", "build-vocabulary",
        "--settings", json.dumps({"kind": kind, "sample_sentences": 500, "seed": 1}),
        "--counts", *counts, "--tokens", tokens, "--size", 500, "--output", vocabulary,
    )  # fmt: skip
    for split in CORPORA:
        ids = data / "ids" / f"{split}.{side}"
        run_step("data", "encode-corpus",
            "--tokens", data / "tokens" / f"{split}.{side}.txt", "--vocabulary", vocabulary,
            "--ids", f"{ids}.words.npy", "--offsets", f"{ids}.offsets.npy",
        )  # fmt: skip


@pytest.fixture(scope="module")
def whole(text: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All results of one part."""
    data = tmp_path_factory.mktemp("whole") / "data"
    make(text, data, parts=1, kind="words")
    return data


def test_real_text_goes_all_the_way_to_ids(whole: Path) -> None:
    rows = [line.split("\t") for line in (whole / "corpus.tsv").read_text("utf-8").split("\n")]
    lines = {tuple(row[:3]): int(row[3]) for row in rows[1:-1]}
    assert len(lines) == 18
    assert lines["text", "train", "source"] == 1014
    assert 900 < lines["tokens", "train", "target"] == lines["ids", "train", "source"] < 950
    assert lines["ids", "test", "target"] == 1000


def test_ids_are_the_numbers_of_the_tokens(whole: Path) -> None:
    vocabulary = read_vocabulary(whole / "vocabulary" / "target.tsv")
    ids = [whole / "ids" / f"test.target.{array}.npy" for array in ("words", "offsets")]
    tokens = (whole / "tokens" / "test.target.txt").read_text("utf-8").split("\n")[:-1]
    for sentence, line in zip(read_token_dataset(*ids), tokens, strict=True):
        known = [word if word in vocabulary.tokens else "UNK" for word in line.split(" ")]
        assert vocabulary.decode(sentence.tolist()) == known


@pytest.mark.parametrize("parts", [2, 3])
def test_the_number_of_parts_changes_no_byte(text, whole, tmp_path, parts):
    make(text, tmp_path / "data", parts=parts, kind="words")
    assert digests(tmp_path / "data") == digests(whole)


def digests(data: Path) -> dict[str, str]:
    files = [data / f"{name}.tsv" for name in ("corpus", "cleaning", "composition")]
    for folder in ("tokens", "vocabulary", "ids"):
        files += sorted((data / folder).iterdir())
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_pieces_of_words_take_the_same_way_and_words_come_back(text, tmp_path, kind):
    data = tmp_path / "data"
    make(text, data, parts=2, kind=kind)
    vocabulary = read_vocabulary(data / "vocabulary" / "target.tsv")
    assert len(vocabulary) == 500
    assert vocabulary.coverage > 0.99
    ids = [data / "ids" / f"train.target.{array}.npy" for array in ("words", "offsets")]
    tokens = (data / "tokens" / "train.target.txt").read_text("utf-8").split("\n")[:-1]
    decoded = [" ".join(vocabulary.decode(one.tolist())) for one in read_token_dataset(*ids)]
    pairs = [(one, line) for one, line in zip(decoded, tokens, strict=True) if "UNK" not in one]
    assert len(pairs) > 850
    assert [one for one, _ in pairs] == [line for _, line in pairs]
