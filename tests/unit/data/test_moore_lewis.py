"""Cross-entropy difference, against the same models in plain Python and on a planted domain."""

import math
import random
from collections import Counter

import numpy as np
import pytest

from seq2seq.data.moore_lewis import train
from seq2seq.data.word_counts import split_words


class PlainBigrams:
    """Witten and Bell's interpolation as the formula reads, with dictionaries."""

    def __init__(self, sentences: list[list[str]], words: int) -> None:
        self.unigrams: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.times: Counter[str] = Counter()
        self.words = words
        before = "</s>"
        for sentence in sentences:
            for word in (*sentence, "</s>"):
                self.unigrams[word] += 1
                self.pairs[before, word] += 1
                self.times[before] += 1
                before = word

    def bits(self, sentence: list[str]) -> float:
        total, before = 0.0, "</s>"
        for word in (*sentence, "</s>"):
            kinds, n = len(self.unigrams), self.unigrams.total()
            unigram = (self.unigrams[word] + kinds / self.words) / (n + kinds)
            followers = sum(1 for first, _ in self.pairs if first == before)
            if self.times[before]:
                total -= math.log2(
                    (self.pairs[before, word] + followers * unigram)
                    / (self.times[before] + followers)
                )
            else:
                total -= math.log2(unigram)
            before = word
        return total / (len(sentence) + 1)


def sentences(seed: int, words: str, number: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(words, k=chance.randint(0, 6))) for _ in range(number)]


def test_differences_are_those_of_plain_python() -> None:
    domain, general = sentences(1, "aabbcdx", 30), sentences(2, "abcdefg", 30)
    seen = Counter(word for line in domain for word in line.split())
    known = {word for word, count in seen.items() if count >= 2}

    def cut(line: str) -> list[str]:
        return [word if word in known else "UNK" for word in line.split()]

    plain = [PlainBigrams([cut(one) for one in text], 2 + len(known)) for text in (domain, general)]
    model = train((line.encode() for line in domain), (line.encode() for line in general))
    judged = [*sentences(3, "abcdefgz", 40), "", "z z z"]
    found = model.score(split_words("".join(f"{line}\n" for line in judged).encode()))
    expected = [plain[0].bits(cut(line)) - plain[1].bits(cut(line)) for line in judged]
    assert found.tolist() == pytest.approx(expected, abs=1e-9)


def test_blocks_do_not_matter() -> None:
    model = train((b"a b c", b"a b"), (b"c b a", b"b"))
    lines = [line.encode() + b"\n" for line in sentences(5, "abcd", 50)]
    at_once = model.score(split_words(b"".join(lines)))
    apart = [model.score(split_words(line)) for line in lines]
    assert np.array_equal(at_once, np.concatenate(apart))


def test_a_planted_domain_is_found() -> None:
    news = [f"the minister of {place} said on {day}" for place in "abcdefghij" for day in "uvwxyz"]
    other = [f"{k} see article {k} paragraph {k + 1} of the annex" for k in range(600)]
    planted = [f"on {day} the minister said of {place}" for place in "bdfh" for day in "uwy"]
    model = train(map(str.encode, news), map(str.encode, other[::10]))
    mixed = [*other[:300], *planted, *other[300:]]
    scores = model.score(split_words("".join(f"{line}\n" for line in mixed).encode()))
    best = sorted(range(len(mixed)), key=lambda place: scores[place])[: len(planted)]
    assert sorted(best) == list(range(300, 300 + len(planted)))
