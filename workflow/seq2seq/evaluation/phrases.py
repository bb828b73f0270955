"""Figure 2 in numbers: do sentence vectors keep word order and ignore voice?

Distances are measured in all dimensions of the state, not in the two of a picture.  Permutation tests
say how often randomly assigned meanings would be separated as clearly (see ``docs/figures.md``).
"""

import json
import math
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.io.files import atomic

Matrix = NDArray[np.float64]
Meanings = tuple[int, ...]
OfMeanings = Callable[[Meanings], float]

RESAMPLES = 10_000
_EXACT = 200_000  # up to so many relabellings are enumerated; of more, some are sampled
_TIE = 1e-9


@dataclass(frozen=True)
class PlotPhrase:
    """A phrase of a panel.

    ``meaning`` numbers who does what to whom.  One ``construction`` in two meanings differs in word
    order alone.  ``unknown`` are the tokens outside the model's vocabulary.
    """

    panel: str
    meaning: int
    construction: int
    voice: str
    text: str
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class EncodedPhrases:
    """Phrases and the encoder's state after each, ``[phrases, numbers]``."""

    model: str
    phrases: tuple[PlotPhrase, ...]
    states: NDArray[np.float32]

    def panels(self) -> dict[str, list[int]]:
        """The rows of each panel, in the order of the file."""
        rows: dict[str, list[int]] = {}
        for row, phrase in enumerate(self.phrases):
            rows.setdefault(phrase.panel, []).append(row)
        return rows


@dataclass(frozen=True)
class Distances:
    """Mean Euclidean distances between the states of a panel; None if there is no such pair.

    ``word_order``: of one construction in two meanings; ``voice``: of one meaning in two voices.
    """

    across_meanings: float | None
    within_meaning: float | None
    word_order: float | None
    voice: float | None


@dataclass(frozen=True)
class PermutationTest:
    """How often random meanings reach the statistic of the true ones."""

    p_value: float
    relabellings: int
    exact: bool


@dataclass(frozen=True)
class PanelFinding:
    """Distances and tests of a panel; ``voice_test``: does word order separate more than voice?"""

    panel: str
    distances: Distances
    test: PermutationTest
    voice_test: PermutationTest | None
    unknown: tuple[str, ...]
    matrix: Matrix
    meanings: Meanings

    @property
    def ratio(self) -> float | None:
        """Distance across meanings over that within; above 1 if phrases cluster by meaning."""
        across, within = self.distances.across_meanings, self.distances.within_meaning
        return across / within if across is not None and within else None

    def in_words(self) -> str:
        """Two lines for a panel's title."""
        found = self.distances
        if self.ratio is None:
            return "distances cannot be compared"
        text = (
            f"distance across meanings {found.across_meanings:.3g}, within "
            f"{found.within_meaning:.3g} (ratio {self.ratio:.2f}), p = {self.test.p_value:.2g}"
        )
        if found.word_order is not None:
            text += f"\nacross word order {found.word_order:.3g}"
            if found.voice is not None:
                text += f", across voice {found.voice:.3g}"
        return text

    def as_numbers(self) -> dict[str, Any]:
        """For a JSON file."""
        return {
            "title": self.panel,
            "distances": asdict(self.distances),
            "ratio": self.ratio,
            "test": asdict(self.test),
            "voice_test": None if self.voice_test is None else asdict(self.voice_test),
            "unknown_words": list(self.unknown),
        }


def write_encoded(path: str | Path, encoded: EncodedPhrases) -> None:
    described = json.dumps([encoded.model, *map(asdict, encoded.phrases)])
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(file, phrases=np.array(described), states=encoded.states)


def read_encoded(path: str | Path) -> EncodedPhrases:
    try:
        with np.load(path, allow_pickle=False) as file:
            (model, *rows), states = json.loads(str(file["phrases"])), file["states"]
        phrases = tuple(PlotPhrase(**row | {"unknown": tuple(row["unknown"])}) for row in rows)
        if len(phrases) != len(states):
            raise ValueError(f"{len(phrases)} phrases, {len(states)} states")
    except FileNotFoundError as error:
        raise UserError(f"{path}: no such file.") from error
    except (ValueError, KeyError, EOFError, OSError, TypeError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path}: not the phrases of a model ({error}). Make it with encode-phrases."
        ) from error
    return EncodedPhrases(model, phrases, states)


def compare_panels(encoded: EncodedPhrases, *, seed: int) -> list[PanelFinding]:
    """Distances and tests of each panel by itself."""
    findings = []
    for panel, rows in encoded.panels().items():
        phrases = [encoded.phrases[row] for row in rows]
        matrix = distance_matrix(encoded.states[rows])
        meanings = tuple(phrase.meaning for phrase in phrases)
        distances = mean_distances(phrases, meanings, matrix)
        test = permutation_test([(matrix, meanings)], seed=seed)
        voices = voice_test([(phrases, matrix)], seed=seed)
        unknown = tuple(sorted({word for phrase in phrases for word in phrase.unknown}))
        findings.append(PanelFinding(panel, distances, test, voices, unknown, matrix, meanings))
    return findings


def distance_matrix(states: NDArray[np.float32]) -> Matrix:
    """Euclidean distances between rows ``[phrases, numbers]``, in double precision."""
    rows = states.astype(np.float64)
    return np.linalg.norm(rows[:, None, :] - rows[None, :, :], axis=2)


def mean_distances(
    phrases: Sequence[PlotPhrase], meanings: Sequence[int], distances: Matrix
) -> Distances:
    """The four means over all pairs of a panel's phrases, if they had these meanings."""
    across, within, order, voice = [], [], [], []
    for i, j in combinations(range(len(phrases)), 2):
        distance = float(distances[i, j])
        if meanings[i] == meanings[j]:
            within.append(distance)
            if phrases[i].voice != phrases[j].voice:
                voice.append(distance)
        else:
            across.append(distance)
            if phrases[i].construction == phrases[j].construction:
                order.append(distance)
    found = (across, within, order, voice)
    return Distances(*(math.fsum(each) / len(each) if each else None for each in found))


def permutation_test(panels: Sequence[tuple[Matrix, Meanings]], *, seed: int) -> PermutationTest:
    """Test that meanings, swapped within panels, are separated in all: exact where feasible."""
    return _joint_test([(partial(separation, matrix), labels) for matrix, labels in panels], seed)


def _joint_test(panels: Sequence[tuple[OfMeanings, Meanings]], seed: int) -> PermutationTest:
    """How often the sum over panels reaches that of the true meanings."""
    observed = sum(statistic(meanings) for statistic, meanings in panels)
    total = math.prod(_count(meanings) for _, meanings in panels)
    if total <= _EXACT:
        sums = np.zeros(1)
        for statistic, meanings in panels:
            sums = np.add.outer(sums, list(map(statistic, arrangements(meanings)))).ravel()
        reached = int(np.count_nonzero(sums >= observed - _TIE))
        return PermutationTest(reached / total, total, exact=True)
    generator = np.random.default_rng(seed)
    drawn = np.zeros(RESAMPLES)
    for statistic, meanings in panels:
        labels = (tuple(generator.permutation(meanings).tolist()) for _ in range(RESAMPLES))
        drawn += list(map(statistic, labels))
    reached = int(np.count_nonzero(drawn >= observed - _TIE))
    return PermutationTest((1 + reached) / (1 + RESAMPLES), RESAMPLES, exact=False)


def separation(distances: Matrix, meanings: Sequence[int]) -> float:
    """Mean distance across meanings minus that within, over the mean of all; 0 if all coincide."""
    labels = np.asarray(meanings)
    first, second = np.triu_indices(len(labels), k=1)
    pairs = distances[first, second]
    same = labels[first] == labels[second]
    if pairs.sum() == 0 or same.all() or not same.any():
        return 0.0
    return float((pairs[~same].mean() - pairs[same].mean()) / pairs.mean())


def voice_test(
    panels: Sequence[tuple[Sequence[PlotPhrase], Matrix]], *, seed: int
) -> PermutationTest | None:
    """Test that two voices of one meaning are closer than two word orders, over all panels.

    A panel's statistic is the relative distance across word order minus that across voice.  Phrases
    keep construction and voice, and swap meanings.  Panels without both are left out.
    """
    found = []
    for phrases, distances in panels:
        meanings = tuple(phrase.meaning for phrase in phrases)
        true = mean_distances(phrases, meanings, distances)
        if true.word_order is not None and true.voice is not None:
            found.append((partial(_excess, phrases, distances), meanings))
    return _joint_test(found, seed) if found else None


def _excess(phrases: Sequence[PlotPhrase], distances: Matrix, labels: Meanings) -> float:
    one = mean_distances(phrases, labels, distances)
    return ((one.word_order or 0.0) - (one.voice or 0.0)) / (float(distances.mean()) or 1.0)


def joint_numbers(
    encoded: EncodedPhrases, findings: Sequence[PanelFinding], *, seed: int
) -> dict[str, Any]:
    """Distances over their panel's mean one, with the p value over all panels; of voice too."""
    rows, both = encoded.panels(), [one for one in findings if one.voice_test is not None]
    panels = [([encoded.phrases[row] for row in rows[one.panel]], one.matrix) for one in both]
    test = voice_test(panels, seed=seed)
    joint = permutation_test([(one.matrix, one.meanings) for one in findings], seed=seed)

    def mean(chosen: Sequence[PanelFinding], name: str) -> float:
        shares = [(getattr(f.distances, name) or 0) / (f.matrix.mean() or 1) for f in chosen]
        return float(np.mean(shares))

    every = {name: mean(findings, name) for name in ("across_meanings", "within_meaning")}
    voices = {name: mean(both, name) for name in ("word_order", "voice")} if both else {}
    return {"all_panels": asdict(joint) | every, "voice": test and asdict(test) | voices}


def arrangements(labels: Sequence[int]) -> Iterator[Meanings]:
    """Every different order of the labels, once."""
    if not labels:
        yield ()
        return
    first = labels[0]
    rest = [label for label in labels if label != first]
    for places in combinations(range(len(labels)), len(labels) - len(rest)):
        for others in arrangements(rest):
            remaining = iter(others)
            yield tuple(first if k in places else next(remaining) for k in range(len(labels)))


def _count(labels: Sequence[int]) -> int:
    """The number of different orders of the labels."""
    sizes = [list(labels).count(label) for label in set(labels)]
    return math.factorial(len(labels)) // math.prod(map(math.factorial, sizes))
