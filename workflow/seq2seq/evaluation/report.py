"""The table of ``seq2seq bleu``: both BLEUs of each system, and how they were computed."""

from collections.abc import Sequence
from dataclasses import dataclass

from seq2seq.errors import UserError
from seq2seq.evaluation.bleu import Lines, bleu_of_tokens, sacrebleu_13a


@dataclass(frozen=True)
class Named:
    """Translations or references, and the name of their file."""

    name: str
    lines: Lines


def bleu_report(systems: Sequence[Named], reference: Named, *, language: str) -> list[str]:
    """A line for each system, scores before names, as names may hold blanks; signatures below.

    Raises:
        UserError: an empty reference, or a system with another number of lines.
    """
    _check_lengths(systems, reference)
    table = ["BLEU 2014  sacreBLEU  hypothesis"]
    legend: dict[str, None] = {}
    for system in systems:
        bleu = bleu_of_tokens(system.lines.tokens, reference.lines.tokens)
        modern = sacrebleu_13a(system.lines.text, reference.lines.text)
        table.append(f"{bleu.score:9.2f}  {modern.score:9.2f}  {system.name}")
        legend[f"BLEU 2014  {bleu.signature}  plain Moses tokens ({language}), cased"] = None
        legend[f"sacreBLEU  {modern.signature}"] = None
    return [*table, "", *legend]


def _check_lengths(systems: Sequence[Named], reference: Named) -> None:
    expected = len(reference.lines.text)
    if expected == 0:
        raise UserError(f"{reference.name}: is empty; one reference a line was expected.")
    for system in systems:
        if (found := len(system.lines.text)) != expected:
            raise UserError(
                f"{reference.name} has {expected} lines but {system.name} has {found}: line k of "
                "one must translate line k of the other."
            )
