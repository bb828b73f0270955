"""Draws the ladder: loss by pairs, the fitted law and the forecast; beside it BLEU by loss."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from seq2seq.ladder.forecast import INTERVAL, BleuLaw, fits_and_refits
from seq2seq.ladder.scaling import Fit
from seq2seq.report.style import GREY, TWO_COLUMNS, look, note_on_top, style

_PLACES = 40  # of a curve


def draw_ladder(rungs: pd.DataFrame, numbers: Mapping[str, Any], *, note: str) -> Figure:
    """Left, the reversed models' loss; right, BLEU of both orders.

    Args:
        rungs: from ``rungs_at``, after the last epoch.
        numbers: from ``forecast``.
    """
    with style():
        figure = Figure(figsize=(TWO_COLUMNS, 3.1), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
        _draw_law(left, rungs[rungs["source_order"] == "reversed"], numbers)
        _draw_bleu(right, rungs, numbers)
        note_on_top(figure, note)
    return figure


def _draw_law(axes: Any, rungs: pd.DataFrame, numbers: Mapping[str, Any]) -> None:
    target = numbers["target"]
    noise = numbers["seed_noise"]
    _, refits = fits_and_refits(rungs, "reversed", noise=noise, count=100)
    sizes = sorted({*rungs["pairs"], target["pairs"]})
    pairs = np.geomspace(rungs.loc[rungs["counts"], "pairs"].min(), sizes[-1], _PLACES)
    for index, (parameters, own) in enumerate(rungs.groupby("parameters")):
        drawn, first = look(index), own.iloc[0]
        label = f"{first['layers']} × {first['hidden_size']}"
        low, middle, high = _band(refits, float(parameters), pairs)  # type: ignore[arg-type]
        axes.fill_between(pairs, low, high, color=drawn["color"], alpha=0.15, linewidth=0)
        axes.plot(pairs, middle, color=drawn["color"], linestyle=drawn["linestyle"], label=label)
        for counts, some in own.groupby("counts"):
            face = drawn["color"] if counts else "white"
            axes.plot(some["pairs"], some["loss"], drawn["marker"], color=drawn["color"], mfc=face)
        for one in numbers["held_out"]:
            if all(one[name] == first[name] for name in ("source_order", "layers", "hidden_size")):
                place = [one["pairs"] * (1.05 + 0.04 * index)] * 2
                ends = [one["low"], one["high"]]
                axes.plot(place, ends, color=drawn["color"], linewidth=2.5, alpha=0.5)
    loss = numbers["loss"]["reversed"]
    errors = [[loss["median"] - loss["low"]], [loss["high"] - loss["median"]]]
    where = target["pairs"] * 1.15, loss["median"]
    axes.errorbar(*where, errors, fmt="*", color="black", markersize=8, label="forecast of the run")
    blind = rungs.groupby("pairs")["language_model"].min()
    axes.plot(blind.index, blind, color=GREY, label="without a source")
    axes.set(xscale="log", xlabel="training pairs", ylabel="dev loss (nats per token)")
    axes.set_xticks(sizes[:-1], [f"{size:,}" for size in sizes[:-1]])
    axes.minorticks_off()
    axes.legend()


def _band(fits: Sequence[Fit], parameters: float, pairs: Any) -> Any:
    predicted = [[fit.predict(parameters, each) for each in pairs] for fit in fits]
    return np.quantile(predicted, (INTERVAL[0], 0.5, INTERVAL[1]), axis=0)


def _draw_bleu(axes: Any, rungs: pd.DataFrame, numbers: Mapping[str, Any]) -> None:
    loss, bleu = numbers["loss"]["reversed"], numbers["bleu"]["reversed"]
    law = BleuLaw(**numbers["bleu_law"])
    losses = np.linspace(min(loss["low"], rungs["loss"].min()), rungs["loss"].max(), _PLACES)
    for index, (order, own) in enumerate(rungs.groupby("source_order")):
        drawn, fitted = look(index), law(losses, str(order), numbers["target"]["parameters"])
        axes.plot(own["loss"], own["bleu"], drawn["marker"], color=drawn["color"], label=order)
        axes.plot(losses, fitted, color=drawn["color"], linestyle=drawn["linestyle"])
    errors = [[bleu["median"] - bleu["low"]], [bleu["high"] - bleu["median"]]]
    axes.errorbar(loss["median"], bleu["median"], errors, fmt="*", color="black", markersize=8)
    axes.set(xlabel="dev loss (nats per token)", ylabel=f"BLEU on dev, beam size {numbers['beam']}")
    axes.set_ylim(bottom=0)
    axes.legend()
