"""Sorted files of counts and their sums."""

from collections import Counter
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.io.files import write_lines
from seq2seq.smt.phrase_counts import read_sums, write_counts


def test_counts_of_several_files_are_added_up_in_order(tmp_path: Path) -> None:
    one = Counter({("a b", "c"): 2, ("a", "d"): 1, ("a", "é"): 5})
    other = Counter({("a", "d"): 3, ("", "z"): 1})
    for number, counts in enumerate((one, other, Counter())):
        write_counts(tmp_path / f"{number}.gz", counts)
    found = list(read_sums([tmp_path / f"{number}.gz" for number in range(3)], fields=2))
    assert found == sorted((one + other).items())


@pytest.mark.parametrize(
    "line", ["a\tb", "a\tb\tc\t1", "a\tb\tx", "a\tb\t-1", "A\tb\t1", "b\tb\t1"]
)
def test_another_line_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    write_lines(tmp_path / "counts", ["b\tb\t1", line])
    with pytest.raises(
        UserError, match=r"counts, line 2: 2 sorted fields and a count .* made anew"
    ):
        list(read_sums([tmp_path / "counts"], fields=2))
