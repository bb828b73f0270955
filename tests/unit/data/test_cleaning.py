"""Cleaning of training pairs: each reason, their order, and duplicates against a set of pairs."""

import random
from dataclasses import replace

import numpy as np
import pytest

from seq2seq.config.data import FilterSettings
from seq2seq.data.cleaning import REASONS, filter_pairs, repeated, script_share

LIMITS = FilterSettings(
    max_tokens=4,
    max_length_ratio=2,
    min_script_share=0.5,
    drop_duplicates=True,
    source_language="en",
    target_language="fr",
)
ANYTHING = FilterSettings(4, None, None, False, "en", "fr")


def reasons(
    pairs: list[tuple[str, str]], limits: FilterSettings, held_out: set[str]
) -> list[str | None]:
    verdicts = filter_pairs(pairs, limits, held_out=held_out).tolist()
    return [REASONS[verdict - 1] if verdict else None for verdict in verdicts]


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("a b", "a b c d", None),
        ("a b c d e", "a b c d", "too_long"),
        ("a b c d", "a b c d e", "too_long"),
        ("a", "a b c", "length_ratio"),
        ("a b c", "a", "length_ratio"),
        ("", "a", "empty"),
        ("a", "", "empty"),
        ("", "", "empty"),
        ("", "a b c d e", "empty"),
        ("привет", "salut", "script"),
        ("hello", "hello 你好 世界 吗", "length_ratio"),
        ("hello you", "你好 世界", "script"),
        ("test", "unseen", "in_dev_or_test"),
        ("unseen", "test", "in_dev_or_test"),
    ],
)
def test_a_pair_is_dropped_for_the_first_reason(source, target, reason):
    assert reasons([(source, target)], LIMITS, {"test"}) == [reason]


def test_what_is_not_asked_drops_nothing() -> None:
    pairs = [("a", "a b c d"), ("a", "a b c d"), ("привет", "x")]
    assert reasons(pairs, ANYTHING, set()) == [None, None, None]


def test_of_pairs_that_recur_the_first_kept_one_stays() -> None:
    pairs = [("a", "b"), ("a", "c"), ("a", "b"), ("a b", ""), ("a", "b"), ("a b", "")]
    assert reasons(pairs, LIMITS, set()) == [
        None, None, "duplicate", "empty", "duplicate", "empty",
    ]  # fmt: skip


def test_a_pair_is_no_duplicate_of_one_cut_elsewhere() -> None:
    pairs = [("a b", "c"), ("a", "b c")]
    assert reasons(pairs, replace(LIMITS, max_length_ratio=None), set()) == [None, None]


def test_duplicates_are_those_that_a_set_finds() -> None:
    chance = random.Random(2)
    pairs = [(f"s{chance.randrange(60)}", f"t{chance.randrange(60)}") for _ in range(5000)]
    seen: set[tuple[str, str]] = set()
    expected = []
    for pair in pairs:
        expected.append("duplicate" if pair in seen else None)
        seen.add(pair)
    assert reasons(pairs, LIMITS, set()) == expected


def test_repeated_numbers_are_found_in_order() -> None:
    numbers = np.array([5, 5, 21, 5, 37, 21, 5, 2**63], dtype=np.uint64)
    among = np.array([False, True, True, True, True, True, True, True])
    expected = [False, False, False, True, False, True, True, False]
    assert repeated(numbers, among).tolist() == expected
    assert len(repeated(numbers[:0], among[:0])) == 0


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Ça coûte 10 € — « très » cher…", 1.0),
        ("ﬁn Ｆ ệ", 1.0),
        ("12 345 ?", 1.0),
        ("αβ ab", 0.5),
        ("你好", 0.0),
        ("😀", 1.0),
    ],
)
def test_the_share_of_latin_letters(text: str, share: float) -> None:
    assert script_share(text, "en") == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "language", "share"),
    [
        ("привет", "ru", 1),
        ("hello", "ru", 0),
        ("да yes", "uk", 0.4),
        ("世界はカタカナ。", "ja", 1),
        ("世界", "zh", 1),
        ("はい", "zh", 0),
        ("안녕 世界", "ko", 1),
        ("مرحبا 123", "ar", 1),
        ("καλημέρα", "el", 1),
        ("λ hello", "de", 5 / 6),
    ],
)
def test_the_script_is_that_of_the_language(text: str, language: str, share: float) -> None:
    assert script_share(text, language) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "\u200b", "\u200b \ufeff", "\u00a0"])
def test_a_side_without_anything_visible_is_empty(text: str) -> None:
    assert reasons([(text, "a"), ("a", text)], LIMITS, set()) == ["empty", "empty"]
