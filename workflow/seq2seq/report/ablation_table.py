"""The two tables of an ablation: its models, and what each change between them is worth."""

from seq2seq.evaluation.ablation import (
    MEASURES,
    Ablation,
    Contrast,
    Design,
    Effect,
    Estimates,
    Measured,
)
from seq2seq.evaluation.bleu import bleu_2014
from seq2seq.report.table import Table

_LIMITS = [f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")]
_DESIGN_COLUMNS = (
    *("model", "cell", "layers", "hidden_size", "source_order", "seed", "parameters"),
    *("dev_perplexity", "dev_bleu"),
    *_LIMITS,
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
    "In parentheses: 95 % intervals from test sets resampled for all models together. They tell the "
    "chance in the choice of test sentences, not that in the training of a model: another seed can "
    "move a score by more."
)
_DIRECTION = "Above 1 and above 0 the change helps."
_NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn": "plain RNN"}


def designs_table(ablation: Ablation, *, note: str) -> Table:
    """A row for each model."""
    return Table(
        note=note,
        text_columns=frozenset({0, 1}),
        title="Order, depth and cell: the models",
        columns=_DESIGN_COLUMNS,
        data=[_design_data(*model) for model in ablation.models],
        header=_DESIGN_HEADER,
        rows=[_design_cells(*model) for model in ablation.models],
        remarks=[_lengths(ablation), _INTERVALS],
        codes=_signature(ablation),
    )


def effects_table(ablation: Ablation, *, note: str) -> Table:
    """A row for each change in each pair of models, below the mean of the pairs."""
    return Table(
        note=note,
        text_columns=frozenset({0, 1}),
        title="Order, depth and cell: what each change is worth",
        columns=_EFFECT_COLUMNS,
        data=[_effect_data(effect) for effect in ablation.effects],
        header=_EFFECT_HEADER,
        rows=[_effect_cells(effect) for effect in ablation.effects],
        remarks=[_DIRECTION, _lengths(ablation), _INTERVALS],
        codes=_signature(ablation),
    )


def described(design: Design) -> str:
    """Such as ``LSTM, 4 x 1000, reversed``."""
    return f"{_NAMES[design.cell]}, {design.layers} x {design.hidden_size}, {design.source_order}"


def _signature(ablation: Ablation) -> list[tuple[str, str]]:
    return [("BLEU", bleu_2014(model.counts).signature) for model, _ in ablation.models[:1]]


def _lengths(ablation: Ablation) -> str:
    short, long = ablation.short, ablation.long
    return (
        f"Short and long sentences: the {len(short.sentences)} shortest of the test set (up to "
        f"{short.highest:.0f} source tokens) and its {len(long.sentences)} longest (from "
        f"{long.lowest:.0f} on)."
    )


def _design_data(model: Measured, estimates: Estimates) -> list[str]:
    design = model.design
    return [
        *(model.name, design.cell, str(design.layers), str(design.hidden_size)),
        *(design.source_order, str(design.seed), str(model.parameters)),
        *(f"{model.dev_perplexity:.2f}", f"{model.dev_bleu:.2f}"),
        *_limits(estimates),
    ]


def _design_cells(model: Measured, estimates: Estimates) -> list[str]:
    return [
        *(model.name, described(model.design), f"{model.parameters:,}"),
        *(f"{model.dev_perplexity:.2f}", f"{model.dev_bleu:.2f}"),
        *_printed(estimates, sign=""),
    ]


def _effect_data(effect: Effect) -> list[str]:
    contrast = effect.contrast
    held = "" if effect.held is None else _held(effect.held, contrast)
    return [
        *(contrast.factor, str(contrast.before), str(contrast.after), str(effect.pairs), held),
        *_limits(effect.estimates),
    ]


def _effect_cells(effect: Effect) -> list[str]:
    held = f"mean of {effect.pairs} pairs"
    if effect.held is not None:
        held = _held(effect.held, effect.contrast)
    ratio, *differences = _printed(effect.estimates, sign="+")
    return [_named(effect.contrast), held, ratio.replace("+", ""), *differences]


def _named(contrast: Contrast) -> str:
    before, after = (
        _NAMES.get(str(value), str(value)) for value in (contrast.before, contrast.after)
    )
    if contrast.factor == "layers":
        after += " layers"
    return f"{after} in place of {before}"


def _held(design: Design, contrast: Contrast) -> str:
    """What both models of a pair have in common."""
    said = {
        "cell": _NAMES[design.cell],
        "layers": f"{design.layers} layer{'s' if design.layers > 1 else ''}",
        "source_order": design.source_order,
    }
    return ", ".join(text for factor, text in said.items() if factor != contrast.factor)


def _limits(estimates: Estimates) -> list[str]:
    numbers = (
        number
        for name in MEASURES
        for found in [estimates[name]]
        for number in (found.value, found.interval.low, found.interval.high)
    )
    return [f"{number:.4f}" for number in numbers]


def _printed(estimates: Estimates, *, sign: str) -> list[str]:
    cells = []
    for found in map(estimates.__getitem__, MEASURES):
        numbers = (found.value, found.interval.low, found.interval.high)
        value, low, high = (format(number, f"{sign}.2f").replace("-", "−") for number in numbers)
        cells.append(f"{value} ({low} to {high})")
    return cells
