"""Extraction against the definition of consistency, tried on every pair of runs."""

import random
from collections import defaultdict
from itertools import islice
from pathlib import Path

import pytest

from seq2seq.baseline.alignment import AlignerSettings, align, encode_baseline_text
from seq2seq.baseline.phrase_table import (
    AlignedText,
    SpanPair,
    count_phrase_pairs,
    ngrams,
    phrase_key,
    phrase_pairs,
    prune_phrase_table,
    source_phrases,
)
from seq2seq.baseline.symmetrize import AlignedPair, orientations, parse_aligned, write_aligned
from seq2seq.io.files import read_lines

Link = tuple[int, int]


def all_spans(words: int, longest: int) -> list[tuple[int, int]]:
    return [(b, e) for b in range(words) for e in range(b + 1, min(words, b + longest) + 1)]


def aligned(words: int, others: int, links: list[Link]) -> AlignedPair:
    return AlignedPair([f"s{k}" for k in range(words)], [f"t{k}" for k in range(others)], links)


def extracted(pair: AlignedPair, longest: int) -> list[SpanPair]:
    asked = {phrase for *_, phrase in ngrams(pair.source, longest)}
    return list(phrase_pairs(pair, asked, longest=longest))


def by_definition(words: int, others: int, links: list[Link], longest: int) -> set[SpanPair]:
    found = set()
    for begin, end in all_spans(words, longest):
        for left, right in all_spans(others, longest):
            inside = [begin <= s < end and left <= t < right for s, t in links]
            crossing = [(begin <= s < end) != (left <= t < right) for s, t in links]
            if any(inside) and not any(crossing):
                found.add(SpanPair(begin, end, left, right))
    return found


@pytest.mark.parametrize("seed", range(150))
def test_extraction_is_the_definition_of_consistency(seed: int) -> None:
    chance = random.Random(seed)
    words, others, longest = chance.randint(1, 8), chance.randint(1, 8), chance.randint(1, 7)
    links = sorted({(chance.randrange(words), chance.randrange(others))
                    for _ in range(chance.randint(0, 9))})  # fmt: skip
    found = extracted(aligned(words, others, links), longest)
    assert len(set(found)) == len(found)
    assert set(found) == by_definition(words, others, links, longest)


def test_both_sides_extract_the_same() -> None:
    pair = aligned(4, 4, [(0, 0), (1, 2), (3, 1)])
    backward = {SpanPair(*one[2:], *one[:2]) for one in extracted(pair.swapped(), 3)}
    assert backward == set(extracted(pair, 3))


def test_only_phrases_asked_for_are_tried() -> None:
    pair = aligned(2, 2, [(0, 0), (1, 1)])
    assert list(phrase_pairs(pair, {"s1"}, longest=7)) == [SpanPair(1, 2, 1, 2)]


def test_a_phrase_has_its_links_counted_from_its_own_first_words() -> None:
    pair = aligned(3, 3, [(0, 0), (1, 2), (2, 1)])
    assert phrase_key(pair, SpanPair(1, 3, 1, 3)) == ("s1 s2", "t1 t2", "0-1 1-0")


def test_the_table_s_separator_is_in_no_target_phrase() -> None:
    pair = AlignedPair(["a", "b"], ["x", "|||"], [(0, 0), (1, 1)])
    assert extracted(pair, 2) == [SpanPair(0, 1, 0, 1)]


def test_phrases_are_all_runs_of_words() -> None:
    assert [phrase for *_, phrase in ngrams(["a", "b", "c"], 2)] == ["a", "a b", "b", "b c", "c"]


def test_orientations_of_an_example_by_hand() -> None:
    """`b c` and `Z Y` change places with `d`; `e` has no link."""
    links = [(0, 0), (1, 3), (2, 2), (3, 1), (5, 4)]  # a-W d-X c-Y b-Z f-V
    pair = AlignedPair(list("abcdef"), list("WXYZV"), links)

    def of(source: str, target: str) -> str:
        begin, left = pair.source.index(source[0]), pair.target.index(target[0])
        spans = (begin, begin + len(source), left, left + len(target))
        return "".join(orientations(pair.with_ends(), *spans))

    assert of("a", "W") == "md"  # begins both sides; X is linked to d, which is not beside a
    assert of("d", "X") == "ds"  # W is linked to a; Y to c, right before d
    assert of("c", "Y") == "ss"
    assert of("bc", "YZ") == "sd"  # X is linked to d, right after c; V to f, not beside b
    assert of("bcd", "XYZ") == "md"  # e has no link: V is not linked to it
    assert of("bcde", "XYZ") == "mm"
    assert of("f", "V") == "dm"  # Z is linked to b; both sides end


def moses_orientation(pair: AlignedPair, monotone: Link, swap: Link) -> int:
    """As extract-main.cpp: there are links before the first words and after the last."""
    links = [(-1, -1), *pair.links, (len(pair.source), len(pair.target))]
    if monotone in links and swap not in links:
        return 0
    return 1 if swap in links and monotone not in links else 2


def test_orientations_of_real_text_are_those_of_moses(shared_data: Path, tmp_path: Path) -> None:
    """200 sentence pairs, aligned by our aligner; every phrase pair found by its definition."""
    sides = [
        list(islice(read_lines(shared_data / f"multi30k/val.{side}.gz"), 200))
        for side in ("en", "fr")
    ]
    pairs = list(zip(*sides, strict=True))
    aligner = AlignerSettings(alignment_iterations=3, null_probability=0.08, dirichlet_alpha=0.01)
    chunks = encode_baseline_text(pairs, chunk_size=200)
    write_aligned(tmp_path / "aligned", pairs, align(chunks, aligner, folder=tmp_path, processes=1))
    asked = source_phrases(sides[0], longest=2)
    text = AlignedText(tmp_path / "aligned", 200, 2, 50, 1)
    kept = prune_phrase_table(count_phrase_pairs(text, asked, tmp_path), limit=10**6)
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
    for pair in parse_aligned("", enumerate(read_lines(tmp_path / "aligned"))):
        size = (len(pair.source), len(pair.target))
        for begin, end, left, right in by_definition(*size, pair.links, 2):
            counts = expected[" ".join(pair.source[begin:end]), " ".join(pair.target[left:right])]
            counts[moses_orientation(pair, (begin - 1, left - 1), (end, left - 1))] += 1
            counts[3 + moses_orientation(pair, (end, right), (begin - 1, right))] += 1
    found = {(one.source, one.target): list(one.orientations) for one in kept}
    assert found == expected
    assert min(map(sum, zip(*found.values(), strict=True))) > 50  # of each orientation
