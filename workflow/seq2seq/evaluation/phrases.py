"""What Figure 2 shows, as numbers: do sentence vectors keep word order, and not mind voice?

The paper looks (section 3.8): phrases cluster by meaning, "which in these examples is primarily a
function of word order", and active and passive come close together.  Here the distances between
all states are compared, in all their numbers rather than in the two that a picture has, and a
permutation test says how often chance would part the meanings as well.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.phrase_file import EncodedPhrases, Phrase

Matrix = NDArray[np.float64]

RESAMPLES = 10_000
_EXACT = 200_000  # as many relabellings are gone through, more are drawn from


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
class PermutationTest:
    """How often phrases dealt out to the meanings by chance are parted as clearly as they are."""

    p_value: float
    relabellings: int
    exact: bool


@dataclass(frozen=True)
class Plane:
    """Coordinates on the two principal axes, ``[phrases, 2]``, and the axes' shares of variance."""

    coordinates: Matrix
    shares: tuple[float, float]


@dataclass(frozen=True)
class Labelled:
    """Distances ``[phrases, phrases]``, and for each phrase the number of its meaning."""

    distances: Matrix
    meanings: tuple[int, ...]


@dataclass(frozen=True)
class PanelFinding:
    """What is said of a panel; ``unknown`` are the tokens in it that the model does not know."""

    panel: str
    distances: Distances
    test: PermutationTest
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
        return "\n".join(lines)

    def as_numbers(self) -> dict[str, Any]:
        """For a JSON file."""
        return {
            "title": self.panel,
            "distances": asdict(self.distances),
            "ratio": self.ratio,
            "test": asdict(self.test),
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


def permutation_test(panels: Sequence[Labelled], *, seed: int) -> PermutationTest:
    """Tests that meanings lie apart, in all panels together: exact where that is possible.

    The statistic is the mean distance across meanings less that within, each panel's in units of
    its own mean distance.  Phrases change meanings only within their panel.  Under the hypothesis
    that meaning does not matter all ways to deal them out are equally likely.
    """
    observed = sum(separation(panel.distances, panel.meanings) for panel in panels)
    total = math.prod(_count(panel.meanings) for panel in panels)
    if total <= _EXACT:
        sums = np.zeros(1)
        for panel in panels:
            dealt = [separation(panel.distances, m) for m in arrangements(panel.meanings)]
            sums = np.add.outer(sums, dealt).ravel()
        reached = int(np.count_nonzero(sums >= observed - 1e-9))
        return PermutationTest(reached / total, total, exact=True)
    generator = np.random.default_rng(seed)
    reached = 0
    for _ in range(RESAMPLES):
        drawn = sum(
            separation(panel.distances, tuple(generator.permutation(panel.meanings).tolist()))
            for panel in panels
        )
        reached += drawn >= observed - 1e-9
    return PermutationTest((1 + reached) / (1 + RESAMPLES), RESAMPLES, exact=False)


def separation(distances: Matrix, meanings: Sequence[int]) -> float:
    """Mean distance across meanings less that within, over the mean of all; 0 if all is one point."""
    labels = np.asarray(meanings)
    first, second = np.triu_indices(len(labels), k=1)
    pairs = distances[first, second]
    same = labels[first] == labels[second]
    if pairs.sum() == 0 or same.all() or not same.any():
        return 0.0
    return float((pairs[~same].mean() - pairs[same].mean()) / pairs.mean())


def arrangements(labels: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every different order of the labels, once."""
    if not labels:
        yield ()
        return
    first = labels[0]
    rest = [label for label in labels if label != first]
    for places in combinations(range(len(labels)), len(labels) - len(rest)):
        for others in arrangements(rest):
            remaining = iter(others)
            yield tuple(
                first if place in places else next(remaining) for place in range(len(labels))
            )


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


def _count(labels: Sequence[int]) -> int:
    """How many different orders the labels have."""
    sizes = [list(labels).count(label) for label in set(labels)]
    return math.factorial(len(labels)) // math.prod(map(math.factorial, sizes))


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
