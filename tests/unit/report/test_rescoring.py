"""The rescoring sweep as the report reads it; its table is seen in the small run."""

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.sweep import TUNED
from seq2seq.io.files import write_json
from seq2seq.report.rescoring import COLUMNS, read_sweep

ROW = dict.fromkeys(COLUMNS, 1.5) | {"models": "a", "set": "test", "choice": TUNED, "hypotheses": 9}
DAMAGED = [
    *({"even_weight": 0.5, "combinations": [1]}, 7, "text", [1, 2], None, [[ROW]], [], {}),
    *([ROW | {name: value}] for name in COLUMNS[3:] for value in ("x", [1], {"a": 1})),
    *([ROW | {"hypotheses": value}] for value in (None, 10**400)),
    *([{name: ROW[name] for name in COLUMNS if name != left_out}] for left_out in COLUMNS),
]


def test_a_whole_sweep_is_read(tmp_path):
    write_json(tmp_path / "sweep.json", [ROW | {"weight": None}, ROW])
    assert list(read_sweep(tmp_path / "sweep.json")["hypotheses"]) == [9, 9]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_sweep_or_one_of_another_version_is_refused(tmp_path, content):
    write_json(tmp_path / "sweep.json", content)
    with pytest.raises(UserError, match=r"sweep\.json: not a sweep of this version\. Delete it"):
        read_sweep(tmp_path / "sweep.json")
