"""The aligner against what a person sees, against EM's promise and against its own definition."""

import random
from itertools import pairwise
from math import exp, log

import numpy as np
import pytest

from seq2seq.io.token_ids import TokenDataset
from seq2seq.smt import alignment
from seq2seq.smt.alignment import Part, _digamma, best_links, estimate, expected_links
from seq2seq.smt.link_table import LinkTable, source_of

NOUNS = {"house": "maison", "book": "livre", "cat": "chat", "tree": "arbre", "door": "porte"}
SOURCES = [f"the {noun}" for noun in NOUNS] * 3 + [f"the red {noun}" for noun in NOUNS]
TARGETS = [f"le {noun}" for noun in NOUNS.values()] * 3 + [
    f"le {noun} rouge" for noun in NOUNS.values()
]
NULL = 0.08


def numbered(lines: list[str]) -> TokenDataset:
    numbers: dict[str, int] = {}
    sentences = [
        [numbers.setdefault(word, len(numbers) + 1) for word in line.split()] for line in lines
    ]
    offsets = np.cumsum([0, *map(len, sentences)])
    return TokenDataset(np.array([w for s in sentences for w in s], dtype=np.int32), offsets)


def parts(sources: list[str], targets: list[str], count: int = 1) -> list[Part]:
    source, target = numbered(sources), numbered(targets)
    bounds = [len(sources) * k // count for k in range(count + 1)]
    return [Part(source, target, range(begin, end)) for begin, end in pairwise(bounds)]


def trained(corpus: list[Part], rounds: int, concentration: float) -> list[LinkTable]:
    """The table after each round."""
    tables: list[LinkTable] = []
    for _ in range(rounds):
        last = tables[-1] if tables else None
        counts = [expected_links(part, last, null_probability=NULL) for part in corpus]
        chunks = list(estimate(counts, concentration=concentration))
        tables.append(
            LinkTable(
                np.concatenate([chunk.pairs for chunk in chunks]),
                np.concatenate([chunk.values for chunk in chunks]),
            )
        )
    return tables


def random_text(seed: int, lines: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices("abcdef", k=chance.randint(0, 6))) for _ in range(lines)]


def log_likelihood(sources: list[str], targets: list[str], table: LinkTable) -> float:
    """By the definition, word by word."""
    (part,) = parts(sources, targets)
    chances = dict(zip(table.pairs.tolist(), table.values.tolist(), strict=True))
    total = 0.0
    for source, target in zip(part.source, part.target, strict=True):
        if len(source) == 0:
            continue
        for j, word in enumerate(target.tolist(), start=1):
            near = [exp(-4 * abs(i / len(source) - j / len(target)))
                    for i in range(1, len(source) + 1)]  # fmt: skip
            explained = NULL * chances[word]
            for share, other in zip(near, source.tolist(), strict=True):
                explained += (1 - NULL) * share / sum(near) * chances[other << 32 | word]
            total += log(explained)
    return total


@pytest.mark.parametrize("concentration", [0.0, 0.01])
def test_the_obvious_alignment_is_found(concentration: float) -> None:
    (whole,) = parts(SOURCES, TARGETS)
    table = trained([whole], 5, concentration)[-1]
    assert best_links(whole, table, null_probability=NULL) == [[0, 1]] * 15 + [[0, 2, 1]] * 5


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_never_falls(seed: int) -> None:
    sources, targets = random_text(seed, 60), random_text(seed + 100, 60)
    tables = trained(parts(sources, targets), 8, 0.0)
    rises = np.diff([log_likelihood(sources, targets, table) for table in tables])
    assert (rises > -1e-3).all()
    assert rises[0] > 1.0


def test_the_links_expected_first_are_those_of_the_prior() -> None:
    (whole,) = parts(["a b", "b"], ["x y z", "x"])
    found = expected_links(whole, None, null_probability=NULL)
    counts = dict(zip(found.pairs.tolist(), found.values.tolist(), strict=True))
    shares = [exp(-4 * abs(i / 2 - 1 / 3)) for i in (1, 2)]
    assert counts[1 << 32 | 1] == pytest.approx(0.92 * shares[0] / sum(shares), abs=1e-7)
    assert counts[2 << 32 | 1] == pytest.approx(0.92 * shares[1] / sum(shares) + 0.92, abs=1e-7)
    assert counts[1] == pytest.approx(2 * NULL, abs=1e-7)
    assert sum(counts.values()) == pytest.approx(4, abs=1e-6)


@pytest.mark.parametrize("concentration", [0.0, 0.01])
@pytest.mark.parametrize("count", [2, 3, 7])
def test_any_cut_of_the_corpus_gives_the_same_bits(
    monkeypatch: pytest.MonkeyPatch, concentration: float, count: int
) -> None:
    sources, targets = random_text(1, 70), random_text(2, 70)
    whole = trained(parts(sources, targets), 3, concentration)[-1]
    monkeypatch.setattr(alignment, "CELLS_AT_ONCE", 40)
    monkeypatch.setattr(alignment, "ROWS_AT_ONCE", 5)
    cut = parts(sources, targets, count)
    table = trained(cut, 3, concentration)[-1]
    assert table.pairs.tobytes() == whole.pairs.tobytes()
    assert table.values.tobytes() == whole.values.tobytes()
    links = [line for part in cut for line in best_links(part, table, null_probability=NULL)]
    assert links == best_links(parts(sources, targets)[0], whole, null_probability=NULL)


def test_probabilities_of_a_source_word_sum_to_one_without_a_prior() -> None:
    table = trained(parts(random_text(5, 40), random_text(6, 40)), 2, 0.0)[-1]
    sums = np.bincount(source_of(table.pairs), weights=table.values)
    assert sums == pytest.approx(np.ones(7))


def test_empty_lines_have_no_links() -> None:
    corpus = parts(["", "a", "", "a"], ["x y", "", "", "x"], 2)
    table = trained(corpus, 2, 0.01)[-1]
    found = [best_links(part, table, null_probability=NULL) for part in corpus]
    assert found == [[[-1, -1], []], [[], [0]]]


def test_digamma_has_its_known_values() -> None:
    gamma = 0.5772156649015329
    found = _digamma(np.array([1.0, 2.0, 0.5, 10.0]))
    harmonic = sum(1 / k for k in range(1, 10))
    expected = [-gamma, 1 - gamma, -gamma - 2 * np.log(2), harmonic - gamma]
    assert found == pytest.approx(expected, abs=1e-9)
