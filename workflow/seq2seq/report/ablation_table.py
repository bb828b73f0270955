"""The two tables of an ablation: its models, and what each change between them is worth."""

from seq2seq.evaluation.ablation import (
    METRICS,
    Ablation,
    AblationModel,
    Design,
    Effect,
    Estimates,
)
from seq2seq.evaluation.bleu import signature_2014
from seq2seq.report.table import Table

_LIMITS = [f"{name}{end}" for name in METRICS for end in ("", "_low", "_high")]
_DESIGN_COLUMNS = (
    *("model", "cell", "layers", "hidden_size", "source_order", "seed", "parameters"),
    *("dev_perplexity", "dev_bleu", *_LIMITS),
)
_DESIGN_HEADER = (
    *("Model", "Network", "Parameters", "Dev perplexity", "Dev BLEU", "Test perplexity"),
    *("Test BLEU", "BLEU, short sentences", "BLEU, long sentences"),
)
_EFFECT_COLUMNS = (
    *("factor", "before", "after", "pairs", "held"),
    *(name.replace("perplexity", "perplexity_ratio") for name in _LIMITS),
)
_EFFECT_HEADER = (
    *("Change", "In", "Perplexity, before over after", "BLEU"),
    *("BLEU, short sentences", "BLEU, long sentences"),
)
_INTERVALS = (
    "In parentheses: 95 % intervals from test sets resampled for all models together. They cover the "
    "choice of test sentences, not the randomness of training: another seed can change a score by "
    "more."
)
_DIRECTION = "The change helps where perplexity is above 1 and BLEU above 0."
_NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn": "plain RNN"}


def designs_table(ablation: Ablation, *, note: str) -> Table:
    """A row for each model."""
    return Table(
        title="Order, depth and cell: the models",
        note=note,
        columns=_DESIGN_COLUMNS,
        data=[_design_data(*model) for model in ablation.models],
        header=_DESIGN_HEADER,
        rows=[_design_cells(*model) for model in ablation.models],
        text_columns=frozenset({0, 1}),
        remarks=[_lengths(ablation), _INTERVALS],
        codes=[("BLEU", signature_2014())],
    )


def effects_table(ablation: Ablation, *, note: str) -> Table:
    """A row for each change in each pair of models, below the mean of the pairs."""
    return Table(
        title="Order, depth and cell: what each change is worth",
        note=note,
        columns=_EFFECT_COLUMNS,
        data=[_effect_data(effect) for effect in ablation.effects],
        header=_EFFECT_HEADER,
        rows=[_effect_cells(effect) for effect in ablation.effects],
        text_columns=frozenset({0, 1}),
        remarks=[_DIRECTION, _lengths(ablation), _INTERVALS],
        codes=[("BLEU", signature_2014())],
    )


def _lengths(ablation: Ablation) -> str:
    short, long = ablation.short, ablation.long
    return (
        f"Short sentences: the {len(short.sentences)} shortest of the test set (up to "
        f"{short.highest:.0f} source tokens); long sentences: its {len(long.sentences)} longest (from "
        f"{long.lowest:.0f})."
    )


def _design_data(model: AblationModel, estimates: Estimates) -> list[str]:
    design = model.design
    return [
        *(model.name, design.cell, str(design.layers), str(design.hidden_size)),
        *(design.source_order, str(design.seed), str(model.parameters)),
        *(f"{model.dev_perplexity:.2f}", f"{model.dev_bleu:.2f}"),
        *_limits(estimates),
    ]


def _design_cells(model: AblationModel, estimates: Estimates) -> list[str]:
    one = model.design
    network = f"{_NAMES[one.cell]}, {one.layers} x {one.hidden_size}, {one.source_order}"
    return [
        *(model.name, network, f"{model.parameters:,}"),
        *(f"{model.dev_perplexity:.2f}", f"{model.dev_bleu:.2f}"),
        *_printed(estimates, sign=""),
    ]


def _effect_data(effect: Effect) -> list[str]:
    contrast = effect.contrast
    held = "" if effect.held is None else _held(effect.held, contrast.factor)
    return [
        *(contrast.factor, str(contrast.before), str(contrast.after), str(effect.pairs), held),
        *_limits(effect.estimates),
    ]


def _effect_cells(effect: Effect) -> list[str]:
    contrast = effect.contrast
    before, after = (_NAMES.get(str(v), str(v)) for v in (contrast.before, contrast.after))
    layers = " layers" if contrast.factor == "layers" else ""
    held = f"mean of {effect.pairs} pairs"
    if effect.held is not None:
        held = _held(effect.held, contrast.factor)
    ratio, *differences = _printed(effect.estimates, sign="+")
    return [f"{after}{layers} in place of {before}", held, ratio.replace("+", ""), *differences]


def _held(design: Design, changed: str) -> str:
    """What both models of a pair have in common."""
    parts = {
        "cell": _NAMES[design.cell],
        "layers": f"{design.layers} layer{'s' if design.layers > 1 else ''}",
        "source_order": design.source_order,
    }
    return ", ".join(text for factor, text in parts.items() if factor != changed)


def _limits(estimates: Estimates) -> list[str]:
    found = [estimates[name] for name in METRICS]
    numbers = [n for one in found for n in (one.value, one.interval.low, one.interval.high)]
    return [f"{number:.4f}" for number in numbers]


def _printed(estimates: Estimates, *, sign: str) -> list[str]:
    cells = []
    for found in map(estimates.__getitem__, METRICS):
        numbers = (found.value, found.interval.low, found.interval.high)
        value, low, high = (format(number, f"{sign}.2f").replace("-", "−") for number in numbers)
        cells.append(f"{value} ({low} to {high})")
    return cells
