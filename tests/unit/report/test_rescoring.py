"""The rescoring sweep as the report reads it; its table is seen in the small run."""

import pytest

from seq2seq.errors import UserError
from seq2seq.io.files import write_json
from seq2seq.report.rescoring import read_sweep


@pytest.mark.parametrize("content", [{"even_weight": 0.5, "combinations": [1]}, [{"models": "a"}]])
def test_a_sweep_of_an_older_version_is_refused(tmp_path, content):
    write_json(tmp_path / "sweep.json", content)
    with pytest.raises(UserError, match=r"sweep\.json: not a sweep of this version\. Delete it"):
        read_sweep(tmp_path / "sweep.json")
