"""The steps from download to ids, run as programs on real captions."""

import json
import sys
from pathlib import Path

import pytest

from seq2seq.corpus.vocabulary import read_vocabulary
from seq2seq.ids import read_sentences
from seq2seq.steps import (
    build_vocabulary,
    describe_corpus,
    download,
    encode_corpus,
    extract_corpus,
    tokenize_corpus,
)

SETTINGS = {
    "source_language": "en",
    "target_language": "fr",
    "max_tokens": 50,
    "max_length_ratio": 3.0,
    "train_pairs": 900,
    "seed": 1,
}
CORPORA = {"train": "multi30k-val", "dev": "multi30k-test2016", "test": "multi30k-test2016"}


def call(monkeypatch: pytest.MonkeyPatch, step: object, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["step", *map(str, arguments)])
    step.main()  # type: ignore[attr-defined]


def test_real_text_goes_all_the_way_to_ids(
    repository: Path, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = repository / "config" / "corpora.tsv"
    downloads, data = tmp_path / "downloads", tmp_path / "data"
    for name in ("val.en", "val.fr", "test_2016_flickr.en", "test_2016_flickr.fr"):
        file = f"multi30k-{name}.gz"
        call(
            monkeypatch, download,
            "--catalogue", catalogue, "--file", file,
            "--mirror", shared_data / "multi30k", "--output", downloads / file,
        )  # fmt: skip
    for split, corpus in CORPORA.items():
        texts = [data / "text" / f"{split}.{side}.txt" for side in ("source", "target")]
        tokens = [data / "tokens" / f"{split}.{side}.txt" for side in ("source", "target")]
        call(
            monkeypatch, extract_corpus,
            "--catalogue", catalogue, "--corpora", corpus, "--downloads", downloads,
            "--source-text", texts[0], "--target-text", texts[1],
        )  # fmt: skip
        call(
            monkeypatch, tokenize_corpus,
            "--source-text", texts[0], "--target-text", texts[1],
            "--source-tokens", tokens[0], "--target-tokens", tokens[1],
            "--report", data / "tokens" / f"{split}.json", "--split", split,
            "--settings", json.dumps(SETTINGS), "--processes", 1,
        )  # fmt: skip
    for side in ("source", "target"):
        vocabulary = data / "vocabulary" / f"{side}.tsv"
        call(
            monkeypatch, build_vocabulary,
            "--tokens", data / "tokens" / f"train.{side}.txt",
            "--size", 1000, "--vocabulary", vocabulary,
        )  # fmt: skip
        for split in CORPORA:
            ids = data / "ids" / f"{split}.{side}"
            call(
                monkeypatch, encode_corpus,
                "--tokens", data / "tokens" / f"{split}.{side}.txt", "--vocabulary", vocabulary,
                "--words", f"{ids}.words.npy", "--offsets", f"{ids}.offsets.npy",
            )  # fmt: skip
    table = tmp_path / "tables" / "corpus.tsv"
    call(monkeypatch, describe_corpus, "--data", data, "--table", table)

    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").split("\n")[1:-1]]
    lines = {tuple(row[:3]): int(row[3]) for row in rows}
    assert len(lines) == 18
    assert lines["text", "train", "source"] == 1014
    assert lines["tokens", "train", "target"] == lines["ids", "train", "source"] == 900
    assert lines["ids", "test", "target"] == 1000
    vocabulary_of_target = read_vocabulary(data / "vocabulary" / "target.tsv")
    sentences = read_sentences(
        data / "ids" / "test.target.words.npy", data / "ids" / "test.target.offsets.npy"
    )
    decoded = vocabulary_of_target.decode(sentences[0].tolist())
    tokens_of_first = (data / "tokens" / "test.target.txt").read_text(encoding="utf-8")
    first = tokens_of_first.split("\n")[0].split(" ")
    known = [token if token in vocabulary_of_target.tokens else "UNK" for token in first]
    assert decoded == known
