"""`make paper-smoke` with every size divided by fifty."""

import pytest

from benchmarks import paper_smoke
from configurations import PAPER, load
from seq2seq.errors import UserError


def test_two_updates_are_made_and_memory_is_told(tmp_path, capsys):
    paper_smoke.smoke(paper_smoke.scaled(load(PAPER), 50), tmp_path)
    said = capsys.readouterr().err
    assert "Result: 2 updates of 4 x 20 cells" in said
    assert "Peak memory of the process: " in said
    assert (tmp_path / "001.safetensors").stat().st_size > 600_000


def test_too_much_memory_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(paper_smoke, "MOST_MEGABYTES", 10)
    with pytest.raises(UserError, match="too much memory"):
        paper_smoke.smoke(paper_smoke.scaled(load(PAPER), 50), tmp_path)
