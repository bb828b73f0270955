"""What rescoring is worth: the table, and BLEU against the models' weight and the list size."""

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.figure import Figure

from seq2seq.evaluation.sweep import Combination, Rescoring, RescoringPoint
from seq2seq.report.style import GREY, LINE, TWO_COLUMNS, Look, look, note_on_top, style
from seq2seq.report.table import Table

COLUMNS = (
    *("models", "set", "choice", "weight", "hypotheses", "bleu", "bleu_low", "bleu_high"),
    *("gain", "gain_low", "gain_high", "length_ratio"),
)
_REMARKS = (
    "In parentheses: 95 % intervals. Gains are measured on the same resampled test sets. The ratio "
    "is the number of words chosen over that of the baseline's translations.",
    "The even average is the paper's. Weights tuned or learned on dev used no sentence of the test "
    "set. The oracle takes the hypothesis nearest to the reference from each list.",
)
_BLACK = Look(color="black", marker="x", dashes="solid")


def rescoring_table(rescoring: Rescoring, *, note: str) -> Table:
    """The baseline, each choice of weights, shorter lists, the oracle."""
    data = list(_main_rows(rescoring))
    return Table(
        title="Rescoring n-best lists",
        note=note,
        header=("models", "choice", "weight", "hypotheses", "BLEU", "gain", "ratio"),
        rows=[_cells(*row) for row in data],
        columns=COLUMNS,
        data=data,
        text_columns=frozenset({0, 1}),
        remarks=_REMARKS,
    )


def _cells(models: str, _: str, choice: str, weight: str, size: str, *numbers: str) -> list[str]:
    bleu, low, high, *gains, ratio = numbers
    gain, gain_low, gain_high = (f"{float(number):+.2f}" for number in gains)
    return [
        *(models, choice, weight, f"{int(size):,}", f"{bleu} ({low} to {high})"),
        *(f"{gain} ({gain_low} to {gain_high})", ratio),
    ]


def _main_rows(rescoring: Rescoring) -> Iterator[list[str]]:
    yield _data("", "test", "baseline", rescoring.combinations[0].at_weight(0.0))
    for one in rescoring.combinations:
        models = "+".join(one.models)
        for point in one.test.by_size:
            yield _data(models, "test", "even average", point)
        if one.tuned_weight is not None:
            yield _data(models, "test", "weight tuned on dev", one.at_weight(one.tuned_weight))
        if one.test.learned is not None:
            yield _data(models, "test", "all features, MERT on dev", one.test.learned)
        yield _data(models, "test", "LSTM alone", one.at_weight(1.0))
    for point in rescoring.oracle:
        yield _data("", "test", "oracle", point)


def all_rows(rescoring: Rescoring) -> Iterator[list[str]]:
    """Every point of the figure, and those of dev."""
    for one in rescoring.combinations:
        models = "+".join(one.models)
        for split, curves in (("test", one.test), ("dev", one.dev)):
            if curves is None:
                continue
            for point in curves.by_weight:
                yield _data(models, split, "by weight", point)
            for point in curves.by_size:
                yield _data(models, split, "by size", point)
            if curves.learned is not None:
                yield _data(models, split, "all features", curves.learned)
    for point in rescoring.oracle:
        yield _data("", "test", "oracle", point)


def _data(models: str, split: str, choice: str, point: RescoringPoint) -> list[str]:
    weight = "" if point.weight is None else f"{point.weight:g}"
    numbers = (
        *(point.bleu, point.interval.low, point.interval.high),
        *(point.gain, point.gain_interval.low, point.gain_interval.high),
    )
    return [
        *(models, split, choice, weight, str(point.hypotheses)),
        *(f"{number:.2f}" for number in numbers),
        f"{point.length_ratio:.3f}",
    ]


def draw_rescoring(rescoring: Rescoring, *, note: str) -> Figure:
    """Left by weight with 95 % bands, then by list size, and the oracle on an axis of its own.

    A vertical line is the even weight, a ring the weight tuned on dev, a star the choice by learned
    weights for all features.
    """
    with style():
        height = 0.40 * TWO_COLUMNS + LINE * len(rescoring.combinations)
        figure = Figure(figsize=(TWO_COLUMNS, height), layout="constrained")
        by_weight, by_size, oracle = figure.subplots(1, 3, width_ratios=(1.25, 1, 0.75))
        by_size.sharey(by_weight)
        by_weight.axvline(rescoring.even_weight, color=GREY, linewidth=0.8)
        for index, one in enumerate(rescoring.combinations):
            weights = [point.weight or 0.0 for point in one.test.by_weight]
            _draw(by_weight, weights, one.test.by_weight, look(index), one.label)
            _draw_by_size(by_size, one.test.by_size, look(index), one.label)
            _draw_tuned(by_weight, by_size, one, look(index).color)
        _draw_by_size(oracle, rescoring.oracle, _BLACK, "oracle")
        by_weight.set(xlabel="weight of the LSTM's log probability", ylabel="BLEU", xlim=(0, 1))
        by_size.set_xlabel(f"hypotheses rescored (weight {rescoring.even_weight:g})")
        oracle.set_xlabel("oracle's choice of")
        handles, labels = by_weight.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", labelspacing=0.3)
        note_on_top(figure, note)
    return figure


def _draw(
    axes: Any, places: Sequence[float], points: Sequence[RescoringPoint], drawn: Look, label: str
) -> None:
    lows = [point.interval.low for point in points]
    highs = [point.interval.high for point in points]
    axes.fill_between(places, lows, highs, color=drawn.color, alpha=0.12, linewidth=0)
    bleu = [point.bleu for point in points]
    axes.plot(places, bleu, **drawn.line, markersize=2.8, label=label)


def _draw_by_size(axes: Any, points: Sequence[RescoringPoint], drawn: Look, label: str) -> None:
    sizes = [point.hypotheses for point in points]
    _draw(axes, sizes, points, drawn, label)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()


def _draw_tuned(by_weight: Any, by_size: Any, one: Combination, color: str) -> None:
    """Marks for what was tuned or learned on dev, if dev has lists."""
    hollow: dict[str, Any] = {"markersize": 8, "markerfacecolor": "none", "markeredgecolor": color}
    hollow |= {"linestyle": "none", "zorder": 3, "clip_on": False}
    if one.tuned_weight is not None:
        bleu = one.at_weight(one.tuned_weight).bleu
        by_weight.plot([one.tuned_weight], [bleu], marker="o", **hollow)
    if one.test.learned is not None:
        by_size.plot([one.test.learned.hypotheses], [one.test.learned.bleu], marker="*", **hollow)
