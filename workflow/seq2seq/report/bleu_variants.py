"""One output scored in many ways: the table."""

from collections.abc import Mapping, Sequence

from seq2seq.evaluation.bleu_variants import VariantScore
from seq2seq.report.table import Table

COLUMNS = ("system", "way", "metric", "score", "difference", "signature")
_REMARK = (
    "In parentheses: the difference from BLEU as in 2014. UNK stands for a word that the model does "
    "not know."
)


def bleu_variants_table(systems: Mapping[str, Sequence[VariantScore]], *, note: str) -> Table:
    """A row for each way, a column for each system; differences are from the first way."""
    first = next(iter(systems.values()))
    title, header, codes = "From BLEU of 2014 to modern BLEU", ["Scored", *systems], []
    rows, data = [], []
    for row, way in enumerate(first):
        rows.append([way.way, *(_cell(own[row], own[0]) for own in systems.values())])
        codes.append((way.way, way.signature))
    for system, own in systems.items():
        for one in own:
            numbers = (f"{one.score:.2f}", _change(one, own[0]))
            data.append([system, one.way, one.metric, *numbers, one.signature])
    return Table(title, note, header, rows, COLUMNS, data, remarks=[_REMARK], codes=codes)


def _change(score: VariantScore, first: VariantScore) -> str:
    """The difference of the printed numbers, with a sign; empty for another metric."""
    if score.metric != first.metric:
        return ""
    return f"{round(score.score, 2) - round(first.score, 2):+.2f}"


def _cell(score: VariantScore, first: VariantScore) -> str:
    change = _change(score, first)
    number = f"{score.score:.2f}"
    return f"{number} ({change.replace('-', '−')})" if change and score is not first else number
