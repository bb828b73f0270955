"""What rescoring is worth, as a table: the sweep of evaluation/sweep.py, printed."""

from collections.abc import Iterator
from dataclasses import dataclass

from seq2seq.evaluation.sweep import Rescoring, RescoringPoint
from seq2seq.report.table import Table

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
class _Row:
    models: str
    split: str
    choice: str
    point: RescoringPoint


def rescoring_table(rescoring: Rescoring, *, note: str) -> Table:
    """What a reader asks first: the baseline, each choice of weights, shorter lists, the oracle."""
    rows = []
    for row in _main_rows(rescoring):
        point = row.point
        weight = "" if point.weight is None else f"{point.weight:g}"
        low, high = point.gain_interval.low, point.gain_interval.high
        gain = f"{point.gain:+.2f} ({low:+.2f} to {high:+.2f})"
        bleu = f"{point.bleu:.2f} ({point.interval.low:.2f} to {point.interval.high:.2f})"
        size = f"{point.hypotheses:,}"
        rows.append([row.models, row.choice, weight, size, bleu, gain, f"{point.length_ratio:.3f}"])
    return Table(
        title="Rescoring n-best lists",
        note=note,
        header=("models", "choice", "weight", "hypotheses", "BLEU", "gain", "ratio"),
        rows=rows,
        columns=COLUMNS,
        data=[_data(row) for row in _main_rows(rescoring)],
        text_columns=frozenset({0, 1}),
        remarks=REMARKS,
    )


def all_lines(rescoring: Rescoring) -> Iterator[str]:
    """Every point of the figure, and those of dev, as TSV."""
    yield "	".join(COLUMNS)
    for row in _all_rows(rescoring):
        yield "	".join(_data(row))


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


def _data(row: _Row) -> list[str]:
    point = row.point
    weight = "" if point.weight is None else f"{point.weight:g}"
    numbers = (
        *(point.bleu, point.interval.low, point.interval.high),
        *(point.gain, point.gain_interval.low, point.gain_interval.high),
    )
    return [
        *(row.models, row.split, row.choice, weight, str(point.hypotheses)),
        *(f"{number:.2f}" for number in numbers),
        f"{point.length_ratio:.3f}",
    ]
