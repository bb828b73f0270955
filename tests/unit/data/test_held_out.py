"""Dev and test sets drawn from the training corpus: no source sentence on both sides."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from run_step import run_step
from seq2seq.data.preparation import assign, draw
from seq2seq.errors import UserError

SIZES = {"dev": 3, "test": 2}
Pairs = list[tuple[str, str]]


def split_up(pairs: Pairs, sizes: dict[str, int] = SIZES, seed: int = 1) -> dict[str | None, Pairs]:
    drawn = draw((source for source, _ in pairs), sizes, seed=seed)
    parts: dict[str | None, Pairs] = {"train": [], None: [], **{split: [] for split in sizes}}
    for split, pair in assign(pairs, drawn):
        parts[split].append(pair)
    return parts


PAIRS = st.lists(
    st.tuples(st.sampled_from([*"abcdefgh", ""]), st.text("xyz", max_size=2)), max_size=40
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(PAIRS)
def test_no_pair_is_lost_and_no_source_is_on_two_sides(pairs: Pairs) -> None:
    if len({source for source, _ in pairs} - {""}) < 5:
        with pytest.raises(UserError, match="distinct ones"):
            split_up(pairs)
        return
    parts = split_up(pairs)
    assert Counter(pair for part in parts.values() for pair in part) == Counter(pairs)
    assert {split: len(parts[split]) for split in SIZES} == SIZES
    sources = {split: {source for source, _ in parts[split]} for split in ("train", "dev", "test")}
    assert not sources["train"] & (sources["dev"] | sources["test"])
    assert not sources["dev"] & sources["test"]
    # What neither split has are further translations of a drawn sentence, the first of which it has.
    assert {source for source, _ in parts[None]} <= sources["dev"] | sources["test"]
    first = dict(reversed(pairs))
    assert all(first[source] == target for split in SIZES for source, target in parts[split])


def test_the_draw_depends_on_the_seed_and_the_sentences_alone() -> None:
    pairs = [(f"sentence {number}", "x") for number in range(1000)]
    sources = [source for source, _ in pairs]
    drawn = draw(sources, {"dev": 100, "test": 100}, seed=1)
    assert draw(reversed(sources * 2), {"dev": 100, "test": 100}, seed=1) == drawn
    assert 5 < len(drawn.keys() & draw(sources, {"dev": 200}, seed=2).keys()) < 80  # 40 by chance
    # About as many from each quarter of the corpus.
    quarters = Counter(int(source.split()[1]) // 250 for source in drawn)
    assert all(30 < quarters[quarter] < 70 for quarter in range(4))


def test_the_step_writes_the_files_of_each_split_in_order(tmp_path) -> None:
    pairs = [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4"), ("d", "5")]
    texts = [tmp_path / "source", tmp_path / "target"]
    for path, lines in zip(texts, zip(*pairs, strict=True), strict=True):
        path.write_text("".join(f"{line}\n" for line in lines))
    outputs = [tmp_path / f"{split}.{side}" for split in ("train", "test") for side in range(2)]
    sizes, files = '{"test": 2}', ("--source", texts[0], "--target", texts[1])
    run_step("data", "hold-out", "--sizes", sizes, "--seed", 1, *files, "--outputs", *outputs)
    found = [path.read_text().split() for path in outputs]
    parts = split_up(pairs, {"test": 2})
    for split, sides in (("train", found[:2]), ("test", found[2:])):
        assert list(zip(*sides, strict=True)) == parts[split]
