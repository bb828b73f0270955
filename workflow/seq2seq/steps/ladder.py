"""The step of the ladder: fit scaling laws to its trainings, and forecast the run."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from seq2seq.config.ladder import LadderSettings, NetworkSize
from seq2seq.config.training import ModelSettings
from seq2seq.io.files import read_lines, write_json, write_lines
from seq2seq.io.token_ids import read_token_dataset
from seq2seq.ladder.forecast import ADVICE, Target, forecast, rungs_at
from seq2seq.report.ladder_figure import draw_ladder
from seq2seq.report.style import save_all
from seq2seq.report.table import render, write_tsv
from seq2seq.runtime.command_line import Json, main_of, step_app
from seq2seq.runtime.logging import log
from seq2seq.steps.flags import Ids, Note, Outputs

app = step_app("ladder", "The ladder: scaling laws of small trainings, and a forecast of the run.")


@app.command
def fit_ladder(
    *,
    settings: Json[LadderSettings],
    model: Json[ModelSettings],
    points: list[Path],
    target: Ids,
    experiment: str,
    note: Note,
    output: Outputs,
) -> None:
    """Fit loss and BLEU of the rungs, predict the largest from the others, forecast the run.

    Args:
        points: of the learning curves, ``<training>/<segment>.dev.jsonl``.
        target: token ids of the run's training pairs.
        output: .tsv of the rungs, .json of the forecast, .yaml of its bounds, .svg, .html.
    """
    runs = pd.DataFrame(_runs(settings, model, points))
    size = NetworkSize(model.layers, model.hidden_size)
    run = Target(size.parameters(model), len(read_token_dataset(*target)))
    numbers = forecast(runs, run, settings)
    rungs = rungs_at(runs, runs["epoch"].max())
    files = {path.suffix: path for path in output}
    text = rungs.round(4).astype(str)
    write_tsv(files[".tsv"], list(text.columns), text.to_numpy().tolist())
    write_json(files[".json"], numbers)
    write_lines(files[".yaml"], render("ladder_bounds.yaml.j2", bounds=numbers["bounds"]))
    save_all(draw_ladder(rungs, numbers, note=note), [files[".svg"]])
    values = {"rungs": rungs.to_dict("records"), "numbers": numbers, "advice": ADVICE, "note": note}
    figure = files[".svg"].read_text("utf-8")
    values |= {"experiment": experiment, "figure": figure[figure.index("<svg") :]}
    write_lines(files[".html"], render("page/ladder.html.j2", **values))
    inside = sum(one["inside"] for one in numbers["held_out"])
    bleu = numbers["bleu"]["reversed"]
    log.info(
        f"{files['.html']}: BLEU on dev {bleu['median']:.1f} ({bleu['low']:.1f} to {bleu['high']:.1f}) "
        f"forecast; {inside} of {len(numbers['held_out'])} held-out rungs inside their interval"
    )


def _runs(
    settings: LadderSettings, model: ModelSettings, points: list[Path]
) -> Iterator[dict[str, Any]]:
    """A row for each training and epoch: what it is, and its scores on dev."""
    rungs = {rung.name: rung for rung in settings.rungs}
    for path in points:
        rung = rungs[path.parent.name]
        (line,) = read_lines(path)
        record = json.loads(line)
        yield {
            "source_order": rung.source_order,
            "layers": rung.network.layers,
            "hidden_size": rung.network.hidden_size,
            "parameters": rung.network.parameters(model),
            "pairs": rung.pairs,
            "seed": rung.seed,
            "epoch": record["epoch"],
            "loss": math.log(record["perplexity"]),
            "bleu": record["bleu"],
        }


main_of(app, __name__)
