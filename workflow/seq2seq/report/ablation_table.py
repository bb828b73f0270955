"""The two tables of an ablation: its models, and what each change between them is worth."""

from collections.abc import Sequence

from seq2seq.evaluation.ablation import METRICS, Ablation, Row
from seq2seq.evaluation.bleu import signature_2014
from seq2seq.report.table import TWO_TEXTS, Table, fixed, signed

_LIMITS = [f"{name}{end}" for name in METRICS for end in ("", "_low", "_high")]
_DESIGN_COLUMNS = (
    *("model", "cell", "layers", "hidden_size", "source_order", "seed", "parameters"),
    *("dev_perplexity", "dev_bleu", *_LIMITS),
)
_DESIGN_HEADER = (
    *("Model", "Network", "Parameters", "Dev perplexity", "Dev BLEU", "Test perplexity"),
    *("Test BLEU", "BLEU, short sentences", "BLEU, long sentences"),
)
_EFFECT_COLUMNS = ("factor", "before", "after", "pairs", "held", *_LIMITS)
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
    title, header, columns = "Order, depth and cell: the models", _DESIGN_HEADER, _DESIGN_COLUMNS
    rows = [_design_cells(model) for model in ablation.models]
    data = [_data(model, columns) for model in ablation.models]
    remarks, codes = [_lengths(ablation), _INTERVALS], [("BLEU", signature_2014())]
    return Table(title, note, header, rows, columns, data, TWO_TEXTS, remarks, codes)


def effects_table(ablation: Ablation, *, note: str) -> Table:
    """A row for each change in each pair of models, below the mean of the pairs."""
    title, header = "Order, depth and cell: what each change is worth", _EFFECT_HEADER
    rows = [_effect_cells(effect) for effect in ablation.effects]
    columns = [name.replace("perplexity", "perplexity_ratio") for name in _EFFECT_COLUMNS]
    data = [_data(e | {"held": _held(e)}, _EFFECT_COLUMNS) for e in ablation.effects]
    remarks, codes = [_DIRECTION, _lengths(ablation), _INTERVALS], [("BLEU", signature_2014())]
    return Table(title, note, header, rows, columns, data, TWO_TEXTS, remarks, codes)


def _lengths(ablation: Ablation) -> str:
    short, long = ablation.short, ablation.long
    return (
        f"Short sentences: the {len(short.sentences)} shortest of the test set (up to "
        f"{short.highest:.0f} source tokens); long sentences: its {len(long.sentences)} longest (from "
        f"{long.lowest:.0f})."
    )


def _data(row: Row, columns: Sequence[str]) -> list[str]:
    formats = dict.fromkeys(_LIMITS, ".4f") | {"dev_perplexity": ".2f", "dev_bleu": ".2f"}
    return [format(row[name], formats.get(name, "")) for name in columns]


def _design_cells(model: Row) -> list[str]:
    size = f"{model['layers']} x {model['hidden_size']}"
    return [
        *(model["model"], f"{_NAMES[model['cell']]}, {size}, {model['source_order']}"),
        *(f"{model['parameters']:,}", f"{model['dev_perplexity']:.2f}", f"{model['dev_bleu']:.2f}"),
        *(_printed(model, name, sign="") for name in METRICS),
    ]


def _effect_cells(effect: Row) -> list[str]:
    before, after = (_NAMES.get(effect[end], effect[end]) for end in ("before", "after"))
    layers = " layers" if effect["factor"] == "layers" else ""
    return [
        f"{after}{layers} in place of {before}",
        _held(effect) or f"mean of {effect['pairs']} pairs",
        *(_printed(effect, name, sign="" if name == "perplexity" else "+") for name in METRICS),
    ]


def _held(effect: Row) -> str:
    """What both models of a pair have in common; empty for the mean of pairs."""
    if not (model := effect["held"]):
        return ""
    parts = {
        "cell": _NAMES[model["cell"]],
        "layers": f"{model['layers']} layer{'s' if model['layers'] > 1 else ''}",
        "source_order": model["source_order"],
    }
    return ", ".join(text for factor, text in parts.items() if factor != effect["factor"])


def _printed(row: Row, metric: str, *, sign: str) -> str:
    printed = signed if sign else fixed
    value, low, high = (printed(row[f"{metric}{end}"]) for end in ("", "_low", "_high"))
    return f"{value} ({low} to {high})"
