"""Settings of the figures: what is refused before any job starts."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from seq2seq.config.loading import load_settings
from seq2seq.errors import UserError


@pytest.fixture
def paper(repository: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (repository / "config/config.yaml").read_text(encoding="utf-8")
    )
    return copy.deepcopy(loaded)


def test_the_paper_s_phrases_are_twelve(paper: dict[str, Any]) -> None:
    panels = load_settings(paper).phrase_plot.panels
    phrases = [
        phrase
        for panel in panels
        if panel.drawn
        for meaning in panel.meanings
        for phrase in meaning
    ]
    assert len(phrases) == len(set(phrases)) == 12
    assert "She was given a card by me in the garden" in phrases


def test_further_phrases_of_each_kind_are_tested_and_not_drawn(paper: dict[str, Any]) -> None:
    panels = load_settings(paper).phrase_plot.panels
    for kind in {panel.voices for panel in panels}:
        assert [panel.drawn for panel in panels if panel.voices == kind] == [True, *[False] * 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda c: c["phrase_plot"]["panels"][0].update(voices=["active"]),
            r"phrase_plot\.panels\.0\.meanings\.0: must have as many phrases as `voices` \(1\)",
        ),
        (
            lambda c: c["phrase_plot"]["panels"][0].update(meanings=[["a", "b", "c"]]),
            r"phrase_plot\.panels\.0\.meanings: must list at least two",
        ),
        (
            lambda c: c["phrase_plot"]["panels"][1].update(title="who admires whom"),
            r"phrase_plot\.panels: must have different titles",
        ),
        (lambda c: c["phrase_plot"].update(panels=[]), r"phrase_plot\.panels: is empty"),
        (
            lambda c: c["phrase_plot"].update(model="reversed1"),
            r"phrase_plot\.model: needs `reversed1`.*did you mean `reversed-1`",
        ),
        (
            lambda c: c["examples"].update(table="table1"),
            r"examples\.table: is gone: the results page",
        ),
        (lambda c: c["evaluate"].update(comet=None), r"evaluate\.comet: is gone"),
        (lambda c: c["examples"].update(sentences=[]), r"examples\.sentences: is empty"),
        (
            lambda c: c["rarity_plot"].update(bucket_size=0),
            r"rarity_plot\.bucket_size: must be > 0",
        ),
        (
            lambda c: c["length_plot"].update(slope_max_length=0),
            r"length_plot\.slope_max_length: must be > 0",
        ),
        (
            lambda c: c["bleu_variants"]["systems"][0]["translate"].update(models=["none"]),
            r"bleu_variants\.systems\.0\.translate\.models: needs `none`",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    paper: dict[str, Any], change: Callable[[dict[str, Any]], None], message: str
) -> None:
    change(paper)
    with pytest.raises(UserError, match=message):
        load_settings(paper)
