"""Draws phrases where a model's encoder puts them: the paper's Figure 2, a panel for each family."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from seq2seq.evaluation.phrase_distances import PanelFinding, principal_plane
from seq2seq.evaluation.phrase_file import EncodedPhrases
from seq2seq.report.label_layout import Box, Place, place_labels
from seq2seq.report.style import GREY, TWO_COLUMNS, look, note_on_top, style

_LETTERS = 22  # of a line of a label
_LABEL_SIZE = 6.5
_MARGIN = 0.3  # of the spread of the points, around them, for the labels
_GAP = 5.0  # points, between a point and its label
_FAR = 2.2 * _GAP  # a label further away is tied to its point by a line


@dataclass(frozen=True)
class PhrasePoint:
    """A phrase in the plane; ``meaning`` counts from 0 and decides the colour."""

    phrase: str
    meaning: int
    voice: str
    unknown: tuple[str, ...]
    x: float
    y: float


@dataclass(frozen=True)
class Panel:
    """Phrases with a plane of their own, the axes' shares of the variance, and a finding in words."""

    title: str
    finding: str
    points: Sequence[PhrasePoint]
    shares: tuple[float, float]


def panel_of(encoded: EncodedPhrases, finding: PanelFinding) -> Panel:
    """The phrases of a panel on the principal plane of their states."""
    rows = encoded.panels()[finding.panel]
    plane = principal_plane(encoded.states[rows])
    phrases = [encoded.phrases[row] for row in rows]
    points = [
        PhrasePoint(one.text, one.meaning, one.voice, one.unknown, float(x), float(y))
        for one, (x, y) in zip(phrases, plane.coordinates, strict=True)
    ]
    return Panel(finding.panel, finding.in_words(), points, plane.shares)


def table_lines(panels: Sequence[Panel]) -> Iterator[str]:
    """The numbers behind the figure, a row for each phrase, as TSV."""
    yield "panel\tmeaning\tvoice\tphrase\tunknown\tx\ty"
    for panel in panels:
        for point in panel.points:
            unknown = " ".join(point.unknown)
            yield (
                f"{panel.title}\t{point.meaning + 1}\t{point.voice}\t{point.phrase}\t{unknown}"
                f"\t{point.x:.6g}\t{point.y:.6g}"
            )


def draw_phrases(panels: Sequence[Panel], *, note: str) -> Figure:
    """Two panels side by side, as many rows as it takes; each phrase is written beside its point.

    Both axes of a panel have one scale, so that distances can be compared by eye.
    """
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
        if len({point.voice for panel in panels for point in panel.points}) > 1:
            figure.legend(handles=_legend(), loc="outside lower center", ncols=2)
        note_on_top(figure, note)
        for _ in range(2):  # limits change the numbers on the axes, and so the room there is
            figure.draw_without_rendering()
            for axes, panel in zip(grid, panels, strict=False):
                _set_limits(axes, panel)
        figure.set_layout_engine("none")  # labels are placed for this layout
        for axes, panel in zip(grid, panels, strict=False):
            _write_labels(figure, axes, panel)
    return figure


def label(point: PhrasePoint) -> str:
    """The phrase in short lines; words that the model does not know stand in brackets."""
    words = [f"[{word}]" if word in point.unknown else word for word in point.phrase.split(" ")]
    return textwrap.fill(" ".join(words), _LETTERS)


def _draw_points(axes: Any, panel: Panel) -> None:
    for point in panel.points:
        drawn = look(point.meaning)
        axes.plot(
            [point.x],
            [point.y],
            color=drawn.color,
            marker=drawn.marker,
            markersize=5,
            markerfacecolor="white" if point.voice == "passive" else drawn.color,
            linestyle="none",
        )
    axes.set_title(f"{panel.title}\n{panel.finding}", color="black")
    first, second = panel.shares
    axes.set_xlabel(f"first principal axis ({first:.0%} of the variance)")
    axes.set_ylabel(f"second principal axis ({second:.0%})")


def _set_limits(axes: Any, panel: Panel) -> None:
    """One scale for both axes, with room for labels around the points."""
    frame = axes.get_window_extent()
    lows = [min(point.x for point in panel.points), min(point.y for point in panel.points)]
    highs = [max(point.x for point in panel.points), max(point.y for point in panel.points)]
    sides = (frame.width, frame.height)
    scale = max((high - low) / side for low, high, side in zip(lows, highs, sides, strict=True))
    scale = (1 + 2 * _MARGIN) * (scale or 1 / frame.width)
    middles = [(low + high) / 2 for low, high in zip(lows, highs, strict=True)]
    axes.set_xlim(middles[0] - scale * frame.width / 2, middles[0] + scale * frame.width / 2)
    axes.set_ylim(middles[1] - scale * frame.height / 2, middles[1] + scale * frame.height / 2)


def _write_labels(figure: Figure, axes: Any, panel: Panel) -> None:
    scale = 72 / figure.dpi  # pixels to points of print
    places = [
        Place(*(scale * value for value in axes.transData.transform((point.x, point.y))))
        for point in panel.points
    ]
    texts = [
        axes.annotate(
            label(point),
            (point.x, point.y),
            (0, 0),
            textcoords="offset points",
            fontsize=_LABEL_SIZE,
            color=look(point.meaning).color,
            linespacing=1.0,
            annotation_clip=False,
        )
        for point in panel.points
    ]
    extents = [text.get_window_extent() for text in texts]
    sizes = [Place(scale * box.width + 1, scale * box.height + 1) for box in extents]
    frame = axes.get_window_extent()
    area = Box(*(scale * value for value in frame.bounds))
    boxes = place_labels(places, sizes, area=area, gap=_GAP)
    for text, place, box in zip(texts, places, boxes, strict=True):
        text.set_position((box.x - place.x, box.y - place.y))
        text.set_verticalalignment("bottom")
        _tie(axes, place, box, scale)


def _tie(axes: Any, place: Place, box: Box, scale: float) -> None:
    """A thin line from a point to a label that is not beside it."""
    end = box.nearest(place)
    if abs(end.x - place.x) + abs(end.y - place.y) <= _FAR:
        return
    inverse = axes.transData.inverted()
    ends = [inverse.transform((spot.x / scale, spot.y / scale)) for spot in (place, end)]
    axes.plot(
        [x for x, _ in ends],
        [y for _, y in ends],
        color=GREY,
        linewidth=0.5,
        zorder=1,
        scalex=False,
        scaley=False,
    )


def _legend() -> list[Line2D]:
    return [
        Line2D(
            [],
            [],
            color=GREY,
            marker="o",
            linestyle="none",
            markerfacecolor=face,
            label=voice,
        )
        for voice, face in (("active", GREY), ("passive", "white"))
    ]
