"""The paper's Tables 1 and 2: its BLEU, ours in its interval, and how ours was computed."""

from collections.abc import Sequence
from dataclasses import dataclass

from seq2seq.report.table import DASH, Table, one_line


@dataclass(frozen=True)
class OwnScore:
    """BLEU of our run in percent, with its 95 % interval."""

    bleu: float
    low: float
    high: float
    signature: str


@dataclass(frozen=True)
class System:
    """A row: what the paper says of a system and what we found, either of which may be missing.

    ``remark`` is printed below the table, after the system's name.
    """

    name: str
    paper_bleu: float | None
    own: OwnScore | None
    remark: str = ""


def bleu_table(systems: Sequence[System], *, title: str, note: str) -> Table:
    """The systems in the paper's order; a missing number is an empty field of the TSV."""
    signatures = dict.fromkeys(system.own.signature for system in systems if system.own)
    return Table(
        title=title,
        note=note,
        header=("System", "Paper", "This run", "95 % interval", "Difference"),
        rows=[(system.name, *_numbers(system)) for system in systems],
        columns=("system", "paper_bleu", "bleu", "bleu_low", "bleu_high", "signature"),
        data=[_data(system) for system in systems],
        remarks=[f"{one_line(one.name)}: {one.remark}" for one in systems if one.remark],
        codes=[("BLEU", signature) for signature in signatures],
    )


def _data(system: System) -> list[str]:
    paper = "" if system.paper_bleu is None else f"{system.paper_bleu:.2f}"
    own = system.own
    if own is None:
        return [system.name, paper, "", "", "", ""]
    return [system.name, paper, *(f"{n:.2f}" for n in (own.bleu, own.low, own.high)), own.signature]


def _numbers(system: System) -> list[str]:
    """The paper's BLEU, ours, its interval, and ours less the paper's, as they are printed."""
    _, paper, bleu, low, high, _ = _data(system)
    if system.own is None:
        return [paper or DASH, DASH, DASH, DASH]
    difference = f"{float(bleu) - float(paper):+.2f}".replace("-", "−") if paper else DASH
    return [paper or DASH, bleu, f"{low}–{high}", difference]
