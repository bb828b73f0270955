"""The file of weights."""

from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.io.files import write_json
from seq2seq.smt.features import (
    FEATURES,
    START_WEIGHTS,
    TUNED,
    TuningRound,
    read_weights,
    write_weights,
)


def test_weights_survive_being_written(tmp_path: Path) -> None:
    weights = tuple(0.1 * place for place in range(9))
    write_weights(tmp_path / "weights.json", weights, [TuningRound(0.5, START_WEIGHTS)])
    assert read_weights(tmp_path / "weights.json") == weights


@pytest.mark.parametrize(
    "content", [[], {}, {"weights": {"lm": 1}}, {"weights": dict.fromkeys(FEATURES, "1")}]
)
def test_other_files_are_refused(tmp_path: Path, content: object) -> None:
    write_json(tmp_path / "weights.json", content)
    with pytest.raises(UserError, match=r"weights.json: .* Tune the baseline anew"):
        read_weights(tmp_path / "weights.json")


def test_all_features_but_unknown_are_tuned() -> None:
    assert [FEATURES[place] for place in TUNED] == [one for one in FEATURES if one != "unknown"]
