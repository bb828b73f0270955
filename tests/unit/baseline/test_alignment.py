"""The aligner against what a person sees, against EM's promise and against its own definition."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

import numpy as np
import pytest

from seq2seq.baseline import alignment
from seq2seq.baseline.alignment import (
    AlignerSettings,
    ChunkTable,
    TextChunk,
    _digamma,
    align,
    align_e_step,
    align_m_step,
    best_links,
    encode_baseline_text,
    prepare_chunk,
)

NOUNS = {"house": "maison", "book": "livre", "cat": "chat", "tree": "arbre", "door": "porte"}
SOURCES = [f"the {noun}" for noun in NOUNS] * 3 + [f"the red {noun}" for noun in NOUNS]
TARGETS = [f"le {noun}" for noun in NOUNS.values()] * 3 + [
    f"le {noun} rouge" for noun in NOUNS.values()
]
NULL = 0.08
SETTINGS = AlignerSettings(alignment_iterations=3, null_probability=NULL, dirichlet_alpha=0.01)


@dataclass(frozen=True)
class Table:
    """Numbers of pairs of words, ``source << 32 | target``."""

    pairs: np.ndarray
    values: np.ndarray


def chunks(sources: list[str], targets: list[str], size: int = 1000) -> Iterator[TextChunk]:
    return encode_baseline_text(zip(sources, targets, strict=True), chunk_size=size)


def trained(
    folder: Path, sources: list[str], targets: list[str], rounds: int, alpha: float
) -> Iterator[Table]:
    """The table after each round, of one chunk; the last one stays in the folder."""
    settings = AlignerSettings(rounds, NULL, alpha)
    table = ChunkTable(f"{folder}/0")
    prepare_chunk(table, *next(chunks(sources, targets)))
    for _ in range(rounds):
        align_e_step(settings, table)
        align_m_step(settings, ([table], 0, 1000))
        yield Table(table.load("pairs").copy(), table.load("values").copy())


def random_text(seed: int, lines: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices("abcdef", k=chance.randint(0, 6))) for _ in range(lines)]


def log_likelihood(sources: list[str], targets: list[str], table: Table) -> float:
    """By the definition, word by word."""
    found = dict(zip(table.pairs.tolist(), table.values.tolist(), strict=True))
    total = 0.0
    for source, target in zip(*next(chunks(sources, targets)), strict=True):
        if len(source) == 0:
            continue
        for j, word in enumerate(target.tolist(), start=1):
            near = [exp(-4 * abs(i / len(source) - j / len(target)))
                    for i in range(1, len(source) + 1)]  # fmt: skip
            explained = NULL * found[word]
            for share, other in zip(near, source.tolist(), strict=True):
                explained += (1 - NULL) * share / sum(near) * found[other << 32 | word]
            total += log(explained)
    return total


@pytest.mark.parametrize("alpha", [0.0, 0.01])
def test_the_obvious_alignment_is_found(tmp_path: Path, alpha: float) -> None:
    list(trained(tmp_path, SOURCES, TARGETS, 5, alpha))
    links = best_links(ChunkTable(f"{tmp_path}/0"), null_probability=NULL)
    assert links == [[0, 1]] * 15 + [[0, 2, 1]] * 5


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_never_falls(tmp_path: Path, seed: int) -> None:
    sources, targets = random_text(seed, 60), random_text(seed + 100, 60)
    tables = trained(tmp_path, sources, targets, 8, 0.0)
    rises = np.diff([log_likelihood(sources, targets, table) for table in tables])
    assert (rises > -1e-3).all()
    assert rises[0] > 1.0


def test_the_links_expected_first_are_those_of_the_prior(tmp_path: Path) -> None:
    table = ChunkTable(f"{tmp_path}/0")
    prepare_chunk(table, *next(chunks(["a b", "b"], ["x y z", "x"])))
    align_e_step(SETTINGS, table)
    found = dict(zip(table.load("pairs").tolist(), table.load("values").tolist(), strict=True))
    shares = [exp(-4 * abs(i / 2 - 1 / 3)) for i in (1, 2)]
    assert found[1 << 32 | 1] == pytest.approx(0.92 * shares[0] / sum(shares), abs=1e-7)
    assert found[2 << 32 | 1] == pytest.approx(0.92 * shares[1] / sum(shares) + 0.92, abs=1e-7)
    assert found[1] == pytest.approx(2 * NULL, abs=1e-7)
    assert sum(found.values()) == pytest.approx(4, abs=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 0.01])
@pytest.mark.parametrize(("size", "processes"), [(35, 2), (10, 1), (1, 2)])
def test_any_chunks_give_the_same_bits(tmp_path, monkeypatch, alpha, size, processes):
    sources, targets = random_text(1, 70), random_text(2, 70)
    *_, whole = trained(tmp_path, sources, targets, 3, alpha)
    settings = AlignerSettings(3, NULL, alpha)
    expected = list(align(chunks(sources, targets), settings, folder=tmp_path, processes=1))
    (cut := tmp_path / "cut").mkdir()
    monkeypatch.setattr(alignment, "CELLS_AT_ONCE", 40)
    monkeypatch.setattr(alignment, "ROWS_AT_ONCE", 5)
    text = chunks(sources, targets, size)
    assert list(align(text, settings, folder=cut, processes=processes)) == expected
    values = dict(zip(whole.pairs.tolist(), whole.values.tolist(), strict=True))
    for path in cut.glob("*.forward.pairs.npy"):
        table = ChunkTable(str(path).removesuffix(".pairs.npy"))
        found = zip(table.load("pairs").tolist(), table.load("values").tolist(), strict=True)
        assert all(values[pair] == value for pair, value in found)


def test_probabilities_of_a_source_word_sum_to_one_without_a_prior(tmp_path: Path) -> None:
    *_, table = trained(tmp_path, random_text(5, 40), random_text(6, 40), 2, 0.0)
    sums = np.bincount(table.pairs >> 32, weights=table.values)
    assert sums == pytest.approx(np.ones(7))


@pytest.mark.parametrize("size", [1, 2, 4])
def test_empty_lines_have_no_links(tmp_path: Path, size: int) -> None:
    text = chunks(["", "a", "", "a"], ["x y", "", "", "x"], size)
    found = list(align(text, SETTINGS, folder=tmp_path, processes=1))
    assert found == [[], [], [], [(0, 0)]]


def test_no_text_has_no_links(tmp_path: Path) -> None:
    assert list(align(iter([]), SETTINGS, folder=tmp_path, processes=1)) == []


def test_digamma_has_its_known_values() -> None:
    gamma = 0.5772156649015329
    found = _digamma(np.array([1.0, 2.0, 0.5, 10.0]))
    harmonic = sum(1 / k for k in range(1, 10))
    expected = [-gamma, 1 - gamma, -gamma - 2 * np.log(2), harmonic - gamma]
    assert found == pytest.approx(expected, abs=1e-9)
