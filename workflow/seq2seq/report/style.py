"""One look for all figures: readable in print and without colour, with reproducible bytes.

Colours are Okabe and Ito's, distinct for colour-blind readers, without the yellow that vanishes on
white.  Markers and lines differ too, so curves can be told apart in grey.  Letters are drawn as
outlines, so a figure looks the same where its font is missing.
"""

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from seq2seq.io.files import atomic

ONE_COLUMN = 3.4  # inches, of a two-column page
TWO_COLUMNS = 7.0
LINE = 0.155  # inches per line of a legend
_LETTERS_PER_INCH = 18  # in a note

GREY = "#6b6b6b"
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("solid", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))
_STYLE = Path(__file__).parents[2] / "report" / "figures.mplstyle"


def look(index: int) -> dict[str, Any]:
    """How curve ``index`` (from 0) is drawn: 28 differ, as seven colours meet four line styles."""
    every = {"color": _COLORS, "marker": _MARKERS, "linestyle": _DASHES}
    return {name: values[index % len(values)] for name, values in every.items()}


@contextmanager
def style() -> Iterator[None]:
    """Draw and save inside, or a user's own matplotlib settings would show."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        ours = matplotlib.rc_params_from_file(_STYLE, use_default_template=False)
        matplotlib.rcParams.update(ours)
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
