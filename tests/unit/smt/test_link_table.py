"""Tables of word pairs: sums and files."""

from pathlib import Path

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.smt import link_table
from seq2seq.smt.link_table import LinkTable, RunningSum, read_links, summed, write_links


def table(**values: float) -> LinkTable:
    return LinkTable(
        np.array([int(name[1:]) for name in values]), np.array(list(values.values()), float)
    )


def test_values_of_equal_pairs_are_added_and_pairs_are_sorted() -> None:
    found = summed([table(p1=1, p7=2), table(p3=4, p7=0.5)])
    assert found.pairs.tolist() == [1, 3, 7]
    assert found.values.tolist() == [1, 4, 2.5]


def test_a_running_sum_is_the_sum_however_often_it_is_merged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(link_table, "_MERGED_AT_LEAST", 5)
    chance = np.random.default_rng(1)
    tables = [LinkTable(np.unique(chance.integers(30, size=4)), np.ones(1)) for _ in range(20)]
    tables = [LinkTable(one.pairs, chance.integers(9, size=len(one)) / 4) for one in tables]
    running = RunningSum()
    for one in tables:
        running.add(one)
    assert running.total().pairs.tolist() == summed(tables).pairs.tolist()
    assert running.total().values.tolist() == summed(tables).values.tolist()


def test_tables_come_back_from_a_file_as_one(tmp_path: Path) -> None:
    assert write_links(tmp_path / "links", [table(p1=0.5), table(), table(p2=1, p9=2)]) == 3
    found = read_links(tmp_path / "links")
    assert found.pairs.tolist() == [1, 2, 9]
    assert found.values.tolist() == [0.5, 1, 2]
    assert found.of(np.array([9, 1])).tolist() == [2, 0.5]


def test_a_table_may_be_empty(tmp_path: Path) -> None:
    assert write_links(tmp_path / "links", []) == 0
    assert len(read_links(tmp_path / "links")) == 0


def test_a_missing_or_cut_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_links(tmp_path / "links")
    (tmp_path / "links").write_bytes(b"123")
    with pytest.raises(UserError, match=r"cut short\. Remove it to have it made anew"):
        read_links(tmp_path / "links")
