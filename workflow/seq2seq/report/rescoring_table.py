"""What rescoring is worth, as tables: the sweep's JSON (evaluation/sweep.py) read back and printed."""

from collections.abc import Iterator
from dataclasses import dataclass

from seq2seq.report.html import Page

COLUMNS = (
    *("models", "set", "choice", "weight", "hypotheses", "bleu", "bleu_low", "bleu_high"),
    *("gain", "gain_low", "gain_high", "length_ratio"),
)
REMARKS = (
    "In parentheses: 95 % intervals; those of gains are of both scored on the same resampled test "
    "sets. The ratio is that of the words chosen to those of the baseline's translations.",
    "The even average is the paper's. Weights that were tuned or learned on dev used no sentence of "
    "the test set. The oracle takes of each list what is nearest to the reference.",
)


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Point:
    """BLEU and its gain over the baseline; words chosen over the words of the baseline."""

    weight: float | None
    hypotheses: int
    bleu: float
    interval: Interval
    gain: float
    gain_interval: Interval
    length_ratio: float


@dataclass(frozen=True)
class Curves:
    by_weight: tuple[Point, ...]
    by_size: tuple[Point, ...]
    learned: Point | None


@dataclass(frozen=True)
class Combination:
    """One model or several; no curves of dev, and nothing tuned there, where it has no lists."""

    models: tuple[str, ...]
    tuned_weight: float | None
    test: Curves
    dev: Curves | None

    @property
    def label(self) -> str:
        """The model's name, or the first and the last of many."""
        if len(self.models) < 3:
            return " + ".join(self.models)
        return f"{self.models[0]} ... {self.models[-1]} ({len(self.models)})"

    def at_weight(self, weight: float) -> Point:
        return next(point for point in self.test.by_weight if point.weight == weight)


@dataclass(frozen=True)
class Rescoring:
    """The whole sweep; ``even_weight`` is the paper's, ``oracle`` the best possible by size."""

    even_weight: float
    combinations: tuple[Combination, ...]
    oracle: tuple[Point, ...]


@dataclass(frozen=True)
class _Row:
    models: str
    split: str
    choice: str
    point: Point


def table_lines(rescoring: Rescoring) -> Iterator[str]:
    """What a reader asks first, as TSV: the baseline, each choice of weights, shorter lists, oracle."""
    return _lines(_main_rows(rescoring))


def figure_lines(rescoring: Rescoring) -> Iterator[str]:
    """Every point of the figure, and those of dev, as TSV."""
    return _lines(_all_rows(rescoring))


def table_page(rescoring: Rescoring, *, note: str) -> Page:
    """The first of them for people."""
    header = ("models", "choice", "weight", "hypotheses", "BLEU", "gain", "ratio")
    rows = []
    for row in _main_rows(rescoring):
        point = row.point
        weight = "" if point.weight is None else f"{point.weight:g}"
        gain = (
            f"{point.gain:+.2f} ({point.gain_interval.low:+.2f} to {point.gain_interval.high:+.2f})"
        )
        bleu = f"{point.bleu:.2f} ({point.interval.low:.2f} to {point.interval.high:.2f})"
        size = f"{point.hypotheses:,}"
        rows.append([row.models, row.choice, weight, size, bleu, gain, f"{point.length_ratio:.3f}"])
    return Page(
        title="Rescoring n-best lists",
        note=note,
        header=header,
        rows=rows,
        text_columns=frozenset({0, 1}),
        remarks=REMARKS,
    )


def _main_rows(rescoring: Rescoring) -> Iterator[_Row]:
    yield _Row("", "test", "baseline", rescoring.combinations[0].at_weight(0.0))
    for one in rescoring.combinations:
        models = "+".join(one.models)
        for point in one.test.by_size:
            yield _Row(models, "test", "even average", point)
        if one.tuned_weight is not None:
            yield _Row(models, "test", "weight tuned on dev", one.at_weight(one.tuned_weight))
        if one.test.learned is not None:
            yield _Row(models, "test", "all features, MERT on dev", one.test.learned)
        yield _Row(models, "test", "LSTM alone", one.at_weight(1.0))
    for point in rescoring.oracle:
        yield _Row("", "test", "oracle", point)


def _all_rows(rescoring: Rescoring) -> Iterator[_Row]:
    for one in rescoring.combinations:
        models = "+".join(one.models)
        for split, curves in (("test", one.test), ("dev", one.dev)):
            if curves is None:
                continue
            for kind, points in (("by weight", curves.by_weight), ("by size", curves.by_size)):
                for point in points:
                    yield _Row(models, split, kind, point)
            if curves.learned is not None:
                yield _Row(models, split, "all features", curves.learned)
    for point in rescoring.oracle:
        yield _Row("", "test", "oracle", point)


def _lines(rows: Iterator[_Row]) -> Iterator[str]:
    yield "\t".join(COLUMNS)
    for row in rows:
        point = row.point
        weight = "" if point.weight is None else f"{point.weight:g}"
        numbers = (
            *(point.bleu, point.interval.low, point.interval.high),
            *(point.gain, point.gain_interval.low, point.gain_interval.high),
        )
        yield "\t".join(
            (
                *(row.models, row.split, row.choice, weight, str(point.hypotheses)),
                *(f"{number:.2f}" for number in numbers),
                f"{point.length_ratio:.3f}",
            )
        )
