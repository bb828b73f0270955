"""Figure 2 as a picture, and the two programs that make it."""

import csv
import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import tiny_models
from run_step import run_step
from seq2seq.config.loading import as_json
from seq2seq.config.outputs import PhrasePanelSettings, PhrasePlotSettings
from seq2seq.errors import UserError
from seq2seq.evaluation.phrases import PlotPhrase, distance_matrix, read_encoded
from seq2seq.inference.model_folder import Languages, Provenance, write_model
from seq2seq.io.files import read_lines, write_lines
from seq2seq.report.phrase_map import Panel, draw_phrases, label, principal_plane

PHRASES = [
    "I was given a card by her in the garden",
    "In the garden , she gave me a card",
    "She gave me a card in the garden",
    "She was given a card by me in the garden",
    "In the garden , I gave her a card",
    "I gave her a card in the garden",
]


def panel(seed: int, *, spread: float = 1.0) -> Panel:
    states = np.random.default_rng(seed).normal(size=(6, 9)).astype(np.float32)
    states[:3] += spread
    phrases = [
        PlotPhrase("p", number // 3, number % 3, "active" if number % 3 else "passive", phrase, ())
        for number, phrase in enumerate(PHRASES)
    ]
    return Panel(f"panel {seed}", "a finding", phrases, *principal_plane(states))


@pytest.mark.parametrize("spread", [1.0, 30.0])
def test_no_label_overlaps_another_one(spread: float) -> None:
    figure = draw_phrases([panel(1, spread=spread), panel(2, spread=spread)], note="a note")
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert len(boxes) == 6
        for one, other in itertools.combinations(boxes, 2):
            width = min(one.x1, other.x1) - max(one.x0, other.x0)
            height = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert width <= 0 or height <= 0
        for box in boxes:
            assert axes.bbox.x0 <= box.x0 and box.x1 <= axes.bbox.x1


def test_both_axes_have_one_scale() -> None:
    (axes,) = draw_phrases([panel(1)], note="").axes
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert (right - left) / axes.bbox.width == pytest.approx((top - bottom) / axes.bbox.height)


def test_meaning_is_a_colour_and_a_passive_is_hollow() -> None:
    (axes,) = draw_phrases([panel(3)], note="").axes
    marks = [line for line in axes.get_lines() if line.get_marker() not in ("None", None)]
    assert len({mark.get_color() for mark in marks}) == 2
    assert len({mark.get_marker() for mark in marks}) == 2
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [True, False, False] * 2


def test_unknown_words_stand_in_brackets() -> None:
    phrase = PlotPhrase("p", 0, 0, "active", "Mary admires John", ("John",))
    assert label(phrase) == "Mary admires [John]"


def test_the_programs_go_from_a_model_to_the_figure(tmp_path: Path) -> None:
    model = _model(tmp_path)
    settings = PhrasePlotSettings(
        "toy",
        (
            PhrasePanelSettings("left", ("active", "passive"), (("a b", "b a"), ("a c", "c a"))),
            PhrasePanelSettings("right", ("active",), (("a",), ("Mary",))),
        ),
    )
    states = str(tmp_path / "states.npz")
    arguments = ["--settings", as_json(settings), "--model", str(model), "--output", states]
    run_step("translate", "encode-phrases", *arguments)
    encoded = read_encoded(states)
    assert encoded.states.shape == (6, 24)
    assert [phrase.unknown for phrase in encoded.phrases] == [()] * 5 + [("Mary",)]
    files = ["--output", *(f"{tmp_path}/p.{kind}" for kind in ("svg", "png", "tsv", "json"))]
    run_step("report", "plot-phrases", "--phrases", states, "--seed", "1", *files)
    first = (tmp_path / "p.svg").read_bytes(), (tmp_path / "p.png").read_bytes()
    run_step("report", "plot-phrases", "--phrases", states, "--seed", "1", *files)
    assert first == ((tmp_path / "p.svg").read_bytes(), (tmp_path / "p.png").read_bytes())
    rows = list(csv.DictReader(read_lines(tmp_path / "p.tsv"), delimiter="\t"))
    assert [row["phrase"] for row in rows] == ["a b", "b a", "a c", "c a", "a", "Mary"]
    assert rows[-1]["unknown"] == "Mary"
    numbers = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert numbers["numbers"] == 24 and numbers["model"] == "toy"
    assert [found["title"] for found in numbers["panels"]] == ["left", "right"]
    assert 0 < numbers["all_panels"]["p_value"] <= 1
    assert numbers["panels"][1]["distances"]["within_meaning"] is None


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    settings = as_json(
        PhrasePlotSettings("x", (PhrasePanelSettings("p", ("active",), (("a",), ("b",))),))
    )
    arguments = ["--settings", settings, "--model", str(tmp_path), "--output", "x.npz"]
    with pytest.raises(UserError, match="not a trained model"):
        run_step("translate", "encode-phrases", *arguments)


def test_the_principal_plane_of_flat_data_keeps_all_distances() -> None:
    generator = np.random.default_rng(2)
    axes = np.linalg.qr(generator.normal(size=(50, 2)))[0]
    states = (generator.normal(size=(7, 2)) @ axes.T + 3).astype(np.float32)
    coordinates, shares = principal_plane(states)
    assert distance_matrix(coordinates) == pytest.approx(distance_matrix(states), abs=1e-5)
    assert sum(shares) == pytest.approx(1)
    assert shares[0] >= shares[1]


def test_the_plane_s_variances_are_the_eigenvalues_of_the_covariance() -> None:
    states = np.random.default_rng(3).normal(size=(9, 4)).astype(np.float32)
    coordinates, shares = principal_plane(states)
    expected = np.sort(np.linalg.eigvalsh(np.cov(states.T.astype(float))))[::-1]
    assert coordinates.var(axis=0, ddof=1) == pytest.approx(expected[:2], rel=1e-5)
    assert shares == pytest.approx(tuple(expected[:2] / expected.sum()), rel=1e-5)


def test_one_phrase_or_equal_ones_stand_at_the_origin() -> None:
    assert principal_plane(np.ones((1, 4), dtype=np.float32))[0].tolist() == [[0, 0]]
    flat, _ = principal_plane(np.ones((3, 4), dtype=np.float32))
    assert flat == pytest.approx(np.zeros((3, 2)))


def _model(folder: Path) -> Path:
    words = ["UNK", "<EOS>", "a", "b", "c", "d", "e", "f", "g"]
    for name, size in (("v.tsv", 9), ("t.tsv", 5)):
        lines = [f"{word}\t1" for word in words[:size]]
        write_lines(folder / name, ["token\tcount", *lines])
    write_model(
        folder / "toy",
        tiny_models.beginning(),
        languages=Languages("en", "fr"),
        provenance=Provenance("toy", "toys", 1.0, 1.0),
        source_vocabulary=folder / "v.tsv",
        target_vocabulary=folder / "t.tsv",
    )
    return folder / "toy"
