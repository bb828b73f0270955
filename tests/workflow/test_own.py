"""config/own.yaml as a user would have it: a copy with other files and languages, at toy size."""

import random

import pytest
import yaml

from cli_runner import ENGLISH, make_workbench
from seq2seq.data.vocabulary import SubwordVocabulary, read_vocabulary
from seq2seq.io.nbest import read_hypotheses

SMALL = """
model: {layers: 1, hidden_size: 8, embedding_size: 8}
train: {epochs: 1, segment_epochs: 1, halve_from_epoch: 1}
baseline: {alignment_iterations: 1, lm_order: 2, stack_size: 3, pop_limit: 5, nbest_size: 3,
           tune_sentences: 4, tune_nbest_size: 3, tune_rounds: 1, tune_starts: 1}
rescore: {tune_sentences: 4}
"""
RUSSIAN = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
JAPANESE = "一二三四五六七八九十"
HELD_OUT = {"from": "train", "sentences": 12}
DATA = {"target_language": "en", "dev": HELD_OUT, "test": HELD_OUT}
ONE = [{"system": "Reversed", "translate": {"models": ["reversed-1"], "beam": 2}}]
RESCORED = [{"system": "Rescored", "rescore": {"models": ["reversed-1"]}}]


def pairs(count, words, blank):
    """Numbers in words of a language and in English."""
    chance = random.Random(5)
    for _ in range(count):
        numbers = chance.choices(range(10), k=chance.randint(2, 6))
        yield blank.join(words[n] for n in numbers), " ".join(ENGLISH[n] for n in numbers)


def own(bench, **changes):
    """The overlays of a run: the copy of own.yaml, changed, and small sizes."""
    mine = yaml.safe_load((bench / "config/own.yaml").read_text(encoding="utf-8"))
    changed = {name: mine[name] | change for name, change in changes.items()}
    (bench / "small.yaml").write_text(SMALL)
    return "--configfile", bench.write("my.yaml", mine | changed), "small.yaml"


@pytest.fixture(scope="module")
def russian(tmp_path_factory):
    """A checkout with a table of pairs, and its overlays."""
    bench = make_workbench(tmp_path_factory.mktemp("own") / "checkout")
    rows = [f"{russian} .\t{english} .\n" for russian, english in pairs(120, RUSSIAN, " ")]
    (bench / "pairs.tsv").write_text("".join(rows), encoding="utf-8")
    train = {"source_language": "ru", "train": [{"tsv": "pairs.tsv", "source": 1, "target": 2}]}
    pieces = {"kind": "bpe", "source_words": 50, "target_words": 50}
    return bench, own(bench, data=DATA | train, vocabulary=pieces, tables={"table2": RESCORED})


def test_what_is_an_empty_list_is_not_planned(russian):
    bench, overlays = russian
    ended = bench.snakemake("-n", *overlays)
    assert ended.code == 0, ended.errors
    assert ended.jobs["decode_baseline"] == 2
    assert {"encode_phrases", "plot_phrases", "show_translations"}.isdisjoint(ended.jobs)


@pytest.mark.slow
def test_a_table_of_russian_and_english_with_pieces_of_words(russian):
    bench, overlays = russian
    ended = bench.snakemake("results/own/tables/corpus.tsv", *overlays)
    assert "Done:" not in ended.output + ended.errors  # only after the whole
    ended = bench.snakemake(*overlays)
    assert ended.code == 0, ended.errors[-3000:]
    assert "Done: results/own/report.html" in ended.output + ended.errors
    results = bench / "results/own"
    table = (results / "tables/table1.tsv").read_text("utf-8").split("\n")
    assert len([row for row in table[1:] if row.split("\t")[2:3] > [""]]) == 3
    vocabulary = read_vocabulary(results / "models/reversed-1/source.tsv")
    assert isinstance(vocabulary, SubwordVocabulary)
    words = {
        word
        for name in ("translations/reversed-1.beam12.tsv", "rescore/reversed-1.tsv.gz")
        for _, rows in read_hypotheses(results / name).by_sentence()
        for row in rows
        for word in row.tokens.split(" ")
    }
    assert not any("\u2581" in word for word in words)
    assert words & set(ENGLISH)


@pytest.mark.slow
def test_two_hundred_pairs_of_japanese_and_english_with_pieces_of_raw_text(tmp_path):
    bench = make_workbench(tmp_path / "checkout")
    texts = zip(*pairs(200, JAPANESE, ""), strict=True)
    for name, lines in zip(("train.ja", "train.en"), texts, strict=True):
        (bench / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    train = {"source_language": "ja", "train": [{"source": "train.ja", "target": "train.en"}]}
    raw = {"tokenizer": "blanks", "max_length_ratio": None}
    ended = bench.snakemake(*own(
        bench, data=DATA | train | raw, tables={"table1": ONE}, examples={"systems": ONE},
        vocabulary={"kind": "unigram", "source_words": 40, "target_words": 40},
        length_plot={"curves": []}, rarity_plot={"curves": []}, bleu_variants={"systems": ONE},
    ))  # fmt: skip
    assert ended.code == 0, ended.errors[-3000:]
    results = bench / "results/own"
    pieces = read_vocabulary(results / "data/vocabulary/source.tsv").tokens[2:]
    assert set("".join(pieces)) == set(JAPANESE + "\u2581")
    assert (results / "translations/reversed-1.beam2.txt").read_text("utf-8").count("\n") == 12
    assert "draws no sentence vectors." in (results / "report.html").read_text("utf-8")
    assert not (results / "figures/phrases.svg").exists()
    assert not (results / "baseline").exists()
