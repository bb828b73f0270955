"""The corpus as a whole: the same bytes everywhere, disjoint sets, lengths, what is held out."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from seq2seq.demo_corpus import generate as demo
from seq2seq.demo_corpus.generate import Pair, held_out_phrases, is_held_out, length
from seq2seq.errors import UserError
from seq2seq.special_tokens import SIDES

SETTINGS = {"seed": 3, "pairs": 320, "dev_pairs": 30, "test_pairs": 40, "max_words": 15}
FILES = [f"{name}-{side}" for name in ("train", "dev", "test") for side in ("source", "target")]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return [pair for shard in demo.generate(seed=1, pairs=6000, processes=1) for pair in shard]


@pytest.fixture(scope="module")
def splits(pairs):
    return demo.split(pairs, seed=1, dev_pairs=200, test_pairs=120, max_words=20)


def step(folder, repository, *, processes, hash_seed, **changed):
    files = {side: [folder / name for name in FILES if name.endswith(side)] for side in SIDES}
    return subprocess.run(
        [sys.executable, "-m", "seq2seq.steps.data", "generate-demo-corpus", "--settings",
         json.dumps(SETTINGS | changed), "--processes", str(processes),
         *(word for side in SIDES for word in (f"--{side}", *map(str, files[side])))],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(repository / "workflow")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_bytes_depend_neither_on_processes_nor_on_hash_seeds(tmp_path, repository: Path):
    for folder, processes, hash_seed in (("a", 1, "1"), ("b", 2, "2")):
        done = step(tmp_path / folder, repository, processes=processes, hash_seed=hash_seed)
        assert done.returncode == 0, done.stderr
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    lines = [(tmp_path / "a" / name).read_text("utf-8").count("\n") for name in FILES]
    assert lines[2:] == [30, 30, 40, 40]
    assert lines[0] == lines[1] > 150


def test_too_few_pairs_are_refused_with_their_number(tmp_path, repository: Path):
    done = step(tmp_path, repository, processes=1, hash_seed="0", pairs=40)
    assert done.returncode == 2
    assert "sentences are too few for 30 dev and 40 test pairs" in done.stderr
    assert not (tmp_path / "train-source").exists()


def test_another_seed_or_shard_gives_other_sentences():
    shards = {tuple(demo.draw_shard(seed, 320, shard)) for seed in (1, 2) for shard in (0, 1)}
    assert len(shards) == 4


def test_no_english_sentence_is_in_two_sets_or_twice_in_one(splits):
    assert max(Counter(pair.english for part in splits for pair in part).values()) == 1


def test_the_order_of_drawing_is_kept(pairs, splits):
    place = {pair: number for number, pair in reversed(list(enumerate(pairs)))}
    for part in splits:
        numbers = [place[pair] for pair in part]
        assert numbers == sorted(numbers)


def test_repetitions_are_dropped_before_the_sets_are_drawn():
    pairs = [Pair(f"This is number {k % 50}.", f"{k % 50}") for k in range(500)]
    splits = demo.split(pairs, seed=1, dev_pairs=10, test_pairs=10, max_words=15)
    assert [len(part) for part in splits] == [30, 10, 10]
    with pytest.raises(UserError, match="50 different sentences"):
        demo.split(pairs, seed=1, dev_pairs=30, test_pairs=10, max_words=15)


def test_the_test_set_has_as_many_sentences_of_every_bucket(splits):
    buckets = Counter((length(pair.english) - 3) // 3 for pair in splits.test)
    assert set(buckets) == set(range(6))
    assert max(buckets.values()) - min(buckets.values()) <= 1


def test_dev_is_as_short_as_train_and_test_is_longer(splits):
    train, dev, test = (sum(length(pair.english) for pair in part) / len(part) for part in splits)
    assert abs(train - dev) < 1
    assert test > train + 1


def test_lengths_are_spread_from_3_to_25_words_with_a_tail(pairs):
    lengths = sorted(length(pair.english) for pair in pairs)
    assert (lengths[0], lengths[-1]) == (3, 25)
    assert 6 <= lengths[len(lengths) // 2] <= 10
    assert sum(words > 15 for words in lengths) > len(lengths) / 50


def test_some_300_english_and_500_french_words_occur(pairs):
    english, french = (
        {word for pair in pairs for word in pair[side].lower().strip(".?").replace(",", "").split()}
        for side in (0, 1)
    )
    assert 250 <= len(english) <= 400
    assert 450 <= len(french) <= 750


def test_held_out_phrases_are_in_no_pair_but_their_words_are(pairs):
    texts = [" ".join(pair.english.translate(str.maketrans("", "", ",.?")).lower().split())
             for pair in pairs]  # fmt: skip
    words = {word for text in texts for word in text.split()}
    for phrases in held_out_phrases().values():
        assert len(phrases) >= 24
        for phrase in phrases:
            bare = phrase.replace(" ,", "").lower()
            assert not any(f" {bare} " in f" {text} " for text in texts)
            assert set(bare.split()) <= words


def test_the_phrases_of_figure_2_are_held_out(repository: Path):
    plot = yaml.safe_load((repository / "config/config.yaml").read_text("utf-8"))["phrase_plot"]
    phrases = [phrase for panel in plot["panels"] for each in panel["meanings"] for phrase in each]
    assert len(phrases) == len(set(phrases)) == 48
    assert {phrase for panel in held_out_phrases().values() for phrase in panel} >= set(phrases)


def test_a_held_out_phrase_is_found_whatever_stands_around_it():
    assert is_held_out("In the garden, I gave her a card.")
    assert is_held_out("Mary respects John because he sings.")
    assert not is_held_out("Mary respects Johnny.")
    assert not is_held_out("Mary respected John.")
