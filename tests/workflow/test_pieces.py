"""The whole workflow with pieces of words in place of words."""

import pytest

from cli_runner import FRENCH, add_toy_corpus, make_workbench, tiny_settings
from seq2seq.data.vocabulary import SubwordVocabulary, read_vocabulary
from seq2seq.io.nbest import read_hypotheses

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Translations and rescored lists of one model that knows pieces."""
    bench = make_workbench(tmp_path_factory.mktemp("pieces") / "checkout")
    add_toy_corpus(bench)
    settings = tiny_settings(bench)
    settings["vocabulary"] |= {"kind": "bpe", "source_words": 45, "target_words": 45}
    bench.write("pieces.yaml", settings)
    nbest = ("translations/reversed-1.beam2.tsv", "rescore/reversed-1.tsv.gz")
    paths = [f"results/tiny/{name}" for name in nbest]
    ended = bench.snakemake(*paths, "--configfile", "pieces.yaml", "--quiet", "rules")
    assert ended.code == 0, ended.errors[-3000:]
    return bench / "results" / "tiny"


def test_a_model_s_folder_holds_its_pieces(results):
    for side in ("source", "target"):
        vocabulary = read_vocabulary(results / "models/reversed-1" / f"{side}.tsv")
        assert isinstance(vocabulary, SubwordVocabulary)
        assert len(vocabulary) == 45


def test_translations_are_words(results):
    words = {
        word
        for rows in (results / "translations/reversed-1.beam2.tsv",)
        for _, group in read_hypotheses(rows).by_sentence()
        for row in group
        for word in row.tokens.split(" ")
    }
    assert words and not any("\u2581" in word for word in words)


def test_rescored_lists_keep_their_words(results):
    lists = read_hypotheses(results / "rescore/reversed-1.tsv.gz")
    words = {word for _, rows in lists.by_sentence() for row in rows for word in row.tokens.split()}
    assert words & set(FRENCH)
