"""One look for all figures: readable in print, without colour, and the same bytes at every run.

Colours are those of Okabe and Ito (distinct for colour-blind readers, without the yellow that
vanishes on white); marker and line differ too, so that a grey print keeps the curves apart.
Letters are drawn as outlines: a figure looks the same where its font is missing.
"""

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from seq2seq.io.files import atomic

ONE_COLUMN = 3.4  # inches, of a two-column page
TWO_COLUMNS = 7.0
LINE = 0.155  # inches, of a line in a legend
PIXELS_PER_INCH = 300
_LETTERS_PER_INCH = 18  # of a note
_LEFT_OF_AXES = 0.5  # inches, where a note above them has no room

GREY = "#6b6b6b"
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("solid", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is there on every machine
    "font.size": 7.5,
    "axes.labelsize": 7.5,
    "axes.titlesize": 6.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e2e2e2",
    "grid.linewidth": 0.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.8,
    "savefig.dpi": PIXELS_PER_INCH,
    "svg.fonttype": "path",
    "text.parse_math": False,  # a dollar in a name is a dollar
    "svg.hashsalt": "seq2seq",  # names inside the file, else drawn at random
}


@dataclass(frozen=True)
class Look:
    """How one curve is drawn: 28 curves differ, since seven colours meet four kinds of line."""

    color: str
    marker: str
    dashes: Any


def look(index: int) -> Look:
    """The look of the curve that comes ``index``-th, from 0."""
    return Look(
        _COLORS[index % len(_COLORS)],
        _MARKERS[index % len(_MARKERS)],
        _DASHES[index % len(_DASHES)],
    )


@contextmanager
def style() -> Iterator[None]:
    """All drawing and saving happens inside, else a user's own matplotlib settings would show."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


def save(figure: Figure, path: str | Path) -> None:
    """Save as the name ends (``.svg``, ``.png``), without a date: equal figures are equal bytes."""
    kind = Path(path).suffix.removeprefix(".")
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with style(), atomic(path) as temporary:
        figure.savefig(temporary, format=kind, metadata=metadata, facecolor="white")


def save_all(figure: Figure, paths: Iterable[Path]) -> None:
    """Save to each ``.svg`` and ``.png`` file among the paths."""
    for path in paths:
        if path.suffix in (".svg", ".png"):
            save(figure, path)


def note_above(axes: Any, note: str) -> None:
    """What data a figure shows, in small grey letters above it, in as many lines as it takes."""
    letters = round(_LETTERS_PER_INCH * (axes.figure.get_figwidth() - _LEFT_OF_AXES))
    axes.set_title(textwrap.fill(note, letters))


def note_on_top(figure: Figure, note: str) -> None:
    """The same above a figure of several panels."""
    letters = round(_LETTERS_PER_INCH * figure.get_figwidth())
    text = textwrap.fill(note, letters)
    figure.suptitle(text, x=0.01, horizontalalignment="left", fontsize=6.5, color=GREY)
