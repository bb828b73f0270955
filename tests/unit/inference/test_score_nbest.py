"""The program that has n-best lists scored by a model."""

import numpy as np
import pytest
import torch

from run_step import run_step
from seq2seq.data.vocabulary import write_vocabulary
from seq2seq.inference.model_folder import Languages, Provenance, read_model, write_model
from seq2seq.inference.scoring import log_probabilities
from seq2seq.io.nbest import Hypothesis, in_blocks, read_hypotheses, read_parts, write_hypotheses
from tiny_models import beginning, vocabulary_of
from token_files import write_token_dataset

SOURCES = [[3, 4, 5], [2], [], [8, 8]]
LISTS = {0: ["a b", "a", "c unheard c", "a b"], 1: [""], 3: ["b b b", "a c"]}


@pytest.fixture
def folder(tmp_path):
    source, target = vocabulary_of(["t u v w x y z"], 9), vocabulary_of(["a a b b c"], 5)
    write_vocabulary(tmp_path / "source.tsv", source)
    write_vocabulary(tmp_path / "target.tsv", target)
    write_model(
        tmp_path / "reversed-1",
        beginning(),
        languages=Languages("en", "fr"),
        provenance=Provenance("toy", "toy", 1.0, 1.0),
        source_vocabulary=tmp_path / "source.tsv",
        target_vocabulary=tmp_path / "target.tsv",
    )
    rows = (
        Hypothesis(sentence, rank, (0.0,), text)
        for sentence, texts in LISTS.items()
        for rank, text in enumerate(texts, start=1)
    )
    write_hypotheses(tmp_path / "nbest.tsv.gz", ("total",), rows)
    write_token_dataset(tmp_path / "words.npy", tmp_path / "offsets.npy", SOURCES)
    return tmp_path


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_every_hypothesis_has_the_score_of_its_words(folder, monkeypatch, batch_size):
    arguments = ["--model", "reversed-1", "--nbest", "nbest.tsv.gz", "--source", "words.npy"]
    rest = ["offsets.npy", "--batch-size", str(batch_size), "--output", "scores.tsv"]
    monkeypatch.chdir(folder)
    run_step("rescore", "score-nbest", *arguments, *rest)
    found = read_hypotheses(folder / "scores.tsv")
    assert found.score_names == ("reversed-1",)
    rows = list(found.rows)
    assert [(row.sentence, row.tokens) for row in rows] == [
        (sentence, text) for sentence, texts in LISTS.items() for text in texts
    ]
    model = read_model(folder / "reversed-1", torch.device("cpu"))
    numbers = {"a": 2, "b": 3, "c": 4, "unheard": 0}
    for row in rows:
        words = [numbers[token] for token in row.tokens.split(" ") if token]
        source = np.array(SOURCES[row.sentence], np.int32)
        expected = log_probabilities(
            model, [source], [np.array(words, np.int32)], np.zeros(1, int), batch_size=1
        )
        assert row.scores[0] == pytest.approx(expected[0], rel=1e-5)


def test_the_parts_of_any_number_of_jobs_are_the_whole(folder, monkeypatch):
    common = ["--model", "reversed-1", "--nbest", "nbest.tsv.gz", "--batch-size", "2"]
    common += ["--source", "words.npy", "offsets.npy"]
    monkeypatch.chdir(folder)
    found = {}
    for count in (1, 3, 9):
        outputs = [f"scores.{number}-of-{count}.tsv" for number in range(1, count + 1)]
        for output in outputs:
            own = ["--shard", output.split(".")[1], "--output", output]
            run_step("rescore", "score-nbest", *common, *own)
        (found[count],) = read_parts(outputs)
        found[count] = list(found[count].rows)
    assert len(found[1]) == 7
    assert found[1] == found[3] == found[9]


def test_lists_of_the_first_sentences_alone_are_shared_by_all_jobs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    common = ["--model", "reversed-1", "--nbest", "nbest.tsv.gz", "--batch-size", "9"]
    common += ["--source", "words.npy", "offsets.npy", "--sentences", "2"]
    run_step("rescore", "score-nbest", *common, "--shard", "2-of-2", "--output", "part.tsv")
    assert [row.sentence for row in read_hypotheses("part.tsv").rows] == [1]


def test_blocks_hold_whole_lists():
    lists = [[1, 2], [3], [4, 5, 6], [7]]
    assert list(in_blocks(lists, 3)) == [[1, 2, 3], [4, 5, 6], [7]]
    assert list(in_blocks(lists, 1)) == lists
    assert list(in_blocks([], 3)) == []
