"""Extraction against the definition of consistency, tried on every pair of runs."""

import random

import pytest

from seq2seq.baseline.phrase_table import SpanPair, ngrams, phrase_key, phrase_pairs
from seq2seq.baseline.symmetrize import AlignedPair

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
