"""Send a run's training metrics to TensorBoard, Weights & Biases or MLflow, if it is installed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from seq2seq.errors import UserError, optional_package
from seq2seq.evaluation.costs import read_metrics
from seq2seq.runtime.command_line import command_app
from seq2seq.runtime.logging import log

app = command_app("metrics")

KINDS = {"train": ("updates",), "dev": ("updates",)}  # of records, with what each must have
Write = Callable[[dict[str, float], int], None]  # values by name, after so many updates


@app.default
def metrics(
    folder: Path, /, *, to: Literal["tensorboard", "wandb", "mlflow"], output: Path | None = None
) -> None:
    """Write the training and dev records of each model, also while the run goes on.

    Args:
        folder: results, such as results/demo; its name becomes the project's or experiment's.
        to: a Python package that is installed.
        output: folder for TensorBoard's files; by default `tensorboard` in the results.
    """
    models = sorted({path.parent for path in folder.glob("train/*/*.jsonl")})
    if not models:
        raise UserError(f"{folder}: has no metrics. Give a folder such as results/demo.")
    place, count = output or folder / "tensorboard", 0
    start = {"tensorboard": _tensorboard, "wandb": _wandb, "mlflow": _mlflow}[to]
    for model in models:
        with start(folder.resolve().name, model.name, place) as write:
            files = (read_metrics(path, **KINDS) for path in model.glob("*.jsonl"))
            records = [one for file in files for found in file.values() for one in found]
            for record in sorted(records, key=itemgetter("updates")):
                write(_numbers(record), record["updates"])
            count += len(records)
    where = f"; to see them: tensorboard --logdir {place}" if to == "tensorboard" else ""
    log.info(f"{count:,} records of {len(models)} models sent to {to}{where}")


def _numbers(record: dict[str, Any]) -> dict[str, float]:
    values = {f"{record['kind']}/{name}": value for name, value in record.items()}
    return {name: float(one) for name, one in values.items() if isinstance(one, int | float)}


@contextmanager
def _tensorboard(experiment: str, model: str, folder: Path) -> Iterator[Write]:
    writer = optional_package("tensorboard.summary").Writer(str(folder / model))

    def write(values: dict[str, float], updates: int) -> None:
        for name, value in values.items():
            writer.add_scalar(name, value, updates)

    yield write
    writer.close()


@contextmanager
def _wandb(experiment: str, model: str, folder: Path) -> Iterator[Write]:
    run = optional_package("wandb").init(project=experiment, name=model)
    yield lambda values, updates: run.log(values, step=updates)
    run.finish()


@contextmanager
def _mlflow(experiment: str, model: str, folder: Path) -> Iterator[Write]:
    mlflow = optional_package("mlflow")
    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=model):
        yield lambda values, updates: mlflow.log_metrics(values, step=updates)
