"""Draws phrases at their sentence vectors: the paper's Figure 2, a panel for each family."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from seq2seq.evaluation.phrases import EncodedPhrases, Matrix, PanelFinding, PlotPhrase
from seq2seq.report.label_layout import XY, Box, place_labels
from seq2seq.report.style import GREY, TWO_COLUMNS, look, note_on_top, style

_LETTERS = 22  # per line of a label
_LABEL_SIZE = 6.5
_MARGIN = 0.3  # room for labels around the points, as a share of their spread
_GAP = 5.0  # points, between a point and its label
_FAR = 2.2 * _GAP  # a label further away is connected to its point by a line


@dataclass(frozen=True)
class Panel:
    """Phrases with coordinates ``[phrases, 2]`` on two axes, and the axes' shares of variance."""

    title: str
    finding: str
    phrases: Sequence[PlotPhrase]
    coordinates: Matrix
    shares: tuple[float, float]


def panel_of(encoded: EncodedPhrases, finding: PanelFinding) -> Panel:
    """The phrases of a panel on the principal plane of their states."""
    rows = encoded.panels()[finding.panel]
    phrases = [encoded.phrases[row] for row in rows]
    return Panel(finding.panel, finding.in_words(), phrases, *principal_plane(encoded.states[rows]))


def principal_plane(states: NDArray[np.float32]) -> tuple[Matrix, tuple[float, float]]:
    """Coordinates on the two principal axes, and the axes' shares of the variance, by SVD.

    The sign of an axis is arbitrary; its largest weight is made positive so that runs agree.
    """
    centered = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    left, values, axes = np.linalg.svd(centered, full_matrices=False)
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    scores = left * values * np.where(signs == 0, 1, signs)
    coordinates = np.zeros((len(states), 2))
    coordinates[:, : min(2, scores.shape[1])] = scores[:, :2]
    variance = np.append(values**2, [0.0, 0.0])
    total = variance.sum() or 1.0
    return coordinates, (float(variance[0] / total), float(variance[1] / total))


def table_rows(panels: Sequence[Panel]) -> Iterator[Sequence[str]]:
    """The data behind the figure: a header, and a row for each phrase."""
    yield "panel", "meaning", "voice", "phrase", "unknown", "x", "y"
    for panel in panels:
        for one, (x, y) in zip(panel.phrases, panel.coordinates.tolist(), strict=True):
            text = (str(one.meaning + 1), one.voice, one.text, " ".join(one.unknown))
            yield panel.title, *text, f"{x:.6g}", f"{y:.6g}"


def draw_phrases(panels: Sequence[Panel], *, note: str) -> Figure:
    """Two panels per row, each with equal scales; each phrase is written next to its point."""
    with style():
        columns = min(len(panels), 2)
        rows = -(-len(panels) // columns)
        size = (TWO_COLUMNS / 2 * columns, 0.44 * TWO_COLUMNS * rows)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, panel in zip(grid, panels, strict=False):
            _draw_points(axes, panel)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        if len({phrase.voice for panel in panels for phrase in panel.phrases}) > 1:
            figure.legend(handles=_legend(), loc="outside lower center", ncols=2)
        note_on_top(figure, note)
        for _ in range(2):  # limits change the tick labels, and so the room for the axes
            figure.draw_without_rendering()
            for axes, panel in zip(grid, panels, strict=False):
                _set_limits(axes, panel)
        figure.set_layout_engine("none")  # labels are placed for this layout
        for axes, panel in zip(grid, panels, strict=False):
            _write_labels(figure, axes, panel)
    return figure


def label(phrase: PlotPhrase) -> str:
    """The phrase in short lines, unknown words in brackets."""
    words = [f"[{word}]" if word in phrase.unknown else word for word in phrase.text.split(" ")]
    return textwrap.fill(" ".join(words), _LETTERS)


def _draw_points(axes: Any, panel: Panel) -> None:
    for phrase, (x, y) in zip(panel.phrases, panel.coordinates, strict=True):
        drawn = look(phrase.meaning)
        face = "white" if phrase.voice == "passive" else drawn["color"]
        line = {**drawn, "linestyle": "none"}
        axes.plot([x], [y], **line, markersize=5, markerfacecolor=face)
    axes.set_title(f"{panel.title}\n{panel.finding}", color="black")
    first, second = panel.shares
    axes.set_xlabel(f"first principal axis ({first:.0%} of the variance)")
    axes.set_ylabel(f"second principal axis ({second:.0%})")


def _set_limits(axes: Any, panel: Panel) -> None:
    """One scale for both axes, with room for labels around the points."""
    frame = axes.get_window_extent()
    sides = np.array([frame.width, frame.height])
    lows, highs = panel.coordinates.min(axis=0), panel.coordinates.max(axis=0)
    scale = (1 + 2 * _MARGIN) * (((highs - lows) / sides).max() or 1 / frame.width)
    starts, stops = (lows + highs - scale * sides) / 2, (lows + highs + scale * sides) / 2
    axes.set_xlim(starts[0], stops[0])
    axes.set_ylim(starts[1], stops[1])


def _write_labels(figure: Figure, axes: Any, panel: Panel) -> None:
    scale = 72 / figure.dpi  # pixels to points of print
    points = [XY(*(scale * axes.transData.transform(place))) for place in panel.coordinates]
    options: dict[str, Any] = {"textcoords": "offset points", "fontsize": _LABEL_SIZE}
    options |= {"linespacing": 1.0, "annotation_clip": False}
    texts = [
        axes.annotate(label(one), place, (0, 0), color=look(one.meaning)["color"], **options)
        for one, place in zip(panel.phrases, panel.coordinates, strict=True)
    ]
    extents = [text.get_window_extent() for text in texts]
    sizes = [XY(scale * box.width + 1, scale * box.height + 1) for box in extents]
    area = Box(*(scale * value for value in axes.get_window_extent().bounds))
    boxes = place_labels(points, sizes, area=area, gap=_GAP)
    inverse = axes.transData.inverted()
    for text, point, box in zip(texts, points, boxes, strict=True):
        text.set_position((box.x - point.x, box.y - point.y))
        text.set_verticalalignment("bottom")
        end = box.nearest(point)
        if abs(end.x - point.x) + abs(end.y - point.y) > _FAR:
            ends = np.array([inverse.transform((e.x / scale, e.y / scale)) for e in (point, end)])
            axes.plot(*ends.T, color=GREY, linewidth=0.5, zorder=1, scalex=False, scaley=False)


def _legend() -> list[Line2D]:
    point: dict[str, Any] = {"color": GREY, "marker": "o", "linestyle": "none"}
    return [
        Line2D([], [], **point, markerfacecolor=face, label=voice)
        for voice, face in (("active", GREY), ("passive", "white"))
    ]
