"""The aligner against what a person sees, against EM's promise and against its own definition."""

import random
from math import exp, log

import numpy as np
import pytest

from seq2seq.smt.alignment import Alignment, AlignmentSettings, _digamma, align

LIKELIHOOD = AlignmentSettings(iterations=8, null_probability=0.08, concentration=0.0)
BAYES = AlignmentSettings(iterations=5, null_probability=0.08, concentration=0.01)

NOUNS = {"house": "maison", "book": "livre", "cat": "chat", "tree": "arbre", "door": "porte"}
SOURCES = [f"the {noun}" for noun in NOUNS] * 3 + [f"the red {noun}" for noun in NOUNS]
TARGETS = [f"le {noun}" for noun in NOUNS.values()] * 3 + [
    f"le {noun} rouge" for noun in NOUNS.values()
]


def random_text(seed: int, lines: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices("abcdef", k=chance.randint(0, 6))) for _ in range(lines)]


@pytest.mark.parametrize("settings", [LIKELIHOOD, BAYES])
def test_the_obvious_alignment_is_found(settings: AlignmentSettings) -> None:
    alignment = align(SOURCES, TARGETS, settings)
    assert alignment.links == [[0, 1]] * 15 + [[0, 2, 1]] * 5


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_never_falls(seed: int) -> None:
    alignment = align(random_text(seed, 60), random_text(seed + 100, 60), LIKELIHOOD)
    rises = np.diff(alignment.log_likelihoods)
    assert (rises > -1e-6).all()
    assert rises[0] > 1.0


def test_the_first_likelihood_is_that_of_the_definition() -> None:
    sources, targets = ["a b", "b"], ["x y z", "x"]
    found: Alignment = align(sources, targets, LIKELIHOOD)
    # every word starts with equal chances for each target word it ever meets
    chances = {"": 1 / 3, "a": 1 / 3, "b": 1 / 3}
    expected = 0.0
    for source, target in zip(map(str.split, sources), map(str.split, targets), strict=True):
        for j in range(1, len(target) + 1):
            near = [exp(-4 * abs(i / len(source) - j / len(target)))
                    for i in range(1, len(source) + 1)]  # fmt: skip
            shares = [0.92 * one / sum(near) for one in near]
            explained = sum(s * chances[w] for s, w in zip(shares, source, strict=True))
            expected += log(0.08 * chances[""] + explained)
    assert found.log_likelihoods[0] == pytest.approx(expected, rel=1e-12)


def test_empty_lines_have_no_links() -> None:
    alignment = align(["", "a", ""], ["x y", "", ""], BAYES)
    assert alignment.links == [[-1, -1], [], []]


def test_digamma_has_its_known_values() -> None:
    gamma = 0.5772156649015329
    found = _digamma(np.array([1.0, 2.0, 0.5, 10.0]))
    harmonic = sum(1 / k for k in range(1, 10))
    expected = [-gamma, 1 - gamma, -gamma - 2 * np.log(2), harmonic - gamma]
    assert found == pytest.approx(expected, abs=1e-9)
