"""The programs that translate a test set in parts and put them together."""

import json
from dataclasses import replace

import pytest

from configurations import PAPER_CONFIG
from run_step import run_step
from seq2seq.data.vocabulary import write_vocabulary
from seq2seq.inference.model_folder import Languages, Provenance, write_model
from seq2seq.io.nbest import read_hypotheses
from tiny_models import beginning, vocabulary_of
from token_files import write_token_dataset

SOURCES = [[3, 4, 5], [2], [], [8, 8], [4] * 9, [5, 6], [7, 3, 2, 2]]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Translate in so many parts, sentences in batches of three; the bytes of the joined file."""
    source, target = vocabulary_of(["t u v w x y z"], 9), vocabulary_of(["a a b b c"], 5)
    write_vocabulary(tmp_path / "source.tsv", source)
    write_vocabulary(tmp_path / "target.tsv", target)
    made = beginning()
    wild = {name: 20 * weight for name, weight in made.network.items()}
    write_model(
        tmp_path / "reversed-1",
        replace(made, network=wild),
        languages=Languages("en", "fr"),
        provenance=Provenance("toy", "toy", 1.0, 1.0),
        source_vocabulary=tmp_path / "source.tsv",
        target_vocabulary=tmp_path / "target.tsv",
    )
    write_token_dataset(tmp_path / "words.npy", tmp_path / "offsets.npy", SOURCES)
    settings = {**PAPER_CONFIG["translate"], "batch_size": 3}
    monkeypatch.chdir(tmp_path)

    def translate(parts):
        names = [f"{number}-of-{parts}" for number in range(1, parts + 1)]
        for name in names:
            arguments = ["--settings", json.dumps(settings), "--models", "reversed-1"]
            arguments += ["--beam", "2", "--source", "words.npy", "offsets.npy"]
            arguments += ["--shard", name, "--output", f"{name}.tsv"]
            run_step("translate", "translate-test", *arguments)
        files = [f"{name}.tsv" for name in names]
        arguments = ["--parts", *files, "--output", "whole.tsv"]
        run_step("translate", "gather-translations", *arguments)
        return (tmp_path / "whole.tsv").read_bytes()

    return translate


def test_the_number_of_jobs_changes_no_byte(run):
    whole = run(1)
    assert run(2) == run(3) == run(5) == whole  # of three batches: two of five have nothing to do


def test_every_sentence_has_a_translation_and_a_cut_one_is_marked(run, tmp_path):
    run(2)
    found = read_hypotheses(tmp_path / "whole.tsv")
    assert found.score_names == ("log_probability", "complete")
    rows = list(found.rows)
    assert [(row.sentence, row.rank) for row in rows] == [(k, 1) for k in range(len(SOURCES))]
    assert {row.scores[1] for row in rows} <= {0.0, 1.0}
    for row in rows:
        tokens = [token for token in row.tokens.split(" ") if token]
        limit = 2 * len(SOURCES[row.sentence]) + 10
        assert len(tokens) == limit if not row.scores[1] else len(tokens) <= limit
    assert any(not row.scores[1] for row in rows)
