from dataclasses import replace

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.io.token_ids import TokenDataset
from seq2seq.training.batches import ParallelDataset
from seq2seq.training.checkpoint import check_fingerprint, fingerprint_of
from tiny_models import model_settings, random_corpus


@pytest.fixture
def files(tmp_path):
    """Two vocabularies of five and three words, each below its header."""
    for side, words in (("source", "abcde"), ("target", "abc")):
        lines = "".join(f"{word}\t1\n" for word in words)
        (tmp_path / f"{side}.tsv").write_text("word\tcount\n" + lines)
    return tmp_path


def fingerprint(files, *, corpus=None, **changes):
    arguments = {"model": model_settings(), "seed": 1, **changes}
    return fingerprint_of(
        arguments["model"],
        corpus or random_corpus(3000),
        seed=arguments["seed"],
        source_vocabulary=files / "source.tsv",
        target_vocabulary=files / "target.tsv",
    )


def refusal(found, expected):
    with pytest.raises(
        UserError, match=r"^001\.safetensors: belongs to another training: "
    ) as error:
        check_fingerprint("001.safetensors", found, expected)
    return str(error.value)


def test_the_same_files_and_settings_are_one_training(files):
    check_fingerprint("001.safetensors", fingerprint(files), fingerprint(files))
    assert (fingerprint(files).source_words, fingerprint(files).target_words) == (5, 3)


def test_other_settings_are_named(files):
    other = fingerprint(files, seed=2, model=replace(model_settings(), layers=3))
    said = refusal(other, fingerprint(files))
    assert "model.layers was 3 and is 2; seed was 2 and is 1. Restore the configuration" in said


def test_a_vocabulary_of_the_same_size_but_another_word_is_named(files):
    before = fingerprint(files)
    (files / "target.tsv").write_text("word\tcount\na\t1\nb\t1\nd\t1\n")
    said = refusal(before, fingerprint(files))
    assert "data.target_vocabulary was " in said
    assert "source_vocabulary" not in said


def test_more_pairs_are_named_by_their_number(files):
    said = refusal(fingerprint(files), fingerprint(files, corpus=random_corpus(3001)))
    assert "data.pairs was 3000 and is 3001" in said


def test_a_corpus_of_the_same_size_in_another_order_is_refused(files):
    corpus = random_corpus(3000)
    backwards = [
        TokenDataset(
            side.words[::-1].copy(), np.concatenate([[0], np.cumsum(side.lengths[::-1])])
        )
        for side in (corpus.source, corpus.target)
    ]  # fmt: skip
    said = refusal(
        fingerprint(files), fingerprint(files, corpus=ParallelDataset(*backwards, "reversed"))
    )
    assert said.count(" was ") == 1
    assert "data.sample was " in said


def test_a_checkpoint_that_knows_no_data_is_refused_too(files):
    said = refusal(replace(fingerprint(files), data=None), fingerprint(files))
    assert "data.pairs was None and is 3000" in said
