"""The paper's Tables 1 and 2: its BLEU, ours with its interval, and how ours was computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seq2seq.evaluation.bootstrap import over_seeds
from seq2seq.report.table import DASH, Table, one_line, signed


@dataclass(frozen=True)
class System:
    """A row: the paper's BLEU of a system and our score file, either of which may be missing.

    ``seeds`` are BLEU of the same system trained with different seeds.
    """

    name: str
    paper_bleu: float | None
    score: Mapping[str, Any] | None = None
    seeds: Sequence[float] = ()


def bleu_table(systems: Sequence[System], *, title: str, note: str) -> Table:
    """The systems in the paper's order; a missing number is an empty field of the TSV."""
    signatures = dict.fromkeys(one.score["signature"] for one in systems if one.score)
    return Table(
        title=title,
        note=note,
        header=("System", "Paper", "This run", "95 % interval", "Difference"),
        rows=[_cells(*_data(system)) for system in systems],
        columns=("system", "paper_bleu", "bleu", "bleu_low", "bleu_high", "signature"),
        data=[_data(system) for system in systems],
        remarks=[_spread(system) for system in systems if system.seeds],
        codes=[("BLEU", signature) for signature in signatures],
    )


def _data(system: System) -> list[str]:
    paper = "" if system.paper_bleu is None else f"{system.paper_bleu:.2f}"
    if system.score is None:
        return [system.name, paper, "", "", "", ""]
    numbers = (f"{system.score[name]:.2f}" for name in ("bleu", "bleu_low", "bleu_high"))
    return [system.name, paper, *numbers, system.score["signature"]]


def _cells(name: str, paper: str, bleu: str, low: str, high: str, _: str) -> list[str]:
    if not bleu:
        return [name, paper or DASH, DASH, DASH, DASH]
    difference = signed(float(bleu) - float(paper)) if paper else DASH
    return [name, paper or DASH, bleu, f"{low}–{high}", difference]


def _spread(system: System) -> str:
    found = over_seeds(system.seeds)
    return (
        f"{one_line(system.name)}: trained with {found.seeds} seeds, mean BLEU {found.mean:.2f}, "
        f"95 % interval of the mean {found.low:.2f}–{found.high:.2f}, "
        f"standard deviation {found.deviation:.2f}."
    )
