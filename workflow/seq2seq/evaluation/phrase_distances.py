"""What Figure 2 shows, as numbers: do sentence vectors keep word order, and not mind voice?

The paper looks (section 3.8): phrases cluster by meaning, "which in these examples is primarily a
function of word order", and active and passive come close together.  Here the distances between
all states are compared, in all their numbers rather than in the two that a picture has, and a
permutation test says how often chance would part the meanings as well.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.permutation import (
    Labelled,
    Matrix,
    PermutationTest,
    exact_test,
    permutation_test,
)
from seq2seq.evaluation.phrase_file import EncodedPhrases, Phrase


@dataclass(frozen=True)
class Distances:
    """Mean Euclidean distances between the states of a panel; none where no pair is of the kind.

    ``word_order`` has the pairs of one construction and two meanings, ``voice`` those of one
    meaning and two voices.
    """

    across_meanings: float | None
    within_meaning: float | None
    word_order: float | None
    voice: float | None


@dataclass(frozen=True)
class Plane:
    """Coordinates on the two principal axes, ``[phrases, 2]``, and the axes' shares of variance."""

    coordinates: Matrix
    shares: tuple[float, float]


@dataclass(frozen=True)
class PanelFinding:
    """What is said of a panel; ``unknown`` are the tokens in it that the model does not know.

    ``test`` asks whether meanings lie apart, ``voice_test`` whether word order parts phrases more
    than voice does; the latter is there where a panel has both voices.
    """

    panel: str
    distances: Distances
    test: PermutationTest
    voice_test: PermutationTest | None
    unknown: tuple[str, ...]
    labelled: Labelled

    @property
    def ratio(self) -> float | None:
        """Distance across meanings over that within; above 1 if phrases cluster by meaning."""
        across, within = self.distances.across_meanings, self.distances.within_meaning
        return across / within if across is not None and within else None

    def in_words(self) -> str:
        """Two lines for a reader."""
        across, within = self.distances.across_meanings, self.distances.within_meaning
        if across is None or within is None or self.ratio is None:
            return "distances cannot be compared"
        lines = [
            f"distance across meanings {across:.3g}, within {within:.3g} "
            f"(ratio {self.ratio:.2f}), p = {self.test.p_value:.2g}"
        ]
        if self.distances.word_order is not None:
            lines.append(f"across word order {self.distances.word_order:.3g}")
            if self.distances.voice is not None:
                lines[1] += f", across voice {self.distances.voice:.3g}"
            if self.voice_test is not None:
                lines[1] += f", p = {self.voice_test.p_value:.2g}"
        return "\n".join(lines)

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


def compare_panels(encoded: EncodedPhrases, *, seed: int) -> list[PanelFinding]:
    """Distances and test of each panel by itself."""
    findings = []
    for panel, rows in encoded.panels().items():
        phrases = [encoded.phrases[row] for row in rows]
        distances = distance_matrix(encoded.states[rows])
        labelled = Labelled(distances, tuple(phrase.meaning for phrase in phrases))
        findings.append(
            PanelFinding(
                panel=panel,
                distances=mean_distances(phrases, distances),
                test=permutation_test([labelled], seed=seed),
                voice_test=voice_test(phrases, distances),
                unknown=tuple(sorted({word for phrase in phrases for word in phrase.unknown})),
                labelled=labelled,
            )
        )
    return findings


def joint_test(findings: Sequence[PanelFinding], *, seed: int) -> PermutationTest:
    """The test of all panels together: two of six phrases each can reach p = 0.01, one only 0.1."""
    return permutation_test([finding.labelled for finding in findings], seed=seed)


def distance_matrix(states: NDArray[np.float32]) -> Matrix:
    """Euclidean distances between rows ``[phrases, numbers]``, in double precision."""
    rows = states.astype(np.float64)
    return np.linalg.norm(rows[:, None, :] - rows[None, :, :], axis=2)


def mean_distances(phrases: Sequence[Phrase], distances: Matrix) -> Distances:
    """The four means, over all pairs of a panel's phrases."""
    across, within, order, voice = [], [], [], []
    for (i, one), (j, other) in combinations(enumerate(phrases), 2):
        distance = float(distances[i, j])
        if one.meaning == other.meaning:
            within.append(distance)
            if one.voice != other.voice:
                voice.append(distance)
        else:
            across.append(distance)
            if one.construction == other.construction:
                order.append(distance)
    return Distances(_mean(across), _mean(within), _mean(order), _mean(voice))


def voice_test(phrases: Sequence[Phrase], distances: Matrix) -> PermutationTest | None:
    """Tests that phrases of one meaning in two voices lie closer than those of two word orders.

    The statistic is the distance across word order less that across voice; each phrase keeps its
    construction and its voice, the meanings are dealt out anew.  None where a panel has one voice,
    or no construction in two meanings.  Two meanings of three phrases cannot reach less than 0.1.
    """
    true = mean_distances(phrases, distances)
    if true.word_order is None or true.voice is None:
        return None

    def excess(meanings: tuple[int, ...]) -> float:
        dealt = [replace(phrase, meaning=m) for phrase, m in zip(phrases, meanings, strict=True)]
        found = mean_distances(dealt, distances)
        return (found.word_order or 0.0) - (found.voice or 0.0)

    return exact_test(excess, [phrase.meaning for phrase in phrases])


def principal_plane(states: NDArray[np.float32]) -> Plane:
    """Principal components of the rows, by singular value decomposition.

    An axis may point either way; here its largest weight is positive, so that runs agree.
    """
    centered = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    left, values, axes = np.linalg.svd(centered, full_matrices=False)
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    scores = left * values * np.where(signs == 0, 1, signs)
    coordinates = np.zeros((len(states), 2))
    coordinates[:, : min(2, scores.shape[1])] = scores[:, :2]
    variance = np.append(values**2, [0.0, 0.0])
    total = variance.sum() or 1.0
    return Plane(coordinates, (float(variance[0] / total), float(variance[1] / total)))


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
