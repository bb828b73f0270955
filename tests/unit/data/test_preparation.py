"""Tokenized parts to training pairs: what is kept, what is told, and that parts do not matter."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from seq2seq.config.data import WordShares
from seq2seq.data.cleaning import KEPT, filter_pairs
from seq2seq.data.moore_lewis import train
from seq2seq.data.preparation import (
    FilterCount,
    PreparationSettings,
    ShardFiles,
    check_kept,
    prepare,
    sample,
    write_composition,
    write_filter_counts,
)
from seq2seq.data.text_files import PairFiles
from seq2seq.data.word_counts import split_words
from seq2seq.errors import UserError
from seq2seq.io.files import read_lines, read_parallel

PREPARATION = PreparationSettings(
    max_tokens=5,
    max_length_ratio=2,
    min_script_share=0.5,
    drop_duplicates=True,
    source_language="en",
    target_language="fr",
    drop_test_sentences=True,
    selection="all",
    train_pairs=None,
    seed=1,
)
PAIRS = [
    ("It 's me .", "C' est moi ."),
    ("", "Vide ."),
    ("One two three four five six", "Un deux trois quatre cinq"),
    ("No", "Non , non , non"),
    ("a b c", "d e"),
    ("It 's me .", "C' est moi ."),
    ("held out", "quelque chose"),
    ("some thing", "mis à part"),
    ("да да", "oui oui"),
    ("f g", "h"),
]
GOOD = [PAIRS[0], PAIRS[4], PAIRS[9]]


class Bench:
    """Files of a preparation in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dev, self.test = self.files("dev"), self.files("test")
        self.dev.write([("held out", "unseen"), ("", "")])
        self.test.write([("unseen", "mis à part")])
        self.tokens = self.files("train")

    def files(self, name: str) -> PairFiles:
        return PairFiles(self.folder / f"{name}.source.txt", self.folder / f"{name}.target.txt")

    def parts(self, pairs: list[tuple[str, str]], *cuts: int) -> ShardFiles:
        """The pairs in parts that begin at the cuts; target parts are cut one line later."""
        found = []
        for side, later in (("source", 0), ("target", 1)):
            ends = [*(cut + later for cut in cuts), len(pairs)]
            paths = []
            for number, (begin, end) in enumerate(zip([0, *ends], ends, strict=False)):
                path = self.folder / f"{number}.{len(cuts)}.{side}"
                sentences = [pair[side == "target"] for pair in pairs[begin:end]]
                path.write_text("".join(f"{one}\n" for one in sentences), encoding="utf-8")
                paths.append(path)
            found.append(paths)
        return ShardFiles(*found)

    def prepare(self, parts: ShardFiles, preparation: PreparationSettings) -> list[FilterCount]:
        return prepare(parts, self.tokens, preparation, dev=self.dev, test=self.test)[0]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_pairs_are_cleaned_and_every_step_is_counted(bench: Bench, tmp_path: Path) -> None:
    steps = bench.prepare(bench.parts(PAIRS), PREPARATION)
    assert list(bench.tokens.read()) == GOOD
    write_filter_counts(tmp_path / "t.tsv", steps)
    rows = [line.split("\t") for line in (tmp_path / "t.tsv").read_text("utf-8").split("\n")[:-1]]
    assert rows == [
        ["step", "pairs_dropped", "pairs_left"],
        ["read", "0", "10"],
        ["empty", "1", "9"],
        ["too_long", "1", "8"],
        ["length_ratio", "1", "7"],
        ["script", "1", "6"],
        ["in_dev_or_test", "2", "4"],
        ["duplicate", "1", "3"],
        ["selection: all", "0", "3"],
    ]


@pytest.mark.parametrize("selection", ["first", "sample", "cross_entropy"])
def test_parts_change_nothing(bench: Bench, selection: str) -> None:
    preparation = replace(PREPARATION, selection=selection, train_pairs=2)
    told, written = [], []
    for cuts in [(), (4,), (3, 7)]:
        told.append(bench.prepare(bench.parts(PAIRS, *cuts), preparation))
        written.append((bench.tokens.source.read_bytes(), bench.tokens.target.read_bytes()))
    assert written[0] == written[1] == written[2]
    assert told[0] == told[1] == told[2]
    assert told[0][-1] == FilterCount(f"selection: {selection}", 1, 2)
    chosen = list(bench.tokens.read())
    assert [pair for pair in GOOD if pair in chosen] == chosen


def test_the_first_are_the_first_that_are_clean(bench: Bench) -> None:
    bench.prepare(bench.parts(PAIRS), replace(PREPARATION, selection="first", train_pairs=2))
    assert list(bench.tokens.read()) == GOOD[:2]


def test_cross_entropy_selects_the_pairs_that_are_like_the_dev_set(bench: Bench) -> None:
    bench.dev.write([("the news says", "la presse dit"), ("the news tells", "la presse parle")])
    other = [(f"article {k}", f"paragraphe {k}") for k in range(50)]
    like = [("the news writes", "la presse écrit"), ("who says the news", "qui dit la presse")]
    pairs = [*other[:20], like[0], *other[20:], like[1]]
    preparation = replace(PREPARATION, selection="cross_entropy", train_pairs=2)
    bench.prepare(bench.parts(pairs), preparation)
    assert list(bench.tokens.read()) == like


def selected_plainly(pairs, corpora, dev, preparation) -> list[int]:
    """By corpus, on lists: score each pair alone, sort all, take pairs until they have the words."""

    def score(models, pair) -> np.float32:
        lines = (split_words(f"{side}\n".encode()) for side in pair)
        one, other = (model.score(line)[0] for model, line in zip(models, lines, strict=True))
        return np.float32(one) + np.float32(other)

    verdicts = filter_pairs(pairs, preparation, held_out=set())
    words = [len(target.split()) for _, target in pairs]
    found, end = [], 0
    for name, size in corpora:
        begin, end = end, end + size
        own = [place for place in range(begin, end) if verdicts[place] == KEPT]
        drawn = sample(own, total=len(own), size=min(len(dev), len(own)), seed=1)
        general = [pairs[place] for place in drawn]
        models = [train(*([pair[side].encode() for pair in text] for text in (dev, general)))
                  for side in (0, 1)]  # fmt: skip
        left = Fraction(str(preparation.selection.share(name))) * sum(words[begin:end])
        for place in sorted(own, key=lambda place: (score(models, pairs[place]), place)):
            if left > 0:
                found.append(place)
            left -= words[place]
    return sorted(found)


def test_shares_of_words_are_those_of_sorting_in_memory(bench, shared_data, tmp_path, repository):
    """Real text with equal pairs, in any shards; of one corpus cleaning leaves nothing."""

    def read(stem: str, size: int) -> list[tuple[str, str]]:
        return [
            *islice(read_parallel(*(shared_data / f"{stem}.{one}" for one in ("en", "fr"))), size)
        ]

    europarl = read("europarl-tok10k/europarl.tok.lc", 1500)
    news = read("wmt-newstest/plain/newstest2012", 600)
    bench.dev.write(news[:300])
    pairs = [*europarl, *europarl[:200], ("", "x"), *news[300:]]
    corpora = [("europarl-v7", 1700), ("none", 1), ("un2000", 200), ("news", 100)]
    shares = WordShares("cross_entropy", {"europarl-v7": 0.45, "un2000": 0.07, "others": "all"})
    preparation = replace(PREPARATION, max_tokens=60, drop_duplicates=False, selection=shares)
    expected = selected_plainly(pairs, corpora, news[:300], preparation)
    files = {"dev": bench.dev, "test": bench.test, "corpora": corpora}
    for cuts in [(), (900,), (1, 1700, 1701)]:
        _, counts = prepare(bench.parts(pairs, *cuts), bench.tokens, preparation, **files)
        assert list(bench.tokens.read()) == [pairs[place] for place in expected]
    write_composition(tmp_path / "c.tsv", counts, repository / "config/schwenk_selection.tsv")
    names, *rows = (line.split("\t") for line in read_lines(tmp_path / "c.tsv"))
    table = {row[0]: dict(zip(names, row, strict=True)) for row in rows}
    assert list(table) == ["europarl-v7", "none", "un2000", "news", "all"]
    words = [len(target.split()) for _, target in pairs]
    first = table["europarl-v7"]
    assert (first["words"], first["schwenk_selected_pairs"]) == (str(sum(words[:1700])), "982178")
    assert 0.45 < int(first["selected_words"]) / sum(words[:1700]) < 0.455
    chosen = str(sum(words[place] for place in expected))
    assert [*table["all"].values()][4:6] == [str(len(expected)), chosen]


@pytest.mark.parametrize("selection", ["first", "sample", "cross_entropy"])
def test_too_many_wanted_pairs_leave_nothing_behind(bench: Bench, selection: str) -> None:
    preparation = replace(PREPARATION, selection=selection, train_pairs=4)
    with pytest.raises(UserError, match="asks for 4 pairs, but 3 are left"):
        bench.prepare(bench.parts(PAIRS), preparation)
    assert not bench.tokens.source.exists() and not bench.tokens.target.exists()


def test_sides_of_different_length_are_refused(bench: Bench) -> None:
    parts = bench.parts(PAIRS, 4)
    parts.target[1].write_text("one\n")
    with pytest.raises(UserError, match="source lines but"):
        bench.prepare(parts, PREPARATION)


@pytest.mark.parametrize(
    ("counts", "problem"),
    [
        ([0, 0, 0, 0, 0, 0, 0], "no pairs"),
        ([4, 0, 0, 0, 6, 0, 0], "6 of 10 training pairs would be dropped as `script`"),
        ([4, 0, 0, 0, 6, 0, 0], "Change `data.min_script_share`"),
        ([4, 0, 6, 0, 0, 0, 0], "Change `data.max_tokens`"),
        ([4, 6, 0, 0, 0, 0, 0], "Correct the files"),
        ([5, 0, 0, 0, 5, 0, 0], None),
    ],
)  # fmt: skip
def test_a_filter_that_drops_most_of_a_corpus_is_named(counts, problem) -> None:
    if problem is None:
        check_kept(counts)
        return
    with pytest.raises(UserError) as refused:
        check_kept(counts)
    assert problem in str(refused.value)
