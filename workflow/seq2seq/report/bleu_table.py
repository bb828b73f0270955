"""The paper's Tables 1 and 2: its BLEU, ours with its interval, and how ours was computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seq2seq.evaluation.bootstrap import over_seeds
from seq2seq.report.table import DASH, Table, one_line, signed

_COMPARED = {True: ("Difference",), False: ("Paper's gain", "Our gain")}


@dataclass(frozen=True)
class System:
    """A row: the paper's BLEU of a system and our score file, either of which may be missing.

    ``seeds`` are BLEU of the same system trained with different seeds.  A ``pending`` score will come.
    """

    name: str
    paper_bleu: float | None
    score: Mapping[str, Any] | None = None
    seeds: Sequence[float] = ()
    pending: bool = False

    @property
    def bleu(self) -> float | None:
        return float(self.score["bleu"]) if self.score else None


def gains(systems: Sequence[System]) -> tuple[str, list[tuple[float | None, float | None]]]:
    """The first system with both numbers, or else with ours; the paper's and our BLEU above it."""
    own = [system for system in systems if system.score or system.pending]
    both = [system for system in own if system.paper_bleu is not None]
    if not own:
        return "", [(None, None)] * len(systems)
    first = (both or own)[0]
    return first.name, [
        (_minus(system.paper_bleu, first.paper_bleu), _minus(system.bleu, first.bleu))
        for system in systems
    ]


def _minus(number: float | None, other: float | None) -> float | None:
    return None if number is None or other is None else number - other


def bleu_table(systems: Sequence[System], *, title: str, note: str, comparable: bool) -> Table:
    """The systems in the paper's order; a missing number is an empty field of the TSV.

    On another test set than the paper's, gains are printed in place of differences from the paper.
    """
    signatures = dict.fromkeys(one.score["signature"] for one in systems if one.score)
    reference, found = gains(systems)
    remarks = [spread_remark(system) for system in systems if system.seeds]
    if not comparable and reference:
        remarks.insert(0, f"Gain: BLEU above {one_line(reference)}. The data is not the paper's.")
    header = ("System", "Paper", "This run", "95 % interval", *_COMPARED[comparable])
    columns = ("system", "paper_bleu", "bleu", "bleu_low", "bleu_high", "signature")
    data = [_data(system) for system in systems]
    rows = [
        [*_cells(*own), *(_difference(system) if comparable else map(_gain, gain))]
        for own, system, gain in zip(data, systems, found, strict=True)
    ]
    codes = [("BLEU", signature) for signature in signatures]
    return Table(title, note, header, rows, columns, data, remarks=remarks, codes=codes)


def _data(system: System) -> list[str]:
    paper = "" if system.paper_bleu is None else f"{system.paper_bleu:.2f}"
    if system.score is None:
        return [system.name, paper, "", "", "", ""]
    numbers = (f"{system.score[name]:.2f}" for name in ("bleu", "bleu_low", "bleu_high"))
    return [system.name, paper, *numbers, system.score["signature"]]


def _cells(name: str, paper: str, bleu: str, low: str, high: str, _: str) -> list[str]:
    return [name, paper or DASH, bleu or DASH, f"{low}–{high}" if bleu else DASH]


def _difference(system: System) -> list[str]:
    """Of the printed numbers."""
    bleu = None if system.bleu is None else round(system.bleu, 2)
    return [_gain(_minus(bleu, system.paper_bleu))]


def _gain(number: float | None) -> str:
    return DASH if number is None else signed(number)


def spread_remark(system: System) -> str:
    """One sentence on the spread over seeds, of which there are at least two."""
    found = over_seeds(system.seeds)
    return (
        f"{one_line(system.name)}: trained with {found.seeds} seeds, mean BLEU {found.mean:.2f}, "
        f"95 % interval of the mean {found.low:.2f}–{found.high:.2f}, "
        f"standard deviation {found.deviation:.2f}."
    )
