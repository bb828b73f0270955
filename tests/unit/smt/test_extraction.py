"""Extraction against the definition of consistency, tried on every pair of runs."""

import random

import pytest

from seq2seq.smt.extraction import Block, consistent_blocks, reach

Link = tuple[int, int]


def all_spans(words: int, longest: int) -> list[tuple[int, int]]:
    return [(b, e) for b in range(words) for e in range(b + 1, min(words, b + longest) + 1)]


def by_definition(words: int, others: int, links: list[Link], longest: int) -> set[Block]:
    found = set()
    for begin, end in all_spans(words, longest):
        for left, right in all_spans(others, longest):
            inside = [begin <= s < end and left <= t < right for s, t in links]
            crossing = [(begin <= s < end) != (left <= t < right) for s, t in links]
            if any(inside) and not any(crossing):
                found.add(Block(begin, end, left, right))
    return found


@pytest.mark.parametrize("seed", range(150))
def test_extraction_is_the_definition_of_consistency(seed: int) -> None:
    chance = random.Random(seed)
    words, others, longest = chance.randint(1, 8), chance.randint(1, 8), chance.randint(1, 7)
    links = sorted({(chance.randrange(words), chance.randrange(others))
                    for _ in range(chance.randint(0, 9))})  # fmt: skip
    here, there = reach(words, links), reach(others, [(t, s) for s, t in links])
    found = list(consistent_blocks(all_spans(words, longest), here, there, longest=longest))
    assert len(set(found)) == len(found)
    assert set(found) == by_definition(words, others, links, longest)


def test_both_sides_extract_the_same() -> None:
    links = [(0, 0), (1, 2), (3, 1)]
    here, there = reach(4, links), reach(4, [(t, s) for s, t in links])
    forward = set(consistent_blocks(all_spans(4, 3), here, there, longest=3))
    backward = set(consistent_blocks(all_spans(4, 3), there, here, longest=3))
    assert {Block(*one[2:], *one[:2]) for one in backward} == forward


def test_only_spans_asked_for_are_tried() -> None:
    links = [(0, 0), (1, 1)]
    side = reach(2, links)
    assert list(consistent_blocks([(1, 2)], side, side, longest=7)) == [Block(1, 2, 1, 2)]
