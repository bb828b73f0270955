"""Figures of the results page, from the data behind the run's figures."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from seq2seq.config.experiment import JOIN, Experiment
from seq2seq.evaluation.costs import read_learning_curve
from seq2seq.evaluation.sweep import BY_SIZE, BY_WEIGHT, ORACLE
from seq2seq.report.page.charts import Chart, Curve, Point, Scale, scale

Records = Sequence[Mapping[str, str]]
_BOUNDS = {"length": ("shortest", "longest"), "rarity": ("most_frequent", "rarest")}
_X_LABELS = {"length": "source length, tokens", "rarity": "mean frequency rank of the source words"}
_BLEU = ("bleu", "bleu_low", "bleu_high")
_APART = 0.12  # of a bucket, between the systems' points
_MOST_LABELS = 6


def read_curves(experiment: Experiment, folder: Path) -> pd.DataFrame | None:
    """The learning curves so far: of finished models, and of segments already evaluated."""
    found = []
    for model in experiment.trained_models:
        whole = folder / f"models/{model}/metrics.jsonl"
        segments = sorted((folder / f"train/{model}").glob("*.jsonl"))
        files = [whole] if whole.is_file() else segments
        if files == [whole] or any(".dev." in file.name for file in files):
            found.append(read_learning_curve(*files, label=model))
    return pd.concat(found) if found else None


def learning_panels(curves: pd.DataFrame | None) -> list[Chart]:
    """Perplexity (log scale) and BLEU on dev against epochs; lines where the rate is halved."""
    if curves is None:
        return []
    halvings = curves.loc[curves["kind"] == "halving", "epoch"].round(3).unique().tolist()
    dev, x = curves[curves["kind"] == "dev"], _from_zero(curves["epoch"])
    first = dev.groupby("model")["epoch"].min()
    models = pd.Series(curves["model"].unique())
    recipes, _ = pd.factorize(models.str.rpartition("-")[0])
    seeds = models.groupby(recipes).cumcount()
    looks = dict(zip(models, zip(recipes, seeds, strict=True), strict=True))
    # Training starts at the size of the vocabulary, which would hide the rest.
    late = curves["epoch"] >= curves["model"].map(first)
    train = curves[late & (curves["kind"] == "train")]

    def lines(frame: pd.DataFrame, y: str, faint: bool = False) -> list[Curve]:
        models = frame.groupby("model", sort=False)
        points = {model: list(zip(rows["epoch"], rows[y], strict=True)) for model, rows in models}
        return [Curve(str(model), own, (), faint, *looks[model]) for model, own in points.items()]

    both = [*lines(train, "perplexity", faint=True), *lines(dev, "perplexity")]
    y = scale(pd.concat([dev, train])["perplexity"], logarithmic=True)
    label = "perplexity per word, log scale"
    described = f"Perplexity on dev against epochs; last: {_last(dev, 'perplexity')}"
    perplexity = Chart("Perplexity", described, "epochs", label, x, y, both, halvings)
    y, bleu = _from_zero(dev["bleu"]), lines(dev, "bleu")
    described = f"BLEU of greedy translations against epochs; last: {_last(dev, 'bleu')}"
    return [
        perplexity,
        Chart("BLEU on dev", described, "epochs", "BLEU, greedy", x, y, bleu, halvings),
    ]


def _last(dev: pd.DataFrame, column: str) -> str:
    last = dev.groupby("model", sort=False)[column].last()
    return "; ".join(f"{model} {value:.2f}" for model, value in last.items())


def _from_zero(values: Any) -> Scale:
    whole = scale([0.0, *values])
    return Scale(0.0, whole.high, [tick for tick in whole.ticks if tick[0] >= 0])


def bucket_panel(rows: Records, kind: Literal["length", "rarity"]) -> Chart | None:
    """BLEU by bucket of test sentences (Figure 3); the axis counts buckets of equal size."""
    if not rows:
        return None
    first, last = _BOUNDS[kind]
    by_system: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        by_system.setdefault(row["system"], []).append(row)
    buckets = next(iter(by_system.values()))
    step = 1 + (len(buckets) - 1) // _MOST_LABELS
    ticks = [(k, f"{row[first]}–{row[last]}") for k, row in enumerate(buckets) if k % step == 0]
    curves = []
    for look, (system, own) in enumerate(by_system.items()):
        shift = _APART * (look - (len(by_system) - 1) / 2)
        places = [k + shift for k in range(len(own))]
        bleu, low, high = ([float(row[name]) for row in own] for name in _BLEU)
        points = list(zip(places, bleu, strict=True))
        bands = list(zip(places, low, high, strict=True))
        curves.append(Curve(system, points, bands, look=look))
    told = "; ".join(
        f"{curve.name}: {curve.points[0][1]:.1f} first, {curve.points[-1][1]:.1f} last"
        for curve in curves
    )
    label, x = _X_LABELS[kind], Scale(-0.5, len(buckets) - 0.5, ticks)
    y = scale(float(row[name]) for row in rows for name in _BLEU[1:])
    return Chart(f"BLEU by {kind}", f"BLEU by {label}. {told}.", label, "BLEU", x, y, curves)


def phrase_panels(rows: Records) -> list[tuple[Chart, list[Mapping[str, str]], list[Point]]]:
    """Each panel of Figure 2 (equal scales), its phrases, and where their numbers go, in pixels."""
    panels = []
    for title in dict.fromkeys(row["panel"] for row in rows):
        own = [row for row in rows if row["panel"] == title]
        places = [(float(row["x"]), float(row["y"])) for row in own]
        whole = scale([value for place in places for value in place])
        described = f"Sentence vectors of {len(own)} phrases on two axes: {title}"
        curves = [Curve(row["phrase"], [place]) for row, place in zip(own, places, strict=True)]
        axes = "first principal axis", "second", whole, whole
        panel = Chart(title, described, *axes, curves, width=320, height=320)
        panels.append((panel, own, apart([(panel.px(x), panel.py(y)) for x, y in places])))
    return panels


def apart(places: Sequence[Point], distance: float = 20.0) -> list[Point]:
    """Places moved until no two are closer than the distance, or for a while."""
    moved = [list(place) for place in places]
    for _ in range(100):
        for first, second in combinations(moved, 2):
            x, y = second[0] - first[0], second[1] - first[1]
            length = math.hypot(x, y)
            if length < distance:
                push = (distance - length) / 2
                x, y = (x / length, y / length) if length else (1.0, 0.0)
                first[0], first[1] = first[0] - push * x, first[1] - push * y
                second[0], second[1] = second[0] + push * x, second[1] + push * y
    return [(round(x, 1), round(y, 1)) for x, y in moved]


def rescoring_panels(rows: Records) -> list[Chart]:
    """BLEU on the test set by the weight of the LSTMs, and by the length of the lists."""
    test = [row for row in rows if row["set"] == "test"]
    y = scale(float(row["bleu"]) for row in test)
    panels = []
    for choice, column, label in (
        (BY_WEIGHT, "weight", "weight of the LSTMs’ log probability"),
        (BY_SIZE, "hypotheses", "hypotheses rescored, log scale"),
    ):
        kinds = (choice, ORACLE) if column == "hypotheses" else (choice,)
        own = [row for row in test if row["choice"] in kinds]
        if not own:
            continue
        sizes = sorted({float(row[column]) for row in own})
        x = scale(sizes, logarithmic=column == "hypotheses")
        names = dict.fromkeys(row["models"] for row in own)
        curves = []
        for look, name in enumerate(names):
            shown = [row for row in own if row["models"] == name]
            points = [(float(row[column]), float(row["bleu"])) for row in shown]
            curves.append(Curve(_short_name(name), points, look=look))
        if column == "hypotheses":
            x = Scale(x.low, x.high, [(size, f"{size:,g}") for size in sizes], True)
        title = f"BLEU by {column}"
        told = "; ".join(
            f"{curve.name}: best {max(value for _, value in curve.points):.2f}" for curve in curves
        )
        panels.append(Chart(title, f"{title}. {told}.", label, "BLEU", x, y, curves))
    return panels


def _short_name(models: str) -> str:
    """The model's name, or the first and last of many; the oracle has no models."""
    if not models:
        return "oracle: the best choice"
    names = models.split(JOIN)
    many = f"{names[0]} ... {names[-1]} ({len(names)})"
    return many if len(names) > 2 else " + ".join(names)
