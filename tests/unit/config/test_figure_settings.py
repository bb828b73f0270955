"""Settings of the figures: what is refused before any job starts."""

from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from seq2seq.config.loading import load_settings
from seq2seq.errors import UserError


@pytest.fixture
def paper(repository: Path) -> dict[str, Any]:
    text = (repository / "config/config.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_the_paper_s_phrases_are_twelve(paper: dict[str, Any]) -> None:
    panels = load_settings(paper).phrase_plot.panels
    drawn = [panel for panel in panels if panel.drawn]
    phrases = [phrase for panel in drawn for meaning in panel.meanings for phrase in meaning]
    assert len(phrases) == len(set(phrases)) == 12
    assert "She was given a card by me in the garden" in phrases


def test_further_phrases_of_each_kind_are_tested_and_not_drawn(paper: dict[str, Any]) -> None:
    panels = load_settings(paper).phrase_plot.panels
    for kind in {panel.voices for panel in panels}:
        assert [panel.drawn for panel in panels if panel.voices == kind] == [True, *[False] * 3]


PANELS = ("phrase_plot", "panels")


VOICES, MEANINGS = {"voices": ["active"]}, {"meanings": [["a", "b", "c"]]}
SYSTEM = ("bleu_variants", "systems", 0, "translate")
REFUSED = [
    ((*PANELS, 0), VOICES, r"\.0\.meanings\.0: must have as many phrases .* \(1\)"),
    ((*PANELS, 0), MEANINGS, r"panels\.0\.meanings: must list at least two"),
    ((*PANELS, 1), {"title": "who admires whom"}, r"phrase_plot\.panels: must have different"),
    (PANELS[:1], {"model": "reversed1"}, r"phrase_plot\.model: needs `reversed1`.*`reversed-1`"),
    (("rarity_plot",), {"bucket_size": 0}, r"rarity_plot\.bucket_size: must be > 0"),
    (("length_plot",), {"slope_max_length": 0}, r"length_plot\.slope_max_length: must be > 0"),
    (SYSTEM, {"models": ["none"]}, r"bleu_variants\.systems\.0\.translate\.models: needs `none`"),
]


@pytest.mark.parametrize(("keys", "values", "message"), REFUSED)
def test_what_cannot_be_drawn_is_refused(paper, keys, values, message):
    reduce(getitem, keys, cast(Any, paper)).update(values)
    with pytest.raises(UserError, match=message):
        load_settings(paper)
