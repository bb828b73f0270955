"""The look of figures."""

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from seq2seq.report.style import look, save_all, style


def test_28_curves_look_different() -> None:
    assert len({(look(index)["color"], str(look(index)["linestyle"])) for index in range(28)}) == 28


def test_a_users_own_settings_do_not_show_and_stay_as_they_were(tmp_path: Path) -> None:
    def draw(path: Path) -> bytes:
        with style():
            figure = Figure(figsize=(2, 2))
            figure.add_subplot().plot([1, 2], label="a")
        save_all(figure, [path])
        return path.read_bytes()

    plain = draw(tmp_path / "plain.svg")
    with matplotlib.rc_context({"font.size": 30, "axes.grid": False, "svg.hashsalt": "x"}):
        assert draw(tmp_path / "mine.svg") == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_figures_carry_no_date(tmp_path: Path) -> None:
    figure = Figure(figsize=(1, 1))
    save_all(figure, [tmp_path / "figure.svg"])
    assert b"<dc:date>" not in (tmp_path / "figure.svg").read_bytes()
