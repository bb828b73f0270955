from dataclasses import replace

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.io.token_ids import Sentences
from seq2seq.training.batches import ParallelIds
from seq2seq.training.fingerprint import check_identity, identify
from toys import model_settings, random_corpus


@pytest.fixture
def files(tmp_path):
    """Two vocabularies of five and three words, each below its header."""
    for side, words in (("source", "abcde"), ("target", "abc")):
        lines = "".join(f"{word}\t1\n" for word in words)
        (tmp_path / f"{side}.tsv").write_text("word\tcount\n" + lines)
    return tmp_path


def identity(files, *, corpus=None, **changes):
    arguments = {"model": model_settings(), "seed": 1, **changes}
    return identify(
        arguments["model"],
        corpus or random_corpus(3000),
        seed=arguments["seed"],
        source_vocabulary=files / "source.tsv",
        target_vocabulary=files / "target.tsv",
    )


def refusal(found, wanted):
    with pytest.raises(UserError, match=r"^001\.safetensors: is of another training: ") as error:
        check_identity("001.safetensors", found, wanted)
    return str(error.value)


def test_the_same_files_and_settings_are_one_training(files):
    check_identity("001.safetensors", identity(files), identity(files))
    assert (identity(files).source_words, identity(files).target_words) == (5, 3)


def test_other_settings_are_named(files):
    other = identity(files, seed=2, model=replace(model_settings(), layers=3))
    said = refusal(other, identity(files))
    assert "model.layers was 3 and is 2; seed was 2 and is 1. Set the configuration back" in said


def test_a_vocabulary_of_the_same_size_but_another_word_is_named(files):
    before = identity(files)
    (files / "target.tsv").write_text("word\tcount\na\t1\nb\t1\nd\t1\n")
    said = refusal(before, identity(files))
    assert "data.target_vocabulary was " in said
    assert "source_vocabulary" not in said


def test_more_pairs_are_named_by_their_number(files):
    said = refusal(identity(files), identity(files, corpus=random_corpus(3001)))
    assert "data.pairs was 3000 and is 3001" in said


def test_a_corpus_of_the_same_size_in_another_order_is_refused(files):
    corpus = random_corpus(3000)
    backwards = [
        Sentences(
            side.words[::-1].copy(), np.concatenate([[0], np.cumsum(side.lengths[::-1])])
        )
        for side in (corpus.source, corpus.target)
    ]  # fmt: skip
    said = refusal(identity(files), identity(files, corpus=ParallelIds(*backwards, "reversed")))
    assert said.count(" was ") == 1
    assert "data.sample was " in said


def test_a_checkpoint_that_knows_no_data_is_refused_too(files):
    said = refusal(replace(identity(files), data=None), identity(files))
    assert "data.pairs was None and is 3000" in said
