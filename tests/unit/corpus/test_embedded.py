"""The corpus as a whole: the same bytes everywhere, disjoint sets, lengths, what is held out."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from seq2seq.corpus import embedded
from seq2seq.corpus.embedded import Pair
from seq2seq.corpus.lexicon import load
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines

pytest.importorskip("pyrealb")

SETTINGS = {"seed": 3, "pairs": 320, "dev_pairs": 30, "test_pairs": 40, "max_words": 15,
            "lexicon": "micro"}  # fmt: skip
WRONG_FRENCH = (" de le homme", " de les ", " à les ", " ne a", " que il", " que elle", " je a",
                " le homme", " la école", " si il", " de des ", " un vieux ami", " ce ami",
                " sa école", " des petites ", " pas un ", " pas des ")  # fmt: skip
FILES = [f"{name}-{side}" for name in ("train", "dev", "test") for side in ("source", "target")]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    shards = embedded.generate(seed=1, pairs=4000, lexicon="micro", processes=1)
    return [pair for shard in shards for pair in shard]


@pytest.fixture(scope="module")
def splits(pairs: list[Pair]) -> embedded.Splits:
    return embedded.split(pairs, seed=1, dev_pairs=200, test_pairs=160, max_words=18)


def realized(
    folder: Path, repository: Path, *, processes: int, hash_seed: str, **changed: object
) -> subprocess.CompletedProcess[str]:
    files = [word for name in FILES for word in (f"--{name}", str(folder / name))]
    return subprocess.run(
        [sys.executable, "-m", "seq2seq.steps.realize_corpus", "--settings",
         json.dumps({**SETTINGS, **changed}), "--processes", str(processes), *files],
        env={**os.environ, "PYTHONHASHSEED": hash_seed,
             "PYTHONPATH": str(repository / "workflow")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_bytes_depend_neither_on_processes_nor_on_hash_seeds(
    tmp_path: Path, repository: Path
) -> None:
    for folder, processes, hash_seed in (("a", 1, "1"), ("b", 2, "2")):
        done = realized(tmp_path / folder, repository, processes=processes, hash_seed=hash_seed)
        assert done.returncode == 0, done.stderr
        assert "320 pairs drawn" in done.stderr.rstrip("\n").split("\n")[-1]
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_too_few_pairs_are_refused_with_their_number(tmp_path: Path, repository: Path) -> None:
    done = realized(tmp_path, repository, processes=1, hash_seed="0", pairs=40)
    assert done.returncode == 2
    assert "are too few for 30 dev and 40 test pairs" in done.stderr
    assert not (tmp_path / "train-source").exists()


def test_the_step_writes_as_many_lines_on_both_sides(tmp_path: Path, repository: Path) -> None:
    realized(tmp_path, repository, processes=1, hash_seed="0")
    counts = [sum(1 for _ in read_lines(tmp_path / name)) for name in FILES]
    assert counts[2:] == [30, 30, 40, 40]
    assert counts[0] == counts[1] > 150


def test_another_seed_gives_other_sentences() -> None:
    first, second = (
        embedded.realized(embedded.Shard(seed=seed, index=0, count=20, lexicon="micro"))
        for seed in (1, 2)
    )
    assert first != second


def test_a_longer_shard_begins_like_a_shorter_one() -> None:
    short, long = (
        embedded.realized(embedded.Shard(seed=1, index=5, count=count, lexicon="micro"))
        for count in (10, 20)
    )
    assert long[:10] == short


def test_no_english_sentence_is_in_two_sets_or_twice_in_one(splits: embedded.Splits) -> None:
    sentences = Counter(
        pair.english for part in (splits.train, splits.dev, splits.test) for pair in part
    )
    assert max(sentences.values()) == 1


def test_repetitions_are_dropped_before_the_sets_are_drawn() -> None:
    pairs = [Pair(f"This is number {k % 50}.", f"{k}") for k in range(500)]
    splits = embedded.split(pairs, seed=1, dev_pairs=10, test_pairs=10, max_words=15)
    assert [len(splits.train), len(splits.dev), len(splits.test)] == [30, 10, 10]
    assert {int(pair.french) for pair in splits.train} <= set(range(50))


def test_the_order_of_drawing_is_kept(pairs: list[Pair], splits: embedded.Splits) -> None:
    place = {pair.english: number for number, pair in reversed(list(enumerate(pairs)))}
    for part in (splits.train, splits.dev, splits.test):
        numbers = [place[pair.english] for pair in part]
        assert numbers == sorted(numbers)


def test_the_test_set_has_as_many_sentences_of_every_band(splits: embedded.Splits) -> None:
    bands = Counter((embedded.length(pair.english) - 3) * 5 // 16 for pair in splits.test)
    assert set(bands) == {0, 1, 2, 3, 4}
    assert max(bands.values()) - min(bands.values()) <= 1


def test_the_dev_set_is_as_short_as_the_training_set(splits: embedded.Splits) -> None:
    means = [
        sum(embedded.length(pair.english) for pair in part) / len(part)
        for part in (splits.train, splits.dev, splits.test)
    ]
    assert abs(means[0] - means[1]) < 1
    assert means[2] > means[0] + 1


def test_lengths_are_spread_from_3_to_more_than_25_words(pairs: list[Pair]) -> None:
    lengths = sorted(embedded.length(pair.english) for pair in pairs)
    assert lengths[0] == 3
    assert 7 <= lengths[len(lengths) // 2] <= 12
    assert 25 < lengths[-1] <= 50


def test_the_phrases_of_figure_2_are_held_out_but_their_words_are_not(pairs: list[Pair]) -> None:
    sentences = [f" {pair.english.lower()} ".translate(str.maketrans("", "", ",.?"))
                 for pair in pairs]  # fmt: skip
    for phrase in embedded.RESERVED:
        assert not any(f" {phrase} " in sentence for sentence in sentences)
    words = {word for sentence in sentences for word in sentence.split(" ")}
    assert {word for phrase in embedded.RESERVED for word in phrase.split(" ")} <= words


@pytest.mark.parametrize("construction", [" is in love with ", "admires ", "respects ",
                                          "In the garden, ", " was given a ", " gave me a ",
                                          " by her in the "])  # fmt: skip
def test_the_constructions_of_figure_2_occur(pairs: list[Pair], construction: str) -> None:
    assert any(construction in pair.english for pair in pairs)


def test_a_phrase_of_figure_2_is_found_whatever_stands_around_it() -> None:
    assert embedded.is_reserved("In the garden, I gave her a card.")
    assert embedded.is_reserved("Mary respects John because he sings.")
    assert not embedded.is_reserved("Mary respects Johnny.")
    assert not embedded.is_reserved("Mary respected John.")


def test_the_text_is_written_as_text_is(pairs: list[Pair]) -> None:
    for pair in pairs:
        for sentence in (pair.english, pair.french):
            assert sentence[0] == sentence[0].upper()
            assert "  " not in sentence
            assert "[[" not in sentence
            assert "'" not in (sentence[0], sentence[-1])
            assert sentence.strip(" ") == sentence
        assert pair.english[-1] == pair.french[-1]
        assert pair.french.endswith(" ?") or pair.french.endswith(".")


def test_french_is_elided_and_contracted_everywhere(pairs: list[Pair]) -> None:
    text = " ".join(pair.french for pair in pairs)
    for wrong in WRONG_FRENCH:
        assert wrong not in text


def test_each_level_contains_the_one_before() -> None:
    micro, small, full = (load(level) for level in ("micro", "small", "full"))
    for field in ("nouns", "names", "adjectives", "transitive", "infinitive"):
        first, second, third = (getattr(each, field) for each in (micro, small, full))
        assert second[: len(first)] == first
        assert third[: len(second)] == second
        assert len(first) < len(second) < len(third)


def test_an_unknown_lexicon_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="micro, small, full"):
        load("huge")
