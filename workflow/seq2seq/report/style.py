"""One look for all figures: readable in print and without colour, with reproducible bytes.

Colours are Okabe and Ito's, distinct for colour-blind readers, without the yellow that vanishes on
white.  Markers and lines differ too, so curves can be told apart in grey.  Letters are drawn as
outlines, so a figure looks the same where its font is missing.
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
LINE = 0.155  # inches per line of a legend
PIXELS_PER_INCH = 300
_LETTERS_PER_INCH = 18  # in a note

GREY = "#6b6b6b"
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("solid", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
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
    "text.parse_math": False,  # a dollar sign in a name is literal
    "svg.hashsalt": "seq2seq",  # for ids inside the file, else random
}


@dataclass(frozen=True)
class Look:
    """How one curve is drawn."""

    color: str
    marker: str
    dashes: Any

    @property
    def line(self) -> dict[str, Any]:
        """The arguments of matplotlib's ``plot``."""
        return {"color": self.color, "marker": self.marker, "linestyle": self.dashes}


def look(index: int) -> Look:
    """The look of curve ``index``, from 0: 28 differ, as seven colours meet four line styles."""
    color, marker = _COLORS[index % len(_COLORS)], _MARKERS[index % len(_MARKERS)]
    return Look(color, marker, _DASHES[index % len(_DASHES)])


@contextmanager
def style() -> Iterator[None]:
    """Draw and save inside, or a user's own matplotlib settings would show."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


def save_all(figure: Figure, paths: Iterable[Path]) -> None:
    """Save to each ``.svg`` and ``.png`` among the paths, undated: equal figures are equal bytes."""
    for path in paths:
        if path.suffix in (".svg", ".png"):
            kind = path.suffix.removeprefix(".")
            metadata = {"Date": None} if kind == "svg" else {"Software": None}
            with style(), atomic(path) as temporary:
                figure.savefig(temporary, format=kind, metadata=metadata, facecolor="white")


def note_on_top(figure: Figure, note: str) -> None:
    """Say on top, in small grey letters, what data a figure shows."""
    letters = round(_LETTERS_PER_INCH * figure.get_figwidth())
    text = textwrap.fill(note, letters)
    figure.suptitle(text, x=0.01, horizontalalignment="left", fontsize=6.5, color=GREY)
