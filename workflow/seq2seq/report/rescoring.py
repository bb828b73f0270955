"""What rescoring is worth, as a table."""

import math
from pathlib import Path

import pandas as pd

from seq2seq.errors import UserError
from seq2seq.evaluation.sweep import BY_SIZE, BY_WEIGHT, COLUMNS, LEARNED, ORACLE, TUNED
from seq2seq.io.files import read_json
from seq2seq.report.table import TWO_TEXTS, Table

_TYPES = dict.fromkeys(COLUMNS, "float") | dict.fromkeys(COLUMNS[:3], "str") | {"hypotheses": "int"}
_ALONE = "LSTM alone"
_NAMES = {
    BY_SIZE: "even average",
    TUNED: "weight tuned on dev",
    LEARNED: "all features, MERT on dev",
    _ALONE: _ALONE,
    ORACLE: "oracle",
}
_REMARKS = (
    "In parentheses: 95 % intervals. Gains are measured on the same resampled test sets. The ratio "
    "is the number of words chosen over that of the baseline's translations.",
    "The even average is the paper's. Weights tuned or learned on dev used no sentence of the test "
    "set. The oracle takes the hypothesis nearest to the reference from each list.",
)


def read_sweep(path: Path) -> pd.DataFrame:
    """The rows by combination of models, test before dev; the oracle comes last."""
    try:
        sweep = pd.DataFrame(read_json(path))[list(COLUMNS)].astype(_TYPES)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UserError(f"{path}: not a sweep of this version. Delete it and rerun.") from error
    order = [*(name for name in sweep["models"].unique() if name), ""]
    sweep["models"] = pd.Categorical(sweep["models"], order)
    return sweep.sort_values("models", kind="stable")


def rescoring_table(sweep: pd.DataFrame, *, note: str) -> Table:
    """The baseline, each choice of weights, shorter lists, the oracle."""
    data = data_rows(_main_rows(sweep))
    header = ("models", "choice", "weight", "hypotheses", "BLEU", "gain", "ratio")
    title, rows = "Rescoring n-best lists", [_cells(*row) for row in data]
    return Table(title, note, header, rows, COLUMNS, data, TWO_TEXTS, _REMARKS)


def _cells(models: str, _: str, choice: str, weight: str, size: str, *numbers: str) -> list[str]:
    bleu, low, high, *gains, ratio = numbers
    gain, gain_low, gain_high = (f"{float(number):+.2f}" for number in gains)
    return [
        *(models, choice, weight, f"{int(size):,}", f"{bleu} ({low} to {high})"),
        *(f"{gain} ({gain_low} to {gain_high})", ratio),
    ]


def _main_rows(sweep: pd.DataFrame) -> pd.DataFrame:
    test = sweep[sweep["set"] == "test"]
    by_weight = test[test["choice"] == BY_WEIGHT]
    baseline = by_weight[by_weight["weight"] == 0].head(1).assign(models="", choice="baseline")
    alone = by_weight[by_weight["weight"] == 1].assign(choice=_ALONE)
    shown = pd.concat([test[test["choice"].isin(_NAMES)], alone])
    shown["choice"] = pd.Categorical(shown["choice"], list(_NAMES))
    shown = shown.sort_values(["models", "choice"])
    return pd.concat([baseline, shown.assign(choice=shown["choice"].map(_NAMES))])


def data_rows(sweep: pd.DataFrame) -> list[list[str]]:
    """Numbers as text, in the order of ``COLUMNS``."""
    rows = []
    for row in sweep[list(COLUMNS)].itertuples(index=False, name=None):
        models, split, choice, weight, size, *numbers, ratio = row
        share = "" if math.isnan(weight) else f"{weight:g}"
        rounded = (f"{number:.2f}" for number in numbers)
        rows.append([models, split, choice, share, str(size), *rounded, f"{ratio:.3f}"])
    return rows
